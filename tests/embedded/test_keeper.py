"""The keeper: a program ends with its owner, however the owner ends.

A program's output closes when the last process that holds it has ended, so reading to the end of
it is waiting for all of them.
"""

import signal
import subprocess
import sys
from pathlib import Path

from mailer.embedded.keeper import keep

FOREVER = ["sh", "-c", "echo running; exec sleep 1000"]
DEAF = ["sh", "-c", "trap '' TERM; echo running; while :; do sleep 0.1; done"]
CAREFUL = ["sh", "-c", "trap 'echo finished; exit 3' TERM; echo running; while :; do sleep 0.1; done"]


def kept(*command: str, remove: Path | None = None, grace: float = 5) -> subprocess.Popen[bytes]:
    return keep(command, output=subprocess.PIPE, remove=remove, grace=grace)


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout
    return process.stdout.readline()


def test_closing_the_lifeline_ends_the_program_and_removes_its_directory(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with kept(*FOREVER, remove=folder) as keeper:
        assert first_line(keeper) == b"running\n"
        keeper.communicate()
    assert keeper.returncode == 128 + signal.SIGTERM
    assert not folder.exists()


def test_nothing_outlives_an_owner_who_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    owner = f"""
import pathlib, signal
from mailer.embedded.keeper import keep
keeper = keep({FOREVER!r}, remove=pathlib.Path({str(folder)!r}))
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE) as process:
        assert first_line(process) == b"running\n"
        process.kill()
        process.communicate()
    assert not folder.exists()


def test_a_keeper_that_is_killed_takes_even_a_deaf_program_with_it() -> None:
    with kept(*DEAF) as keeper:
        first_line(keeper)
        keeper.kill()
        assert keeper.stdout
        assert keeper.stdout.read() == b"", "closed, so nobody is left to write"


def test_a_program_told_to_stop_may_finish_and_says_how_it_went() -> None:
    with kept(*CAREFUL) as keeper:
        first_line(keeper)
        keeper.send_signal(signal.SIGTERM)
        assert first_line(keeper) == b"finished\n"
        assert keeper.wait() == 3


def test_a_program_that_does_not_listen_is_ended_after_its_grace() -> None:
    with kept(*DEAF, grace=0.2) as keeper:
        first_line(keeper)
        keeper.communicate()
    assert keeper.returncode == 128 + signal.SIGKILL


def test_what_a_program_leaves_running_ends_with_it() -> None:
    with kept("sh", "-c", "sleep 1000 & echo gone") as keeper:
        assert keeper.stdout
        assert keeper.stdout.read() == b"gone\n"
    assert keeper.returncode == 0


def test_a_program_that_is_not_there_is_one_clear_line() -> None:
    with kept("/no/such/program") as keeper:
        output, _ = keeper.communicate()
    assert output == b"keeper: /no/such/program: No such file or directory\n"
    assert keeper.returncode == 127
