"""An edition scheduled: in any zone, the instant shown in several, and who would get it; then confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from mailer import expecting, sends
from mailer.desk import unsaved
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, local, page
from mailer.desk.sends import acting, instants, words
from mailer.desk.sends.approving import PLACE, SHORT, Matter, edition_of
from mailer.editions import BlockedError, EditionError
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Send
from mailer.timetable import Instant, TimeError
from mailer.typed import whole
from subscribers.models import List, Segment
from subscribers.segments import keeping
from subscribers.segments.conditions import SegmentError

AT_ONCE, AT = "now", "at"  # when it leaves, as the form says it


@dataclass(frozen=True)
class Asked:
    """What the form says: when, in which zone, to whom; `typed` as it was typed."""

    when: str
    typed: str
    zone: str
    slug: str

    @classmethod
    def read(cls, form: QueryDict, owner: List) -> "Asked":
        """Read a form, or an address, of whoever asks."""
        when = form.get("when", AT)
        zone = form.get("zone", "").strip() or owner.zone
        return cls(
            when if when in {AT_ONCE, AT} else AT, form.get("at", "").strip(), zone, form.get("segment", "")
        )

    @property
    def complete(self) -> bool:
        """Return whether it says when."""
        return self.when == AT_ONCE or bool(self.typed)

    def instant(self) -> Instant:
        """Return the moment. Raises TimeError."""
        if self.when == AT_ONCE:
            return Instant(acting.now(), zone=self.zone)
        return instants.understood(self.typed, self.zone)


@needs("send")
@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: DeskRequest, number: int) -> HttpResponse:
    """Ask when and to whom; then show the instant in several zones and who gets it; then schedule it."""
    edition = edition_of(number)
    try:
        matter = Matter.of(edition)
    except ManuscriptError as error:
        return back(request, f"/desk/editions/{number}", str(error), failed=True)
    owner = edition.list
    asked = Asked.read(request.POST if request.method == "POST" else request.GET, owner)
    try:
        segment = keeping.find(owner, asked.slug) if asked.slug else None
        instant = asked.instant() if asked.complete else None
        if request.method == "POST" and instant is not None:
            return _scheduled(request, matter, instant, segment, asked)
    except (TimeError, SegmentError, EditionError, sends.SendError) as error:
        return _page(request, matter, asked, refused=error)
    return _page(request, matter, asked, instant=instant, segment=segment)


def _scheduled(
    request: DeskRequest, matter: Matter, instant: Instant, segment: Segment | None, asked: Asked
) -> HttpResponse:
    word, seen = request.POST.get("word", "").strip(), _seen(request.POST)
    # Before all else: a second click finds the approval used, and perhaps the minute over.
    if unseen := sends.meanwhile(matter.edition, seen):
        return _meanwhile(request, matter, instant, segment, asked, unseen)
    if request.POST.get("content", "") != matter.content:
        said = "The edition has changed since you saw it: look again at what leaves."
        return _page(request, matter, asked, instant=instant, segment=segment, said=said)
    if asked.when == AT and instants.far(instant, now=acting.now()) and "far" not in request.POST:
        return _page(request, matter, asked, instant=instant, segment=segment, doubted=True)
    if matter.preview.warnings and not matter.approvals and not word:
        return _page(request, matter, asked, instant=instant, segment=segment, wordless=True)
    try:
        send = sends.schedule(
            *(matter.edition, _leaving(asked, instant)),
            by=acting.by(request),
            now=acting.now(),
            segment=segment,
            word=word,
            seen=seen,
        )
    except sends.ScheduledMeanwhileError as error:
        return _meanwhile(request, matter, instant, segment, asked, error.sends)
    return _told(request, send)


def _leaving(asked: Asked, instant: Instant) -> Instant:
    """Return when it leaves, as a send keeps it: at once is at no wall's time."""
    return Instant(instant.utc) if asked.when == AT_ONCE else instant


