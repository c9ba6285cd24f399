"""The command line as a process of its own, in an installation where nothing is set."""

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.commands.start import whoami

MAILER = [sys.executable, "-m", "mailer"]


def ran(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MAILER, *words], env=environ, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_wrong_setting_is_one_line_and_no_traceback(fresh_environ: dict[str, str]) -> None:
    failed = ran(fresh_environ | {"MAILER_SWEEP": "soon", "REDIS_URL": "http://x"}, "lists", "ls")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert [line.split(" ")[1] for line in failed.stderr.splitlines()] == ["REDIS_URL", "MAILER_SWEEP"]


def test_a_database_without_tables_says_what_to_run(fresh_environ: dict[str, str]) -> None:
    failed = ran(fresh_environ, "lists", "ls")
    assert failed.returncode == 1
    assert failed.stderr.startswith("mailer: The database lacks ")
    assert failed.stderr.endswith("migrations: run `mailer migrate`\n")


def test_a_database_that_is_down_is_one_line(fresh_environ: dict[str, str], free_port: int) -> None:
    keys = {"MAILER_HASH_KEY": "h" * 40, "MAILER_SECRET_KEY": "s" * 40}
    address = f"postgresql://nobody@127.0.0.1:{free_port}/none"
    failed = ran(fresh_environ | keys | {"DATABASE_URL": address}, "lists", "ls")
    assert failed.returncode == 1
    assert failed.stderr.startswith("mailer: The database cannot be used (")
    assert len(failed.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("nonsense",), ("lists", "nonsense"), ("lists", "add"), ("lists", "ls", "--nonsense")]
)
def test_wrong_usage_ends_with_status_2(fresh_environ: dict[str, str], words: tuple[str, ...]) -> None:
    wrong = ran(fresh_environ, *words)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Traceback" not in wrong.stderr


def test_help_needs_no_sound_settings(fresh_environ: dict[str, str]) -> None:
    helped = ran(fresh_environ | {"DATABASE_URL": "nonsense"}, "subscribers", "import", "--help")
    assert helped.returncode == 0
    assert "--skip-bad-rows" in helped.stdout


@pytest.mark.parametrize(
    "encoding",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}],
    ids=["asked", "locale"],
)
def test_output_is_utf_8_whatever_the_locale(fresh_environ: dict[str, str], encoding: dict[str, str]) -> None:
    ran(fresh_environ, "migrate")
    made = ran(
        fresh_environ,
        *("lists", "add", "space-digest", "--name", "Дайджест"),
        *("--from", "Zoë <news@example.org>", "--postal-address", "1 Road"),
    )
    assert (made.returncode, made.stderr) == (0, "")
    shown = subprocess.run(
        [*MAILER, "lists", "show", "space-digest", "--json"],
        env=fresh_environ | encoding,
        capture_output=True,
        check=False,
    )
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert "Дайджест" in shown.stdout.decode()
    assert json.loads(shown.stdout)["from"] == "Zoë <news@example.org>"


@pytest.mark.parametrize("words", [["lists", "show", b"bad\xff"], [b"\xff"]])
def test_a_word_that_is_no_text_is_refused(fresh_environ: dict[str, str], words: list[str | bytes]) -> None:
    refused = subprocess.run(
        [*MAILER, *words], env=fresh_environ, capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("mailer: This is not UTF-8: b'")
    assert len(refused.stderr.splitlines()) == 1


UNBUFFERED = pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at-the-end", "at-once"])
PRINTING = pytest.mark.parametrize("words", ["version --json", "--help"])


@UNBUFFERED
@PRINTING
def test_a_full_disk_behind_the_output_is_one_line(
    fresh_environ: dict[str, str], words: str, unbuffered: str
) -> None:
    with Path("/dev/full").open("w") as full:
        failed = subprocess.run(
            [*MAILER, *words.split()],
            env=fresh_environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert failed.returncode == 1
    assert failed.stderr == "mailer: The output could not be written: No space left on device\n"


@UNBUFFERED
@PRINTING
def test_a_reader_who_has_seen_enough_is_no_complaint(
    fresh_environ: dict[str, str], words: str, unbuffered: str
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    left = subprocess.run(
        [*MAILER, *words.split()],
        env=fresh_environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (left.returncode, left.stderr) == (1, "")


@pytest.mark.parametrize(("closed", "told"), [(">&-", 1), ("2>&-", 0), (">&- 2>&-", 0)])
def test_a_closed_output_is_one_line_where_there_is_a_place_for_it(
    fresh_environ: dict[str, str], closed: str, told: int
) -> None:
    failed = subprocess.run(
        ["sh", "-c", f'"$0" -m mailer version {closed}', sys.executable],
        env=fresh_environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (failed.returncode, failed.stdout) == (1, "")
    line = "The output is closed; send it somewhere, to /dev/null for example"
    assert failed.stderr.splitlines() == [f"mailer: {line}"][:told]


def test_who_has_no_account_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    uid = 54321
    with pytest.raises(KeyError):
        pwd.getpwuid(uid)
    monkeypatch.setattr(os, "getuid", lambda: uid)
    assert whoami() == "uid 54321"


@pytest.mark.parametrize(
    ("user", "who"),
    [("ed", "ed"), ("Zoë", "Zoë"), ("x\x1b[2J", "uid 7"), ("x\udcff", "uid 7"), ("x" * 201, "uid 7")],
)
def test_a_user_name_is_kept_if_it_is_one(monkeypatch: pytest.MonkeyPatch, user: str, who: str) -> None:
    monkeypatch.setenv("LOGNAME", user)
    monkeypatch.setattr(os, "getuid", lambda: 7)
    assert whoami() == who
