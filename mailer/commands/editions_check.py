"""`mailer editions check`: what is wrong with an edition before it leaves."""

import datetime as dt
from contextlib import nullcontext
from typing import Annotated

import typer

from mailer.commands import findings
from mailer.commands.bars import progress
from mailer.commands.editions import AsJson, Number
from mailer.commands.failures import FailedError
from mailer.commands.output import emit
from mailer.commands.start import ready

Online = Annotated[
    bool, typer.Option("--online", help="Also ask what is behind links and images; an answer counts an hour.")
]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer editions check 1 --online --json")(check)


def check(edition: Number, online: Online = False, as_json: AsJson = False) -> None:
    """Look for mistakes in an edition, all its letters included; nothing is changed.

    Dates and embargoes are compared with the moment that it is scheduled for, or with now. Nothing is fetched
    without --online.
    Ends with status 1 where it is blocked: an error stands in the way of its approval. Warnings may be meant.
    """
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready
    from mailer.online import Asking  # noqa: PLC0415 - the same

    found, now = editions.find(edition), dt.datetime.now(dt.UTC)
    with progress() if online and not as_json else nullcontext() as show:
        asks = Asking(now, show) if online else None
        checked = editions.check(found, now=now, at=editions.leaves_at(found), online=asks)
    emit(
        {"id": edition, "blocked": checked.blocked, "findings": checked.described()},
        as_json=as_json,
        table=lambda: findings.tell(edition, checked),
    )
    if checked.blocked:
        raise FailedError(findings.blocking(edition, checked.errors))
