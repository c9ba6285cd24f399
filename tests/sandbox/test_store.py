"""The sandbox's database: readers' addresses, on a disk that others may share."""

import stat
from pathlib import Path

from mailer.sandbox.store import Store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_may_look_into_it(tmp_path: Path) -> None:
    Store(tmp_path / "sandbox").close()
    assert mode(tmp_path / "sandbox") == 0o700


def test_a_folder_from_before_is_narrowed(tmp_path: Path) -> None:
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox").chmod(0o755)
    Store(tmp_path / "sandbox").close()
    assert mode(tmp_path / "sandbox") == 0o700
