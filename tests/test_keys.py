"""Secrets that an installation makes for itself: one for all, whole, and private."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.environment import SettingError
from mailer.keys import kept_secret


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "key"
    first = kept_secret(path)
    assert len(first) >= 32
    assert kept_secret(path) == first
    assert kept_secret(tmp_path / "data" / "other") != first


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    kept_secret(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_no_draft_is_left_beside_it(tmp_path: Path) -> None:
    kept_secret(tmp_path / "key")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    # Each waits at the closed door, so that all run at once.
    script = "import sys; from pathlib import Path; from mailer.keys import kept_secret; sys.stdin.read(); "
    script += "print(kept_secret(Path(sys.argv[1])))"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "key")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.close()
    secrets = set()
    for process in processes:
        with process:
            assert process.stdout
            secrets.add(process.stdout.read())
    assert len(secrets) == 1


def test_an_emptied_file_is_refused_rather_than_trusted(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    with pytest.raises(SettingError, match="is empty"):
        kept_secret(tmp_path / "key")


def test_a_data_directory_that_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in its place")
    with pytest.raises(SettingError, match="cannot be used"):
        kept_secret(tmp_path / "data" / "key")
