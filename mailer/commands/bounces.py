"""`mailer bounces`: one message from the mail server's pipe, and what it says of a copy."""

import datetime as dt
import os
import sys
from typing import Annotated

import typer

from mailer import environment
from mailer.commands.output import say, warn
from mailer.commands.start import ready
from mailer.environment import SettingError

# sysexits.h: the mail server keeps the message and tries again, instead of returning it.
TRY_AGAIN = 75
# Reports bring back a letter at most; whatever follows says nothing more.
_LARGEST = 4 * 1024 * 1024  # octets


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer bounces --recipient bounces+b3x@b.example.org < message")(bounces)


def bounces(
    recipient: Annotated[
        str,
        typer.Option(
            envvar=["ORIGINAL_RECIPIENT", "RECIPIENT"],
            help="The address it came for. Left out: what the mail server sets, or the message's own header.",
        ),
    ] = "",
) -> None:
    """Take in one message to the bounce address: a bounce, a complaint, an unsubscribe by mail.

    What is none is passed over, with status 0; while the database is away the status is 75, for later.
    """
    raw = sys.stdin.buffer.read(_LARGEST)
    while sys.stdin.buffer.read(_LARGEST):
        pass  # the mail server may not like it if nobody takes the rest
    if wanting := _wanting():
        warn(f"nothing was done, try again later: {wanting}")
        raise typer.Exit(TRY_AGAIN)
    try:
        line = _taken(raw, recipient)
    except SettingError as error:
        warn(f"nothing was done, try again later: {error}")
        raise typer.Exit(TRY_AGAIN) from error
    except Exception as error:
        # Any other status would return a message that we only failed to take in, and to nobody.
        warn(f"nothing was done, try again later: {type(error).__name__}")
        raise typer.Exit(TRY_AGAIN) from error
    say(line)


def _wanting() -> str:
    """Return what shows that this is not the installation whose letters come back, or ''.

    A mail server starts it with hardly an environment. Then nothing may be made anew, and no token of ours
    be taken for a stranger's.
    """
    try:
        configuration = environment.read(os.environ)
    except SettingError as error:
        return str(error)
    if not configuration.smtp.bounce_address:
        return "MAILER_BOUNCE_ADDRESS is not set here; give this command the environment of the workers"
    if not configuration.database_url and not (configuration.data_dir / "mailer.sqlite3").exists():
        return f"there is no installation in {configuration.data_dir}; set MAILER_DATA_DIR, or DATABASE_URL"
    return ""


def _taken(raw: bytes, recipient: str) -> str:
    ready()
    from mailer import events  # noqa: PLC0415 - models want Django ready
    from mailer.webhooks.bounces import hear  # noqa: PLC0415 - the same

    now = dt.datetime.now(dt.UTC)
    try:
        heard = hear(raw, recipient=recipient, now=now)
    except RecursionError:  # it will be so the next time too
        return "Passed over: its parts are nested deeper than anybody reads"
    if not heard.events:
        return f"Passed over: {heard.fault}"
    (told,) = heard.events
    if not events.take(heard.events, source=events.MAIL, now=now):
        return f"Passed over: copy {told.delivery} is not known any more"
    return f"Copy {told.delivery}: {told.kind}"