def _told(request: DeskRequest, send: Send) -> HttpResponse:
    """Go to the send, and say when it leaves."""
    if not send.wall_time:
        return back(request, acting.there(send), "It leaves as soon as a worker takes it.")
    return back(request, acting.there(send), f"It leaves on {words.day(send.scheduled_at, send.zone)}.")


def _seen(form: QueryDict) -> set[int]:
    """Return the sends of the edition that the page showed on which the button was pressed."""
    return {number for each in form.getlist("already") if (number := whole(each)) is not None}


def _meanwhile(
    request: DeskRequest,
    matter: Matter,
    instant: Instant,
    segment: Segment | None,
    asked: Asked,
    unseen: Sequence[Send],
) -> HttpResponse:
    """Go to the send that a first click made, or ask again where somebody made another."""
    by, at = acting.by(request), _leaving(asked, instant)
    for send in unseen:
        if sends.same(send, at, by=by, content=matter.content, segment=asked.slug):
            return _told(request, send)
    who = " and ".join(dict.fromkeys(each.created_by or "Somebody" for each in unseen))
    said = f"{who} scheduled this edition meanwhile: look whether you want another send of it."
    return _page(request, matter, asked, instant=instant, segment=segment, said=said)


def _page(
    request: DeskRequest,
    matter: Matter,
    asked: Asked,
    *,
    instant: Instant | None = None,
    segment: Segment | None = None,
    refused: Exception | None = None,
    said: str = "",
    wordless: bool = False,
    doubted: bool = False,
) -> HttpResponse:
    edition, owner, now = matter.edition, matter.edition.list, acting.now()
    approvals = matter.approvals
    expected = _expected(matter, segment)
    tomorrow = f"{instants.typed(now, owner.zone)[:10]}T09:00"
    status = 409 if said else 422 if refused or wordless or doubted else 200
    return page(
        request,
        "send_schedule.html",
        status=status,
        place=PLACE,
        edition=edition,
        owner=owner,
        matter=matter,
        short=matter.content[:SHORT],
        asked=asked,
        at=asked.typed or tomorrow,
        instant=instant,
        shown=instants.shown(instant, owner.zone) if instant else (),
        note=instants.note(instant, now=now) if instant and asked.when == AT else "",
        passed=instant is not None and asked.when == AT and instant.utc < now,
        far=instants.far(instant, now=now) if instant and asked.when == AT else "",
        doubted=doubted,
        zones=instants.offered(owner.zone),
        segments=list(owner.segments.order_by("slug").values_list("slug", flat=True)),
        segment=segment,
        button=_button(asked, instant),
        findings=_findings(matter, refused),
        refused=_refused(refused) or said,
        unsaved=unsaved.of(matter.revision, acting.by(request)),
        wordless=wordless,
        approvals=approvals,
        wants_another=owner.second_approval and not approvals,
        already=sends.standing(edition),
        rule=expecting.RULE,
        reason_words=words.REASONS,
        expected=expected,
        readers_now=expected.readers.now,
        readers=words.readers,
        day=words.day,
        zone=owner.zone,
        local=local,
    )


def _button(asked: Asked, instant: Instant | None) -> str:
    """Return what the button does: it names the moment."""
    if instant is None:
        return ""
    if asked.when == AT_ONCE:
        return "Send it now"
    return f"Schedule for {words.day(instant.utc, instant.zone)}"


def _findings(matter: Matter, refused: Exception | None) -> list[Any]:
    """Return what preflight found; at the moment that was asked for where that is what stands in the way."""
    if isinstance(refused, BlockedError):
        return sorted(refused.checked.findings)
    return sorted(matter.preview.findings)


def _refused(error: Exception | None) -> str:
    """Return what stands in the way in words; preflight's errors are shown one by one instead."""
    if error is None or isinstance(error, BlockedError):
        return ""
    if isinstance(error, sends.PassedError):
        return f"{acting.plain(error)}, or as soon as possible"
    return acting.plain(error)


def _expected(matter: Matter, segment: Segment | None) -> expecting.Expected:
    return expecting.expected(
        matter.revision,
        now=acting.now(),
        segment=segment,
        holders=expecting.holders_of(matter.edition.pk),
    )
