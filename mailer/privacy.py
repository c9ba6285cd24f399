"""What is kept on this disk holds readers' addresses: only its owner may look at it."""

from pathlib import Path

# SQLite gives these the mode of the database, but a crash may have left them from before it was narrowed.
_COMPANIONS = ("", "-wal", "-shm")


def private_folder(folder: Path) -> None:
    """Make `folder`, a directory of ours alone, such that only its owner may enter; narrow it if it exists.

    Raises OSError where it cannot be made or belongs to somebody else.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def data_folder(folder: Path) -> None:
    """Make the data directory for its owner alone; one that exists keeps its mode.

    Whoever made it may have named a home or a shared disk, and locking others out of those is not
    ours to do: what lies in it is private by itself. Raises OSError where it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def private_database(path: Path) -> None:
    """Let only its owner read the SQLite database at `path`; where there is none, nothing is done."""
    for companion in _COMPANIONS:
        file = path.with_name(path.name + companion)
        if file.exists():
            file.chmod(0o600)
