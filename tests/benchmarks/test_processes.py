"""What commands of an installation of their own take, and how they fail."""

from pathlib import Path

import pytest

from benchmarks.processes import CommandError, Installation


@pytest.fixture
def here(fresh_environ: dict[str, str], tmp_path: Path) -> Installation:
    return Installation(fresh_environ, tmp_path)


def test_a_command_has_its_cost(here: Installation) -> None:
    said, step = here.run("migrate")
    assert said
    assert (step.command, step.status, step.found) == ("mailer migrate", 0, "")
    assert step.seconds > 0
    assert step.rss_mb > 10
    assert here.asked("lists", "ls") == []


def test_one_that_fails_says_why(here: Installation) -> None:
    here.run("migrate")
    with pytest.raises(CommandError, match=r"mailer lists show: status 1 after .*nowhere"):
        here.run("lists", "show", "nowhere")


def test_what_does_not_start_says_why(here: Installation, free_port: int) -> None:
    (here.folder / "data").write_text("a file, where a folder should be")
    with pytest.raises(CommandError, match="mailer up did not start: "), here.up(free_port):
        raise AssertionError
