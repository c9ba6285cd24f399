"""`mailer editions check`: what is wrong with an edition before it leaves."""

import datetime as dt

import typer

from mailer.commands import findings
from mailer.commands.editions import AsJson, Number
from mailer.commands.failures import FailedError
from mailer.commands.output import emit
from mailer.commands.start import ready


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer editions check 1 --json")(check)


def check(edition: Number, as_json: AsJson = False) -> None:
    """Look for mistakes in an edition, all its letters included; nothing is changed, and nothing fetched.

    Dates and embargoes are compared with the moment that it is scheduled for, or with now.
    Ends with status 1 where it is blocked: an error stands in the way of its approval. Warnings may be meant.
    """
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready

    found = editions.find(edition)
    checked = editions.check(found, now=dt.datetime.now(dt.UTC), at=editions.leaves_at(found))
    emit(
        {"id": edition, "blocked": checked.blocked, "findings": checked.described()},
        as_json=as_json,
        table=lambda: findings.tell(edition, checked),
    )
    if checked.blocked:
        raise FailedError(findings.blocking(edition, checked.errors))
