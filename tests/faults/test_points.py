"""Named places where a plug is pulled, each once for every change: the worst of them, by SIGKILL."""

import pytest

from tests.faults.conftest import Runs
from tests.faults.families import drawn

pytestmark = [pytest.mark.database, pytest.mark.timeout(280)]

# Around the point of no return and the answer: where a reader can get lost, or a letter be sent twice.
WORST = ("fire.after_commit", "submit.before_request", "submit.after_answer", "settle.before_commit")


def _seed(point: str, how: str, *, smtp: bool) -> int:
    return next(
        seed
        for seed in range(1000)
        if any(
            (crossing.point, crossing.how) == (point, how)
            for crossing in drawn("points", seed, smtp=smtp, postgresql=False).crossings[:1]
        )
    )


@pytest.mark.parametrize("point", WORST)
def test_a_worker_killed_at_the_worst_moment_costs_time_and_nobody_a_letter(runs: Runs, point: str) -> None:
    seed = _seed(point, "kill", smtp=False)
    (result,) = runs("--family", "points", "--seed", str(seed))
    assert result["violations"] == []
    assert result["crossed"] == [f"{point}:kill"]
    assert result["duplicates"] == result["lost"] == 0


def test_a_worker_killed_between_two_letters_leaves_one_reader_in_doubt_at_most(runs: Runs) -> None:
    seed = _seed("submit.after_message", "kill", smtp=True)
    (result,) = runs("--transport", "smtp", "--family", "points", "--seed", str(seed))
    assert result["violations"] == []
    assert result["crossed"] == ["submit.after_message:kill"]
