"""Values that no command can mean, where they stand in its line, and what a refusal must look like."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer

from mailer import commands
from tests.commands.conftest import Ran
from tests.commands.every.table import Row

ABSURD = {
    "nothing": "",
    "a blank": " ",
    "minus one": "-1",
    "no number": "many",
    "a number beyond all": "9" * 30,
    "SQL": "' OR 1=1 --",
    "a terminal's controls": "\x1b[2J\u202e\u2066cba",
    "ten thousand characters": "x" * 10_000,
}
# What no shell can pass on, and what it passes on for what is no UTF-8: refused whatever they stand for.
UNREADABLE = {"a NUL": "a\0b", "half a character": os.fsdecode(b"caf\xe9")}

_WRONG_USAGE = 2
_LONGEST_LINE = 2_100  # characters
_MACHINERY = re.compile(
    r"traceback|pydantic|psycopg|sqlite|django|sqlstate|\w+error:|input should|unable to parse|syntax error"
    r"|value error|%Y|<class|object at 0x|errno",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Parameter:
    """An argument or option that takes a value, as people call it: `EDITION`, `--name`."""

    called: str
    option: bool
    place: int  # among the arguments


def _registered(group: Any, *before: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - Typer does not say what its commands are
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _registered(command, *before, name)
        else:
            yield " ".join((*before, name)), command


# Every command by its words.
COMMANDS: dict[str, Any] = dict(_registered(typer.main.get_command(commands.app)))


def flags(row: Row) -> set[str]:
    """Return the options of a row's command that take no value."""
    return {name for each in COMMANDS[row.name].params if _is_flag(each) for name in each.opts}


def parameters(row: Row) -> list[Parameter]:
    """Return what takes a value in the line of a row's command."""
    places = iter(range(99))
    return [_parameter(each, places) for each in COMMANDS[row.name].params if not _is_flag(each)]


def numbers(row: Row) -> list[Parameter]:
    """Return those of them that are numbers."""
    kinds = [each for each in COMMANDS[row.name].params if not _is_flag(each)]
    places = iter(range(99))
    found = [(each.type_descriptor.annotation, _parameter(each, places)) for each in kinds]
    return [parameter for kind, parameter in found if kind in {int, float}]


def placed(row: Row, parameter: Parameter, value: str) -> list[str]:
    """Return a line of the row with this value for that parameter."""
    lines = [line for line in row.lines if parameter.called in line]
    words = list(lines[0] if lines else row.words)
    if parameter.option:
        if parameter.called in words:
            words[words.index(parameter.called) + 1] = value
            return words
        return [*words, parameter.called, value]
    places = list(_arguments(row, words))
    if parameter.place < len(places):
        words[places[parameter.place]] = value
        return words
    return [*words, value]


def fault(ran: Ran) -> str:
    """Return what is wrong with a refusal; nothing where it is one clear line, and the status says so."""
    lines = ran.err.splitlines()
    said = [line for line in lines if line.startswith(("Error: ", "mailer: "))]
    if ran.status not in {1, _WRONG_USAGE}:
        return f"status {ran.status}"
    if ran.out:
        return "something on stdout"
    if len(said) != 1 or (ran.status == 1 and len(lines) > 1):
        return "not one line that says what is wrong"
    if found := _MACHINERY.search(ran.err):
        return f"words of the machinery: {found[0]}"
    if found := _CONTROLS.search(ran.err):
        return f"a control character: {found[0]!r}"
    return "a line that nobody reads to its end" if max(map(len, lines)) > _LONGEST_LINE else ""


def _is_flag(each: Any) -> bool:  # noqa: ANN401 - Typer's own
    return bool(getattr(each, "is_flag", False))


def _parameter(each: Any, places: Iterator[int]) -> Parameter:  # noqa: ANN401 - Typer's own
    if each.param_type_name == "argument":
        called = (each.metavar or each.name).strip("[] …").upper()
        return Parameter(called, option=False, place=next(places))
    return Parameter(each.opts[0], option=True, place=-1)


def _arguments(row: Row, words: list[str]) -> Iterator[int]:
    """Yield where the arguments stand in a line."""
    alone, takes = flags(row), False
    for place, word in enumerate(words):
        if place < len(row.name.split()):
            continue
        if takes or word.startswith("-"):
            takes = not takes and word not in alone
        else:
            yield place
