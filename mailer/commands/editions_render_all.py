"""`mailer editions render --all`: every letter of an edition, and a page that shows who gets which."""

import os
from pathlib import Path

from mailer.commands.bars import progress
from mailer.commands.output import emit, say, warn


def render_all(number: int, folder: str, *, pictures: bool, as_json: bool) -> None:
    """Write all letters of the edition into the folder; Django is ready."""
    from mailer import editions  # noqa: PLC0415 - models want Django ready
    from mailer.matrix import browser, gathering, making  # noqa: PLC0415 - the same

    edition = editions.find(number)
    program = browser.find(os.environ) if pictures else None
    matrix = gathering.matrix(edition)
    with progress() as show:
        made = making.make(matrix, Path(folder), program, progress=show)
    if pictures and program is None:
        asked = os.environ.get("MAILER_CHROMIUM")
        missing = f"There is no {asked}, which MAILER_CHROMIUM names" if asked else "No browser is on PATH"
        warn(f"{missing}, so there are no pictures: install Chromium, or name one in MAILER_CHROMIUM.")
    if made.trouble:
        warn(f"Not all pictures were taken: {made.trouble}.")
    emit(
        {"folder": folder, **making.described(matrix, made)},
        as_json=as_json,
        table=lambda: say(
            f"{Path(folder) / 'index.html'} shows {_letters(len(matrix.variants))}"
            f" and which {matrix.readers.all:,} readers get."
        ),
    )


def _letters(number: int) -> str:
    return "the one letter" if number == 1 else f"all {number} different letters"
