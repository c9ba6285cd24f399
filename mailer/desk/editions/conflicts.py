"""Two texts of the same lines: both, the lines where they differ, and a field to settle it.

The other is what somebody else saved meanwhile, or what the same person kept in another window.
"""

from django.http import HttpResponse

from mailer import differences, drafts, editions, merging
from mailer.desk.access import DeskRequest
from mailer.desk.editions.lines import lines_of
from mailer.desk.editions.windows import stamp
from mailer.desk.pages import local, page
from mailer.drafts import ConflictError, OtherDraftError
from mailer.editions import EditionError
from mailer.merging import END, OURS, Merged
from mailer.models import Draft, Edition, Revision, Send


def conflict(request: DeskRequest, edition: Edition, error: ConflictError, mine: str) -> HttpResponse:
    """Return the page on which one settles what should stand, what another saved or what one wrote."""
    newest, own = error.newest, drafts.kept(edition, request.user.by)
    return _page(
        request,
        edition,
        error.merged,
        mine,
        error=f"{error}.",
        base=newest.number,
        # What was typed is kept as a draft meanwhile, but not instead of one that its window has not seen.
        draft=stamp(own) if own and own.text == mine else request.POST.get("draft", ""),
        kept=own is not None and own.text == mine,
        theirs=newest.text,
        was=_whose(newest),
    )


def in_correction(request: DeskRequest, send: Send, error: ConflictError, mine: str) -> HttpResponse:
    """Return the page on which one settles what readers get of a correction and what another saved."""
    return _page(
        request,
        send.edition,
        error.merged,
        mine,
        correcting=send.pk,
        error=f"{error}.",
        base=error.newest.number,
        kept=False,
        theirs=error.newest.text,
        was=_whose(error.newest),
    )


def two_windows(
    request: DeskRequest, edition: Edition, error: OtherDraftError, mine: str, based_on: int
) -> HttpResponse:
    """Return the page on which one puts together what one typed in this window and in another."""
    other = error.draft
    # What both began with: what was saved after the older of the two, the newer has as changes of its own.
    base = _revision(edition, min(based_on, other.based_on))
    return _page(
        request,
        edition,
        merging.merge(base.text, mine, other.text, mark=merging.KEPT),
        mine,
        error=f"{error}.",
        base=base.number,
        draft=stamp(other),
        kept=False,
        other=other,
        theirs=other.text,
        was=f"Kept by your other window, {local(other.changed_at, edition.list.zone)}",
    )


def _whose(revision: Revision) -> str:
    return (
        f"Saved by {revision.author or 'somebody'}, {local(revision.created_at, revision.edition.list.zone)}"
    )


def _revision(edition: Edition, number: int) -> Revision:
    try:
        return drafts.revision(edition, number)
    except EditionError:
        return editions.newest(edition)


def _page(
    request: DeskRequest,
    edition: Edition,
    merged: Merged,
    mine: str,
    *,
    theirs: str,
    other: Draft | None = None,
    correcting: int | None = None,
    **values: object,
) -> HttpResponse:
    return page(
        request,
        "edition_conflict.html",
        place="Sends" if correcting else "Editions",
        status=409,
        correcting=correcting,
        edition=edition,
        list=edition.list,
        other=other,
        clashes=list(zip(merged.places, merged.clashes, strict=True)),
        text=merged.text,
        lines=lines_of(merged.text, dict.fromkeys(_marked(merged.text), "error")),
        mine=mine,
        rows=list(differences.rows(theirs, mine)),
        is_gap=lambda row: isinstance(row, differences.Gap),
        **values,
    )


def _marked(text: str) -> list[int]:
    """Return the lines that belong to a conflict, marks and all."""
    found, inside = [], False
    for number, line in enumerate(text.split("\n"), 1):
        inside = inside or line == OURS
        if inside:
            found.append(number)
        inside = inside and line != END
    return found
