"""Where a command writes a lot: standard output, a device, or a file that is there whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from mailer.commands.asking import ask
from mailer.commands.failures import FailedError

STDOUT = "-"

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
    # mkstemp lets nobody else read it, from the first moment.
    number, part = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    try:
        with _as_it_is(number) as file:
            yield file
            file.flush()
            os.fsync(number)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


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
