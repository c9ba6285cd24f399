"""Who may look at what is kept: its owner."""

import stat
from pathlib import Path

from mailer import privacy


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def wide(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    privacy.private_folder(tmp_path / "logs")
    privacy.data_folder(tmp_path / "data")
    assert (mode(tmp_path / "logs"), mode(tmp_path / "data")) == (0o700, 0o700)


def test_a_folder_of_ours_is_narrowed(tmp_path: Path) -> None:
    privacy.private_folder(wide(tmp_path / "logs"))
    assert mode(tmp_path / "logs") == 0o700


def test_a_data_directory_that_somebody_made_is_left_as_it_is(tmp_path: Path) -> None:
    privacy.data_folder(wide(tmp_path / "home"))
    assert mode(tmp_path / "home") == 0o755


def test_a_database_is_narrowed_with_what_lies_beside_it(tmp_path: Path) -> None:
    files = [tmp_path / f"mailer.sqlite3{companion}" for companion in ("", "-wal", "-shm")]
    for file in files:
        file.touch()
        file.chmod(0o644)
    privacy.private_database(files[0])
    assert {mode(file) for file in files} == {0o600}


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    privacy.private_database(tmp_path / "mailer.sqlite3")
    assert not list(tmp_path.iterdir())
