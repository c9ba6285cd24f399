"""`mailer completion`: a script that lets the shell complete commands, options and slugs."""

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer
from typer.completion import (  # type: ignore[attr-defined]  # both are made elsewhere in typer, and used here by its own main
    completion_init,
    get_completion_script,
)

# Where the shell's script says that it wants words and no command; typer reads it.
VARIABLE = "_MAILER_COMPLETE"
PROGRAM = "mailer"

# Where the shells' scripts put the line: bash, and the others.
_LINES = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
_MOST = 100  # slugs; nobody reads more
_PATIENCE = "2"  # seconds that a key press may wait for PostgreSQL


class Shell(StrEnum):
    """A shell that has a script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog='Example: eval "$(mailer completion bash)"')(completion)


def completion(shell: Annotated[Shell, typer.Argument(help="The shell that is to complete.")]) -> None:
    """Print a script that lets a shell complete what is typed after `mailer`.

    In ~/.bashrc or ~/.zshrc: eval "$(mailer completion bash)". For fish: mailer completion fish | source
    """
    completion_init()
    script = get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell.value)
    sys.stdout.write(script + "\n")


def prepare() -> None:
    """Make ready to answer the shell, if it is the shell that asks."""
    if VARIABLE in os.environ:
        completion_init()


def list_slugs(incomplete: str) -> list[str]:
    """Return the slugs of lists that begin so; none where the database is not there or cannot be asked."""
    return _asked("List", incomplete)


def segment_slugs(incomplete: str) -> list[str]:
    """Return the slugs of segments of the list that the line names, those that begin so."""
    return _asked("Segment", incomplete, list__slug__in=_line())


def interest_slugs(incomplete: str) -> list[str]:
    """Return the slugs of interests that the list which the line names still offers, those that begin so."""
    return _asked("Interest", incomplete, list__slug__in=_line(), retired_at=None)


def _line() -> list[str]:
    """Return the words that are typed; Typer forgets some where an option's value is still to come."""
    return " ".join(os.environ.get(name, "") for name in _LINES).split()


def _asked(kind: str, incomplete: str, **where: object) -> list[str]:
    try:
        return _slugs(kind, incomplete, where)
    except Exception:  # noqa: BLE001 - whatever is wrong, a key press is no place to say it
        return []


def _slugs(kind: str, incomplete: str, where: dict[str, object]) -> list[str]:
    from mailer.environment import read  # noqa: PLC0415 - only slugs need the settings

    configuration = read(os.environ)
    # To ask must not make a data directory.
    if not configuration.database_url and not (configuration.data_dir / "mailer.sqlite3").exists():
        return []
    os.environ.setdefault("PGCONNECT_TIMEOUT", _PATIENCE)
    from mailer.commands.start import ready  # noqa: PLC0415 - the same

    ready()
    from django.apps import apps  # noqa: PLC0415 - models want Django ready

    rows = apps.get_model("subscribers", kind).objects.filter(slug__startswith=incomplete, **where)
    return list(rows.order_by("slug").values_list("slug", flat=True)[:_MOST])
