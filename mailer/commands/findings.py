"""What preflight found, as the command line tells it."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from mailer.commands.failures import FailedError
from mailer.commands.output import print_rows, say, warn

if TYPE_CHECKING:
    from mailer.checking import Checked
    from mailer.preflight import Finding

_MOST_NAMES = 3  # of letters in a cell


def tell(edition: int, checked: "Checked") -> None:
    """Print each finding in a row, errors first, and what that means for approval."""
    if not checked.findings:
        say(f"Nothing was found: edition {edition} may be approved.")
        return
    print_rows(
        ["severity", "line", "column", "rule", "finding", "letters"],
        [
            (each.severity.value, each.line, each.column, each.rule, each.message, _letters(each.variants))
            for each in checked.findings
        ],
        empty="",
    )
    if not checked.blocked:
        say(f"{counted(checked.warnings, 'warning')}, and no error: edition {edition} may be approved.")


def word_for(edition: int, checked: "Checked", given: str | None) -> str:
    """Return why the warnings may stand: what was given, or what a person at a terminal says now.

    Raises FailedError where they say nothing; of a script nothing is asked (`unsaid` tells it).
    """
    given = " ".join((given or "").split())
    if given or not checked.warnings or checked.blocked or not sys.stdin.isatty():
        return given
    warn_of(edition, checked)
    said = str(
        typer.prompt("Why may they stand, in a word?", default="", show_default=False, err=True)
    ).strip()
    if not said:
        raise FailedError("Nothing was changed")
    return said


def unsaid(edition: int, checked: "Checked", said: str) -> None:
    """Say on stderr that there are warnings, and that nobody said why they may stand."""
    if checked.warnings and not said:
        warn_of(edition, checked)
        warn("Nobody has said why they may stand: say it with --word, and it is kept with the approval.")


def warn_of(edition: int, checked: "Checked") -> None:
    """Say on stderr that there are warnings, and where."""
    if number := checked.warnings:
        shows = "shows it" if number == 1 else "shows them"
        warn(f"{counted(number, 'warning')}; `mailer editions check {edition}` {shows}.")


def blocking(edition: int, errors: "Iterable[Finding]") -> str:
    """Return why an edition is not approved, and what to do."""
    found = list(errors)
    of_text = sum(error.in_text for error in found)
    blocked = f"Edition {edition} is blocked by {counted(len(found), 'error')}"
    if not of_text:
        return f"{blocked}: the text is not what is wrong, so do what each finding says"
    it = "it" if of_text == 1 else "them"
    what = it if of_text == len(found) else f"{of_text} of them"
    rest = "" if of_text == len(found) else "; with the others do what each says"
    return f"{blocked}: mend {what} in what `mailer editions export {edition}` prints, and import that{rest}"


def counted(number: int, what: str) -> str:
    """Return "1 error" or "3 errors"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _letters(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
