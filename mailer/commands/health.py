"""`mailer health`: is what is due being taken? For people, and for whatever restarts workers."""

import datetime as dt
from typing import Annotated

import typer

from mailer.commands.output import emit, print_rows, say, warn
from mailer.commands.start import ready

_YEAR = 31_536_000  # seconds


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer health --patience 300 --json")(health)


def health(
    patience: Annotated[
        float,
        typer.Option(
            min=1, max=_YEAR, metavar="SECONDS", help="How long something may be due and untouched."
        ),
    ] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for scripts.")] = False,
) -> None:
    """Tell whether workers make progress; ends with status 1 where something is due and nobody takes it.

    A worker that lives and does nothing is not healthy; one that has nothing to do is.
    """
    ready()
    from mailer import progress  # noqa: PLC0415 - models want Django ready

    now = dt.datetime.now(dt.UTC)
    found = progress.health(now=now, patience=patience)

    def told() -> None:
        if not found.due:
            say("Nothing is due.")
            return
        print_rows(
            ["due", "how many", "since", "taken lately"],
            [(each.several, each.number, each.since, each.taken) for each in found.due],
            empty="",
        )

    emit(found.described(), as_json=as_json, table=told)
    if found.faults:
        warn(f"mailer: {'; '.join(found.faults)}: is a worker running, and the scheduler or --poll?")
        raise typer.Exit(1)
