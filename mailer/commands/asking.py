"""Ask before what cannot be undone: on a terminal by a question, elsewhere by wanting --yes."""

import sys

import typer

from mailer.commands.failures import FailedError


def ask(question: str, *, yes: bool) -> None:
    """Return if a person agrees, or has with `yes`; raises FailedError where nobody does."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise FailedError(f"{question} Nobody is here to answer; if you mean it, say --yes")
    if not typer.confirm(question, err=True):
        raise FailedError("Nothing was changed")
