"""The edition's page: its text, any reader's letter beside it, what was found, and who will get it."""

import datetime as dt
from collections.abc import Sequence

from django.http import HttpResponse

from mailer import counting, drafts, expecting, previews, remarks
from mailer.calendar import city
from mailer.charts import drawing
from mailer.counting import Counted
from mailer.desk.access import DeskRequest
from mailer.desk.editions import standing
from mailer.desk.editions.found import chosen_in
from mailer.desk.editions.lines import lines_of
from mailer.desk.editions.steps import action, steps
from mailer.desk.editions.windows import stamp
from mailer.desk.pages import local, page
from mailer.desk.sends import words
from mailer.editions import leaves_at
from mailer.expecting import Expected
from mailer.manuscript.document import Document
from mailer.matrix.values import IN_FULL, Matrix, Shown, Variant
from mailer.models import Edition, Revision, Send
from mailer.preflight import Finding
from mailer.previews import Preview
from mailer.vocabulary import SendKind
from subscribers.models import List

SCREENS, MODES = ("phone", "desktop", "text"), ("light", "dark")
_TESTS = 3  # of the last tests, shown beneath the form


def showing(
    request: DeskRequest,
    edition: Edition,
    newest: Revision,
    *,
    status: int = 200,
    typed: str | None = None,
    based_on: int | None = None,
    faults: Sequence[Finding] = (),
    error: str = "",
) -> HttpResponse:
    """Return the page with the newest text, or with what somebody `typed` over revision `based_on`.

    `faults` are why that was not saved, `error` what else there is to be said. What was typed is kept as a
    draft by then, unless it is too much or another window of theirs kept other text.
    """
    owner, now = edition.list, dt.datetime.now(dt.UTC)
    by = request.user.by
    stored = drafts.kept(edition, by)
    kept = stored.changed_at if stored and stored.text == typed else None
    draft = None if typed is not None else drafts.offered(stored, newest)
    returned = draft is not None and "saved" not in request.GET
    # What the page says of the draft when it posts: what it shows, and not what it does not show.
    seen = stamp(stored) if typed is None or kept else request.POST.get("draft", "")
    # What somebody has not saved is where they go on; beside the saved text it would soon be written over.
    if draft is not None and returned:
        typed, based_on, kept, draft = draft.text, draft.based_on, draft.changed_at, None
    at = leaves_at(edition)
    saved = previews.of_revision(newest, now=now, at=at)
    preview = _preview(edition, saved, typed, faults, now=now, at=at)
    document = preview.document or saved.document
    counted = counting.counted(owner, now=now)
    chosen = chosen_in(request, owner)
    sends = standing.sends_of(newest)
    stand = standing.standing_of(newest, preview, sends, by=by)
    return page(
        request,
        "edition.html",
        place="Editions",
        status=status,
        edition=edition,
        list=owner,
        newest=newest,
        text=preview.text,
        based_on=based_on or newest.number,
        unsaved=typed is not None,
        kept=kept,
        seen_draft=seen,
        other=None if kept or typed is None else drafts.offered(stored, newest),
        draft=draft,
        returned=returned,
        error=error,
        preview=preview,
        stale=preview.document is None,
        lines=lines_of(preview.text, preview.marks),
        headings=[(each.title, each.line) for each in document.sections] if document else [],
        steps=steps(stand),
        standing=stand,
        action=action(stand),
        tests=[each for each in sends if each.kind == SendKind.TEST][:_TESTS],
        imported=remarks.of_import(edition, preview.text),
        interests=offered(owner),
        chosen=chosen,
        shows=shown_on(request),
        seen=previews.seen(owner, document, chosen, counted.groups) if document else None,
        matrix=previews.matrix(owner, document, counted.groups) if document else None,
        counted=counted,
        stories_of=lambda slug: _stories_of(document, slug),
        stories_in=stories_in,
        # Once there is a send, its page says who gets it: a segment perhaps.
        expected=_expected(newest, document, counted, sends) if document and not stand.send else None,
        readers=words.readers,
        local=lambda moment, day=True: local(moment, owner.zone, day=day),
        clock_in=city(owner.zone),
    )


def _preview(
    edition: Edition,
    saved: Preview,
    typed: str | None,
    faults: Sequence[Finding],
    *,
    now: dt.datetime,
    at: dt.datetime | None,
) -> Preview:
    """Return the text that is shown; with the faults of saving it, which reading alone may not find."""
    if typed is None:
        return saved
    if faults:
        return Preview(typed, None, tuple(faults))
    return previews.of_text(edition, typed, now=now, at=at)


def _expected(newest: Revision, document: Document, counted: Counted, sends: Sequence[Send]) -> Expected:
    """Return who would get what is shown, which may be typed only; a send that was cancelled reached some."""
    stopped = any(each.kind != SendKind.TEST for each in sends)
    holders = expecting.holders_of(newest.edition_id) if stopped else 0
    return expecting.of_document(newest, document, counted, holders=holders)


def _stories_of(document: Document | None, slug: str) -> int:
    return sum(slug in story.interests for story in document.stories) if document else 0


def shown_on(request: DeskRequest) -> dict[str, str]:
    """Return what the letter is shown on and in, as the form or the address says; else light on a phone."""
    asked = {**request.GET.dict(), **request.POST.dict()}
    screen, mode = asked.get("as", ""), asked.get("mode", "")
    return {
        "as": screen if screen in SCREENS else SCREENS[0],
        "mode": mode if mode in MODES else MODES[0],
    }


def offered(owner: List) -> list[dict[str, object]]:
    """Return the interests that can be chosen, each with its colour."""
    return [
        {"slug": each.slug, "name": each.name, "colour": drawing.colour(place)}
        for place, each in enumerate(owner.interests.all())
        if each.retired_at is None
    ]


def stories_in(variant: Variant, matrix: Matrix, *, full: bool) -> int:
    """Return how many stories a letter has in full, or as headlines."""
    return sum(
        item.is_story and (how in IN_FULL if full else how is Shown.HEADLINE)
        for item, how in zip(matrix.items, variant.shown, strict=True)
    )
