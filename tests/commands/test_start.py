"""The command line as a process of its own, in an installation where nothing is set."""

import subprocess
import sys

import pytest

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
