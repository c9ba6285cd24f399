"""Warn whoever changes a list that what was approved before must be approved anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailer.commands.output import warn

if TYPE_CHECKING:
    from mailer.upcoming import Held
    from subscribers.models import List


@contextmanager
def approvals_told(newsletter: "List") -> Iterator[None]:
    """Say in one line which approvals of a list do not hold any more after what is done within."""
    from mailer import upcoming  # noqa: PLC0415 - models want Django ready

    before = upcoming.held(newsletter)
    yield
    if lost := before - upcoming.held(newsletter):
        warn(f"Approved before this change, and to be approved anew: {_named(lost)}")


def _named(lost: "frozenset[Held]") -> str:
    found = sorted(lost, key=lambda held: (held.edition, held.send or 0))
    editions = [f"edition {held.edition}" for held in found if held.send is None]
    sends = [
        f"edition {held.edition}, whose send {held.send} would stop at its hour: cancel it, and schedule the"
        f" edition again"
        for held in found
        if held.send is not None
    ]
    return "; ".join((*editions, *sends))
