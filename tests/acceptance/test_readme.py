"""The README's tour, word for word, in an empty place."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import until

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def blocks(mark: str) -> str:
    """Return the commands that follow the comment `mark` in the README."""
    (found,) = re.findall(rf"<!-- {mark} -->\n```sh\n(.*?)```", README, re.DOTALL)
    # The reader has just made the environment; here it is the one these tests run in.
    return str(found).replace(
        ". .venv/bin/activate\n", f'export PATH="{Path(sys.executable).parent}:$PATH"\n'
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty directory in which the sample is where the README says."""
    (tmp_path / "mailer").symlink_to(CHECKOUT / "mailer")
    return tmp_path


@pytest.fixture
def ports() -> tuple[int, int]:
    """Two free ports; bound together, so that they differ."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture
def environ(fresh_environ: dict[str, str], ports: tuple[int, int]) -> dict[str, str]:
    return fresh_environ | {"MAILER_SANDBOX_URL": f"http://127.0.0.1:{ports[0]}", "MAILER_SWEEP": "1"}


@pytest.fixture
def up(place: Path, environ: dict[str, str], ports: tuple[int, int]) -> Iterator[str]:
    """The first terminal; yields once it says that it is ready, with what it said."""
    script = blocks("tour: background").replace("mailer up", f"exec mailer up --port {ports[1]}")
    log = place / "up.txt"
    with (
        log.open("w") as file,
        subprocess.Popen(
            ["bash", "-euc", script], cwd=place, env=environ, stdout=file, stderr=subprocess.STDOUT
        ) as running,
    ):
        try:
            until(lambda: running.poll() is not None or "Ready at" in log.read_text(), within=60)
            yield log.read_text()
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)


def test_the_tour_ends_with_every_reader_accounted_for(up: str, place: Path, environ: dict[str, str]) -> None:
    assert "nothing leaves this machine" in up
    script = blocks("tour")
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=place,
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (place / "letter").iterdir()} == {
        "subject.txt",
        "edition.html",
        "edition.txt",
    }
    until(lambda: _ledger(place, environ).count("\taccepted\t") == 3, within=60)
    with urllib.request.urlopen(environ["MAILER_SANDBOX_URL"], timeout=10) as inbox:  # noqa: S310 - loopback
        assert b"ada@readers.example" in inbox.read()


@pytest.mark.timeout(240)
def test_the_tour_of_lists_and_people_ends_where_it_says(place: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-euc", blocks("admin")],
        cwd=place,
        env=environ,
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    exported = (place / "orbits.csv").read_text(encoding="utf-8")
    assert "ada@readers.example" in exported
    assert "cy@readers.example" not in exported
    assert "unchanged\t2" in done.stdout


def test_the_desks_first_user_gets_a_link(place: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-euc", blocks("desk")],
        cwd=place,
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "/desk/account/invitation/" in done.stdout + done.stderr


def _ledger(place: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mailer", "sends", "ledger", "1"],
        cwd=place,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_every_file_the_readme_points_at_is_there() -> None:
    linked = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    named = re.findall(r"`(mailer/samples/[^`]+)`", README)
    assert linked
    assert named
    for target in linked + named:
        assert (CHECKOUT / target.partition("#")[0]).exists(), target


def test_every_target_and_command_the_readme_names_exists() -> None:
    targets = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert "demo" in targets
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for command in set(re.findall(r"`mailer ([a-z]+(?: [a-z]+)?)", README)):
        done = subprocess.run(
            [sys.executable, "-m", "mailer", *command.split(), "--help"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, f"mailer {command}: {done.stderr}"
