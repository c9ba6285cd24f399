"""`mailer sends move`: another time for a send that has not begun."""

import datetime as dt
from typing import Annotated

import typer

from mailer.commands.moments import instant_of, say_what_to_mind
from mailer.commands.output import emit, say
from mailer.commands.sends import AsJson, Number, say_sandboxed
from mailer.commands.start import ready, whoami
from mailer.commands.usage import given


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog='Example: mailer sends move 1 --at "2026-12-01 09:00" --tz Africa/Nairobi')(move)


def move(
    send: Number,
    at: Annotated[str, typer.Option(metavar="TIME", help="Wall time, like 2026-12-01 09:00.", parser=given)],
    zone: Annotated[
        str | None,
        typer.Option(
            "--tz",
            metavar="ZONE",
            help="Its IANA zone, like Africa/Nairobi. Left out: that of its time until now, or the list's.",
            parser=given,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a send that has not begun leave at another time; one that was missed is scheduled anew.

    It stays approved, and is checked for the new time (`mailer editions check`: an error stops it). A paused
    send stays paused.
    """
    ready()
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready
    from mailer.vocabulary import SendStatus  # noqa: PLC0415 - the same

    found, now = sends.find(send), dt.datetime.now(dt.UTC)
    instant = instant_of(at, zone or (found.zone if found.wall_time else found.edition.list.zone))
    moved = sends.move(send, instant, by=whoami(), now=now)
    same = (found.status, found.scheduled_at) == (moved.status, moved.scheduled_at)

    def told() -> None:
        when = f"{moved.scheduled_at:%Y-%m-%d %H:%M} UTC{' as before' if same else ''}"
        if moved.status == SendStatus.PAUSED:
            say(f"Send {send} is paused; once `mailer sends resume {send}` lets it, it leaves {when}.")
        else:
            say(f"Send {send} leaves {when}.")
        say_what_to_mind(instant, now=now)
        say_sandboxed()

    emit(reports.described(moved), as_json=as_json, table=told)
