"""`mailer retention`: remove what has been kept long enough."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.commands.output import emit, print_rows, say, warn
from mailer.commands.start import ready, whoami
from mailer.commands.subscribers import AsJson, now

if TYPE_CHECKING:
    from mailer.retention import Kept


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer retention --dry-run")(retention)


def retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove sign-ups never confirmed, inactive people and old events, as the lists and settings say.

    The scheduler does so by itself, once a day.
    """
    ready()
    from mailer.retention import keep  # noqa: PLC0415 - models want Django ready

    kept = keep(now=now(), by=whoami(), dry_run=dry_run)
    emit(asdict(kept) | {"dry_run": dry_run}, as_json=as_json, table=lambda: _tell(kept, dry_run=dry_run))


def _tell(kept: "Kept", *, dry_run: bool) -> None:
    print_rows(
        ["list", "sign-ups removed", "inactive taken off", "pauses over"],
        [(each.list, each.sign_ups_removed, each.inactive_ended, each.pauses_over) for each in kept.lists],
        empty="There is no list.",
    )
    for each in kept.lists:
        if each.blind:
            warn(f"{each.list} is not tracked, so nobody can tell who is inactive there; all stay.")
    say(
        "Events are kept for ever; MAILER_KEEP_EVENTS says for how long."
        if kept.keep_events is None
        else f"Older than {kept.keep_events} days: {kept.events} events,"
        f" {kept.webhook_bodies} webhook bodies."
    )
    say(f"Requests from pages that are over: {kept.requests}.")
    if dry_run:
        say("This was a dry run: nothing was changed.")
