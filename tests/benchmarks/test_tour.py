"""The tour that the README's figures come from, with few people."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.tour", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )


@pytest.mark.timeout(240)
def test_each_command_of_the_tour_ends_well_and_has_its_cost(tmp_path: Path) -> None:
    done = run("--people", "2000", "--json", str(tmp_path / "tour.json"))
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "tour.json").read_text(encoding="utf-8"))
    steps = figures["steps"]
    assert [step["command"].removeprefix("mailer ") for step in steps] == [
        "migrate",
        "lists add",
        "subscribers import",
        "segments add",
        "segments count",
        "subscribers export",
        "segments add",
        "editions import",
        "sends schedule",
        "(mailer up, until delivered)",
        "subscribers erase",
        "explain",
    ]
    assert figures["people"] == 2_000
    assert all(step["status"] == 0 and step["seconds"] > 0 and step["rss_mb"] > 10 for step in steps)
    assert steps[2]["found"] == "2,000 people"
    assert steps[-1]["found"].startswith("accepted, ")
    for step in steps:
        assert step["command"] in done.stdout


def test_too_few_people_are_refused() -> None:
    done = run("--people", "5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "2,000 at least" in done.stderr
