"""`mailer editions pictures`: what an edition shows from elsewhere becomes its own."""

import datetime as dt
from contextlib import nullcontext

import typer

from mailer.commands.bars import progress
from mailer.commands.editions import AsJson, Number
from mailer.commands.failures import FailedError
from mailer.commands.output import emit, print_rows
from mailer.commands.start import ready, whoami


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer editions pictures 7")(pictures)


def pictures(edition: Number, as_json: AsJson = False) -> None:
    """Fetch the images that an edition's text shows from elsewhere, once, and keep them here.

    Each is encoded anew, no wider than a letter; the text then refers to what is kept, as a new revision.
    Only the public internet is asked. Ends with status 1 if one could not be had: that stays as it was.
    """
    ready()
    from mailer import editions, gathering  # noqa: PLC0415 - models want Django ready

    found = editions.find(edition)
    with nullcontext() if as_json else progress() as show:
        done = gathering.gather(
            found,
            by=whoami(),
            now=dt.datetime.now(dt.UTC),
            told=lambda n, total: show("fetching", n, total) if show else None,
        )
    described = [{"url": one.url, "name": one.name, "trouble": one.trouble} for one in done]
    emit(
        {"id": edition, "pictures": described},
        as_json=as_json,
        table=lambda: print_rows(
            ["picture", "from"],
            [(one.name or one.trouble, one.url) for one in done],
            empty=f"Edition {edition} shows no picture from elsewhere.",
        ),
    )
    if lost := sum(not one.name for one in done):
        raise FailedError(
            f"{lost} of {len(done)} pictures could not be had; edition {edition} shows their words alone"
        )
