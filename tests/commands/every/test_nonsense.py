"""Every command and each of its arguments and options, with what nobody can mean."""

import pytest

from tests.commands.every.bench import Bench
from tests.commands.every.nonsense import ABSURD, UNREADABLE, Parameter, fault, numbers, parameters, placed
from tests.commands.every.table import ROWS, Row

pytestmark = pytest.mark.database

FIRST = {row.name: row for row in reversed(ROWS)}


def named(row: Row) -> str:
    return row.name


def lines(row: Row, wanted: list[Parameter], values: dict[str, str]) -> dict[tuple[str, str], list[str]]:
    """Return a line for each parameter and each value, by their names."""
    return {
        (parameter.called, name): placed(row, parameter, value)
        for parameter in wanted
        for name, value in values.items()
    }


@pytest.mark.parametrize("row", [row for row in FIRST.values() if not row.elsewhere], ids=named)
def test_nonsense_is_refused_in_one_line_and_changes_nothing(bench: Bench, row: Row) -> None:
    strict = [parameter for parameter in parameters(row) if parameter.called not in row.free]
    asked = lines(row, strict, ABSURD) | lines(row, list(parameters(row)), UNREADABLE)
    with bench.house() as house:
        before = house.state()
        answers = dict(zip(asked, bench.run(house, *asked.values()), strict=True))
        assert {asked: (what, ran) for asked, ran in answers.items() if (what := fault(ran))} == {}
        assert before.differences(house.state()) == []


@pytest.mark.parametrize("row", [row for row in FIRST.values() if row.free], ids=named)
def test_what_may_be_any_text_is_taken_as_text_or_refused_in_one_line(bench: Bench, row: Row) -> None:
    free = [parameter for parameter in parameters(row) if parameter.called in row.free]
    assert {parameter.called for parameter in free} == row.free
    asked, taken = lines(row, free, ABSURD), -1
    while taken:  # and once more without what was taken, until nothing is, and nothing may be changed
        with bench.house() as house:
            before = house.state()
            answers = dict(zip(asked, bench.run(house, *asked.values()), strict=True))
            after = house.state()
        refused = {asked: ran for asked, ran in answers.items() if ran.status}
        assert {asked: (what, ran) for asked, ran in refused.items() if (what := fault(ran))} == {}
        taken = len(answers) - len(refused)
        asked = {each: line for each, line in asked.items() if each in refused}
    assert before.differences(after) == []


@pytest.mark.parametrize("row", [row for row in FIRST.values() if row.elsewhere], ids=named)
def test_what_never_ends_does_not_begin_with_a_number_that_is_none(bench: Bench, row: Row) -> None:
    asked = lines(row, [each for each in parameters(row) if each in numbers(row)], {"no number": "many"})
    with bench.house() as house:
        answers = dict(zip(asked, bench.run(house, *asked.values()), strict=True))
        assert {asked: (what, ran) for asked, ran in answers.items() if (what := fault(ran))} == {}
        assert {ran.status for ran in answers.values()} <= {2}
