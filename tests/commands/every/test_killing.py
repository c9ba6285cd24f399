"""Every command that writes, killed in the middle: at any statement, around each commit and each file.

Then there is what was before, or what is after; or where work is done in portions, some of it, with a line in
the audit log. Run again, it always ends where a run that nobody disturbed ends.
"""

import pytest

from tests.commands.every.bench import Bench
from tests.commands.every.killing import moments, unfinished, without_parts
from tests.commands.every.states import State
from tests.commands.every.table import ROWS, Row

pytestmark = pytest.mark.database

MOST = {False: 8, True: 3}  # kills of one command, on PostgreSQL or not
AUDIT = "change"


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not row.reads and not row.elsewhere], ids=lambda row: row.line
)
def test_what_is_killed_is_as_before_or_done_and_is_done_when_it_is_run_again(bench: Bench, row: Row) -> None:
    with bench.house() as house:
        before = house.state()
        ran, steps = bench.steps(house, row.words)
        after = house.state()
    assert ran.status == row.status
    for step in moments(steps, MOST[bench.on_postgresql]):
        with bench.house() as house:
            bench.kill(house, row.words, step)
            between = house.state()
            [again] = bench.run(house, row.words)
            finally_ = house.state()
        where = f"killed before step {step} of {len(steps)}, {steps[step]}"
        if row.portions:
            assert _is_told(row, before, between), where
        else:
            assert unfinished(before, between, after) == [], where
        done = without_parts(between) == without_parts(after)
        assert again.status == (row.again if done else 0), (where, again)
        # Whoever had begun has a line of their own.
        besides = (*row.adds, *([AUDIT] if row.portions else []))
        assert after.but(*besides).differences(finally_.but(*besides)) == [], where


def _is_told(row: Row, before: State, between: State) -> bool:
    """Return whether whatever was changed has its line in the audit log, or is a reader's own consent.

    Editions and sends have accounts of their own.
    """
    told = {name for name in (AUDIT, "consent") if before.tables[name] != between.tables[name]}
    changed = before.tables != between.tables
    return bool(told) or not changed or row.name.startswith(("editions ", "sends "))
