"""Write the matrix into a folder: letters first, the page that tells of them last.

Each file is whole or not there. A run that is killed leaves no page, and what else it left goes in the next
one: `.made`, among the letters, names all that may be there.
"""

from collections.abc import Iterable
from pathlib import Path

from mailer.matrix.values import GENERATOR
from subscribers.errors import SubscribersError

INDEX, LETTERS = "index.html", "letters"
_HEAD = 1_000  # bytes of a page in which its maker stands
_MADE = ".made"


class FolderError(SubscribersError):
    """A folder holds what was not made here; the message says what, and what to do."""

    def __init__(self, path: Path) -> None:
        """Name what is in the way."""
        self.path = path
        super().__init__(f"{path} was not made here, and would be written over: name another folder")


class Folder:
    """A folder that a matrix is written into."""

    def __init__(self, path: Path, names: Iterable[str]) -> None:
        """Take it over for letters' files of these names; from now on it has no page until the end.

        Raises FolderError, having changed nothing, and OSError.
        """
        self.path = path
        self._letters = path / LETTERS
        self._refuse_others()
        self._letters.mkdir(parents=True, exist_ok=True)
        (path / INDEX).unlink(missing_ok=True)
        self._may_be_there = self._made().union(names)
        self._written: set[str] = set()
        self._remember(self._may_be_there)

    def write(self, name: str, data: bytes) -> str:
        """Write a letter's file; return its path from the page."""
        _write(self._letters / name, data)
        self._written.add(name)
        return f"{LETTERS}/{name}"

    def finish(self, page: bytes) -> None:
        """Remove what an earlier run made and this one did not, and write the page."""
        for name in sorted(self._may_be_there - self._written):
            (self._letters / name).unlink(missing_ok=True)
        self._remember(self._written)
        _write(self.path / INDEX, page)

    def _refuse_others(self) -> None:
        index = self.path / INDEX
        if index.exists():
            with index.open("rb") as page:
                if GENERATOR.encode() not in page.read(_HEAD):
                    raise FolderError(index)
        if self._letters.exists() and any(self._letters.iterdir()) and not (self._letters / _MADE).exists():
            raise FolderError(self._letters)

    def _made(self) -> set[str]:
        made = self._letters / _MADE
        names = made.read_text(encoding="utf-8").splitlines() if made.exists() else []
        return {name for name in names if name and name == Path(name).name and not name.startswith(".")}

    def _remember(self, names: set[str]) -> None:
        _write(self._letters / _MADE, "".join(f"{name}\n" for name in sorted(names)).encode())


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name.removeprefix('.')}.part")
    part.write_bytes(data)
    part.replace(path)
