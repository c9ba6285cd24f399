"""Wrong usage in our own words: what reads the command line has others, some of them a machine's."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import typer
from typer.exceptions import TyperException

from mailer.commands.output import shown
from subscribers import names

_LONGEST = 1_000  # characters of what is kept as evidence


def tell(wrong: TyperException) -> int:
    """Show on stderr how the command is used, and in one line what is wrong; return the status."""
    if isinstance(wrong, typer.BadParameter) and (problems := getattr(wrong.__cause__, "errors", None)):
        wrong.message = _in_our_words(problems())
    if "\n" not in wrong.message:  # that would be the help, for who says no word at all
        wrong.message = shown(wrong.message)
    show = getattr(wrong, "show")  # noqa: B009 - each that is raised has it, though their common kind does not say so
    show()
    return wrong.exit_code


def given(text: str) -> str:
    """Return what an option names; raises BadParameter where that is nothing.

    A variable that a script forgot to set must not mean everybody, nor now.
    """
    if not text.strip():
        raise typer.BadParameter("it is empty; leave it out where none is meant")
    return text


def words(text: str) -> str:
    """Return words that are kept as evidence, in one line. Raises BadParameter."""
    try:
        return names.parse(text, _LONGEST)
    except names.NameTextError as error:
        raise typer.BadParameter(f"the text cannot be kept: {error}") from None


def day(text: str) -> dt.date:
    """Return the day that an option names. Raises BadParameter."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"write a day as 2026-03-24, not {text!r}") from None


def _in_our_words(problems: Iterable[Mapping[str, Any]]) -> str:
    """Return what the first of pydantic's problems means, which Typer reads values with."""
    problem, *_ = problems
    value, bounds = problem["input"], problem.get("ctx", {})
    match problem["type"]:
        case "int_parsing" | "int_parsing_size" | "int_from_float":
            return f"write a whole number, not {value!r}"
        case "float_parsing" | "finite_number":
            return f"write a number, like 0.5, not {value!r}"
        case "greater_than_equal":
            return f"{_number(bounds['ge'])} is the least, not {value}"
        case "less_than_equal":
            return f"{_number(bounds['le'])} is the most, not {value}"
        case "value_error":
            return str(bounds["error"])
    return f"this cannot be used: {value!r}"


def _number(bound: float) -> str:
    return f"{int(bound) if float(bound).is_integer() else bound:,}"
