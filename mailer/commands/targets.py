"""Where a command writes a lot: standard output, a device, or a file that is there whole or not at all."""

import fcntl
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TextIO

from mailer.commands.asking import ask
from mailer.commands.failures import FailedError

STDOUT = "-"
_SUFFIX = ".part"

# A half of a character, which only JSON's escapes can hold, stays an escape.
_as_it_is = partial(open, mode="w", encoding="utf-8", errors="backslashreplace", newline="")


@contextmanager
def opened(target: str, *, yes: bool = False) -> Iterator[TextIO]:
    """Open `target` for text in UTF-8 whose line ends stay as they are; `-` is standard output.

    A file gets its name when all of it is written, and only its owner may read it. One that is there already
    is replaced only if a person agrees, or has with `yes`; devices and pipes are written to as they are.
    Raises FailedError, and OSError that names the target.
    """
    if target == STDOUT:
        yield sys.stdout
        return
    with _named(target):
        # A link stays, and what it points to is replaced.
        path = Path(os.path.realpath(target))
        if path.is_dir():
            raise FailedError(f"{target} is a folder: name a file in it")
        if path.exists() and not path.is_file():
            with _as_it_is(path) as device:
                yield device
            return
        if path.exists():
            ask(f"{target} is there already: replace it?", yes=yes)
        with _whole(path) as file:
            yield file


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """Write beside `path`, and give that its name at the end; what fails leaves nothing behind."""
    _clear(path)
    number, part = _begun(path)
    try:
        # Held until it has its name.
        with _as_it_is(number, closefd=False) as file:
            yield file
            file.flush()
            os.fsync(number)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(number)


def _begun(path: Path) -> tuple[int, Path]:
    """Make a part that nobody else may read, and hold it, so that nobody takes it for one left behind."""
    while True:
        number, part = tempfile.mkstemp(prefix=_prefix(path), suffix=_SUFFIX, dir=path.parent)
        with suppress(OSError):  # not every file system has locks; there, nothing is cleared either
            fcntl.flock(number, fcntl.LOCK_EX)
        if os.fstat(number).st_nlink:
            return number, Path(part)
        os.close(number)  # somebody cleared it before it was held


def _clear(path: Path) -> None:
    """Remove the parts of this target that whoever was killed has left: nobody holds them any more."""
    ours = re.compile(rf"{re.escape(_prefix(path))}[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
    with suppress(OSError):  # a folder that cannot be looked into says so when it is written to
        for part in filter(lambda each: ours.fullmatch(each.name), list(path.parent.iterdir())):
            with suppress(OSError), part.open("rb") as left:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()


def _prefix(path: Path) -> str:
    return f".{path.name[:40]}."


@contextmanager
def _named(target: str) -> Iterator[None]:
    """Make errors name the target, and not what stands in for it until it is whole."""
    try:
        yield
    except OSError as error:
        # Nobody is told of a pipe whose reader has had enough.
        if error.errno is None or isinstance(error, BrokenPipeError):
            raise
        raise OSError(error.errno, error.strerror, target) from error
