"""Named places where a plug is pulled, each once for every change: the worst of them, by SIGKILL."""

import pytest

from tests.faults.conftest import Runs
from tests.faults.families import drawn

pytestmark = [pytest.mark.database, pytest.mark.timeout(600)]

# Around the point of no return and the answer: where a reader can get lost, or a letter be sent twice.
WORST = ("fire.after_commit", "submit.before_request", "submit.after_answer", "settle.before_commit")


def _seed(point: str, how: str, *, smtp: bool) -> str:
    for seed in range(1000):
        first, *_ = drawn("points", seed, smtp=smtp, postgresql=False).crossings
        if (first.point, first.how) == (point, how):
            return f"--seed={seed}"
    raise AssertionError(f"no seed has {point} crossed by {how}")


def test_a_worker_killed_at_the_worst_moments_costs_time_and_nobody_a_letter(runs: Runs) -> None:
    results = runs("--family", "points", *(_seed(point, "kill", smtp=False) for point in WORST))
    assert [line["violations"] for line in results] == [[]] * len(WORST)
    assert [line["crossed"] for line in results] == [[f"{point}:kill"] for point in WORST]
    assert sum(line["duplicates"] + line["lost"] for line in results) == 0


def test_a_worker_killed_between_two_letters_costs_nobody_theirs(runs: Runs) -> None:
    seed = _seed("submit.after_message", "kill", smtp=True)
    (result,) = runs("--transport", "smtp", "--family", "points", seed)
    assert result["violations"] == []
    assert result["crossed"] == ["submit.after_message:kill"]
