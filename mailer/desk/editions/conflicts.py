"""Two wrote the same lines: both texts, the lines where they differ, and a field to settle it."""

from django.http import HttpResponse

from mailer import differences
from mailer.desk.access import DeskRequest
from mailer.desk.editions.lines import lines_of
from mailer.desk.pages import local, page
from mailer.drafts import ConflictError
from mailer.merging import MARKS
from mailer.models import Edition


def conflict(request: DeskRequest, edition: Edition, error: ConflictError, mine: str) -> HttpResponse:
    """Return the page on which one settles what should stand; what was typed is kept as a draft meanwhile."""
    merged, newest = error.merged, error.newest
    return page(
        request,
        "edition_conflict.html",
        place="Editions",
        status=409,
        edition=edition,
        list=edition.list,
        error=str(error),
        newest=newest,
        when=local(newest.created_at, edition.list.zone),
        clashes=list(zip(merged.places, merged.clashes, strict=True)),
        text=merged.text,
        lines=lines_of(merged.text, dict.fromkeys(_marked(merged.text), "error")),
        mine=mine,
        rows=list(differences.rows(newest.text, mine)),
        is_gap=lambda row: isinstance(row, differences.Gap),
    )


def _marked(text: str) -> list[int]:
    """Return the lines that belong to a conflict, marks and all."""
    found, inside = [], False
    for number, line in enumerate(text.split("\n"), 1):
        inside = inside or line == MARKS[0]
        if inside:
            found.append(number)
        inside = inside and line != MARKS[2]
    return found
