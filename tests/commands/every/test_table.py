"""Every command: on an empty database, about what is not there, dry, without a yes, and twice."""

import json
import re
from pathlib import Path

import pytest

from tests.commands.every.bench import EMPTY, ROOT, Bench
from tests.commands.every.nonsense import COMMANDS, fault, flags
from tests.commands.every.table import ROWS, STRANGER, Row

pytestmark = pytest.mark.database

# What an error says may be done: a command, what there is instead, or a file to look for.
ADVICE = re.compile(r"`mailer |there (is|are) \w|: \w[\w-]*, |\.(csv|md|png|toml)\b")


def rows(*, having: str = "") -> pytest.MarkDecorator:
    """Return all rows that are tried here, or those of them whose command has a flag."""
    found = [row for row in ROWS if not row.elsewhere and (not having or having in flags(row))]
    return pytest.mark.parametrize("row", found, ids=lambda row: row.line)


def test_no_command_is_without_a_row_and_no_row_without_its_command() -> None:
    names = {row.name for row in ROWS}
    assert set(COMMANDS) - names == set(), "give each a row in tests/commands/every/table.py"
    assert names - set(COMMANDS) == set()


def test_what_is_tried_elsewhere_is_tried_there() -> None:
    for row in ROWS:
        if row.elsewhere:
            assert row.name in Path(ROOT, row.elsewhere).read_text(encoding="utf-8")


def with_json(row: Row) -> list[list[str]]:
    """Return the line of a row, and the same for scripts where it has something for them."""
    return [row.words, *([[*row.words, "--json"]] if "--json" in flags(row) else [])]


@rows()
def test_on_an_empty_database_it_has_nothing_to_tell_or_says_what_to_do(bench: Bench, row: Row) -> None:
    with bench.house(EMPTY) as house:
        before = house.state()
        for ran, words in zip(bench.run(house, *with_json(row)), with_json(row), strict=True):
            assert ran.status == row.empty, ran
            if row.empty:
                assert fault(ran) == "", ran
                assert ADVICE.search(ran.err), ran
            elif "--json" in words:
                json.loads(ran.out)
        if row.empty or row.reads:
            assert before.differences(house.state()) == []


@pytest.mark.parametrize(
    ("row", "word", "other"),
    [(row, word, other) for row in ROWS for word, other in row.missing],
    ids=lambda part: part.line if isinstance(part, Row) else part,
)
def test_what_is_not_there_is_named_with_what_to_do(bench: Bench, row: Row, word: str, other: str) -> None:
    assert word in row.words
    with bench.house() as house:
        before = house.state()
        [ran] = bench.run(house, [other if each == word else each for each in row.words])
        assert fault(ran) == "", ran
        assert ran.status == 1
        assert STRANGER.get(other, other) in ran.err
        assert ADVICE.search(ran.err), ran
        assert before.differences(house.state()) == []


@rows(having="--dry-run")
def test_a_dry_run_changes_nothing(bench: Bench, row: Row) -> None:
    with bench.house() as house:
        before = house.state()
        words = [word for word in row.words if word != "--yes"]
        [ran] = bench.run(house, [*words, "--dry-run"])
        assert ran.status == 0, ran
        assert before.differences(house.state()) == []


@rows(having="--yes")
def test_without_a_yes_nothing_is_done_where_nobody_can_be_asked(bench: Bench, row: Row) -> None:
    if "--yes" not in row.words:  # it asks only in some cases
        return
    with bench.house() as house:
        before = house.state()
        [ran] = bench.run(house, [word for word in row.words if word != "--yes"])
        assert fault(ran) == "", ran
        assert ran.status == 1
        assert before.differences(house.state()) == []


@rows()
def test_twice_is_refused_or_is_as_once(bench: Bench, row: Row) -> None:
    with bench.house() as house:
        before = house.state()
        [first] = bench.run(house, row.words)
        once = house.state()
        second, *scripted = bench.run(house, *with_json(row))
        assert first.status == row.status, first
        assert (before == once) is row.reads
        assert once.added(house.state()) == row.adds
        assert second.status == (row.status or row.again), second
        assert second.status == 0 or fault(second) == "" or row.name == "health", second
        for ran in scripted:
            assert ran.status == second.status
            assert ran.status or json.loads(ran.out) is not None
