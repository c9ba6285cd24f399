"""The supervisor: what dies is started again, what is hopeless is named, all end in order."""

import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mailer.embedded.supervisor import Program, Supervisor, SupervisorError, pause_after


class Ear:
    """Hears what the programs say."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self._news = threading.Condition()

    def __call__(self, name: str, line: str) -> None:
        with self._news:
            self.heard.append((name, line))
            self._news.notify_all()

    def said(self, name: str) -> list[str]:
        return [line for speaker, line in self.heard if speaker == name]

    def wait_for(self, name: str, line: str, times: int = 1) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.said(name).count(line) >= times, timeout=20)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def supervisor(ear: Ear) -> Iterator[Supervisor]:
    made = Supervisor(dict(os.environ), ear)
    yield made
    made.stop()


def shell(name: str, script: str, **more: float) -> Program:
    return Program(name, ("sh", "-c", script), ready=lambda: True, **more)


@pytest.mark.parametrize(
    ("lives", "pause"),
    [
        ([60], 0.0),
        ([0.1], 0.25),
        ([0.1, 0.1], 0.5),
        ([0.1, 0.1, 60], 0.0),
        ([0.1, 60, 0.1], 0.25),
        ([0.1] * 4, 2.0),
        ([0.1] * 5, None),
        ([60, *[0.1] * 5], None),
    ],
)
def test_the_pause_grows_with_short_lives_until_there_is_no_hope(
    lives: Sequence[float], pause: float | None
) -> None:
    assert pause_after(lives) == pause


def test_a_program_that_is_killed_is_started_again(supervisor: Supervisor, ear: Ear) -> None:
    supervisor.start(shell("clerk", "echo $$; echo up; exec sleep 1000"))
    ear.wait_for("clerk", "up")
    os.kill(int(ear.said("clerk")[0]), signal.SIGKILL)
    ear.wait_for("clerk", "up", times=2)
    assert "ended with status 137; starting it again" in ear.said("clerk")
    supervisor.check()


def test_a_program_that_never_lives_is_left_alone_and_quoted(supervisor: Supervisor) -> None:
    script = "echo the till is locked; exit 2"
    supervisor.start(Program("clerk", ("sh", "-c", script), ready=lambda: False))
    with pytest.raises(SupervisorError, match="clerk ended 5 times") as caught:
        supervisor.wait_until_ready()
    assert caught.value.program == "clerk"
    assert "the till is locked" in str(caught.value)
    with pytest.raises(SupervisorError):
        supervisor.wait()


def test_starting_waits_for_the_fact(supervisor: Supervisor, tmp_path: Path) -> None:
    mark = tmp_path / "open"
    script = (
        f"read line < {shlex.quote(str(tmp_path / 'door'))}; touch {shlex.quote(str(mark))}; exec sleep 1000"
    )
    os.mkfifo(tmp_path / "door")
    supervisor.start(Program("shop", ("sh", "-c", script), ready=mark.exists))
    with pytest.raises(SupervisorError, match="shop is not ready"):
        supervisor.wait_until_ready(timeout=0.2)
    (tmp_path / "door").write_text("come in\n")
    supervisor.wait_until_ready()
    assert mark.exists()


def test_programs_end_one_after_the_other_the_last_first(supervisor: Supervisor, ear: Ear) -> None:
    script = "trap 'echo closed; exit 0' TERM; echo up; while :; do sleep 0.05; done"
    for name in ("first", "second", "third"):
        supervisor.start(shell(name, script))
        ear.wait_for(name, "up")
    supervisor.stop()
    assert [name for name, line in ear.heard if line == "closed"] == ["third", "second", "first"]


def test_a_program_that_takes_too_long_to_finish_is_ended(supervisor: Supervisor, ear: Ear) -> None:
    supervisor.start(shell("clerk", "trap '' TERM; echo up; exec sleep 1000", grace=0.1))
    ear.wait_for("clerk", "up")
    supervisor.stop()
    assert "clerk" not in {thread.name for thread in threading.enumerate()}


def test_programs_have_the_environment_they_are_given(ear: Ear) -> None:
    supervisor = Supervisor({"GREETING": "hello"}, ear)
    supervisor.start(
        Program("clerk", (sys.executable, "-c", "import os; print(os.environ['GREETING'])"), lambda: True)
    )
    ear.wait_for("clerk", "hello")
    supervisor.stop()
