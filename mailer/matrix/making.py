"""Make the files of a matrix: letters, pictures of them where there is a browser, and the page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.matrix.browser import Browser
from mailer.matrix.devtools import BrowserError
from mailer.matrix.naming import stem
from mailer.matrix.page import page
from mailer.matrix.pictures import PICTURES, taken
from mailer.matrix.values import Matrix, Readers, Variant
from mailer.matrix.writing import INDEX, Folder

Progress = Callable[[str, int, int | None], None]  # step, done, in all

HTML, TEXT = "html", "text"
_ENDINGS = {HTML: ".html", TEXT: ".txt"} | {picture.ending: f"-{picture.ending}.png" for picture in PICTURES}


@dataclass(frozen=True)
class Made:
    """The files of each letter, in their order, as paths from the page and in bytes, both by kind.

    `trouble` says why there are no pictures, or not all; '' where there is none.
    """

    files: tuple[dict[str, str], ...]
    sizes: tuple[dict[str, int], ...]
    trouble: str = ""


def make(matrix: Matrix, path: Path, program: str | None, *, progress: Progress | None = None) -> Made:
    """Write all into the folder at `path`; `program` is the browser, None for no pictures.

    Raises FolderError and OSError. A browser that fails is no error: what it did not take is not there.
    """
    kinds = tuple(_ENDINGS) if program else (HTML, TEXT)
    stems = [stem(variant.name) for variant in matrix.variants]
    folder = Folder(path, (f"{each}{_ENDINGS[kind]}" for each in stems for kind in kinds))
    files: list[dict[str, str]] = [{} for _ in stems]
    sizes: list[dict[str, int]] = [{} for _ in stems]

    def keep(place: int, kind: str, data: bytes) -> None:
        files[place][kind] = folder.write(f"{stems[place]}{_ENDINGS[kind]}", data)
        sizes[place][kind] = len(data)

    for place, variant in enumerate(matrix.variants):
        keep(place, HTML, variant.letter.html.encode())
        keep(place, TEXT, variant.letter.text.encode())
    trouble = _pictured(matrix.variants, program, keep, progress) if program else ""
    folder.finish(page(matrix, files))
    return Made(tuple(files), tuple(sizes), trouble)


def _pictured(
    variants: Iterable[Variant],
    program: str,
    keep: Callable[[int, str, bytes], None],
    progress: Progress | None,
) -> str:
    """Take all pictures; return what was in the way of more."""
    letters = [variant.letter.html for variant in variants]
    try:
        with Browser(program) as browser:
            for place, html in enumerate(letters):
                for picture, data in list(taken(browser, html)):  # all of a letter, or none
                    keep(place, picture.ending, data)
                if progress is not None:
                    progress("pictures", place + 1, len(letters))
    except BrowserError as error:
        return str(error)
    return ""


def described(matrix: Matrix, made: Made) -> dict[str, Any]:
    """Return it in the shape of `editions render --all --json`, without the folder."""
    return {
        "edition": matrix.edition,
        "index": INDEX,
        "pictures": all(set(_ENDINGS) == set(files) for files in made.files),
        **_counted(matrix.readers),
        "unseen": {"sets": matrix.more, **_counted(matrix.unseen)},
        "variants": [
            {
                "names": [choice.name for choice in variant.choices],
                **_counted(variant.readers),
                "sent": variant.sent,
                "subject": variant.letter.subject,
                "leaving": variant.leaving,
                "files": files,
                "bytes": sizes,
            }
            for variant, files, sizes in zip(matrix.variants, made.files, made.sizes, strict=True)
        ],
    }


def _counted(readers: Readers) -> dict[str, int]:
    return {"readers": readers.all, "text_only": readers.text_only, "untracked": readers.untracked}
