"""A send as a page that stays true while it runs: the ledger, the time left, the last minutes."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from mailer import sends
from mailer.accounts.gate import asked_by_itself
from mailer.charts.ledger import ledger
from mailer.charts.shares import percentages
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import local, page
from mailer.desk.sends import words
from mailer.desk.sends.doubting import evidence
from mailer.models import Send
from mailer.sends.controlling import CANCELLABLE, PAUSABLE
from mailer.sends.scheduling import MOVABLE
from mailer.transports.chosen import transport_of
from mailer.vocabulary import SendKind, SendStatus
from mailer.watching.left import lasting
from mailer.watching.standing import MOST_ENTRIES, Standing, over, stamp, standing

PLACE = "Sends"
# In what order the table has the outcomes: what is, what waits, what is not.
ROWS = (
    *("accepted", "in_flight", "pending", "unknown"),
    *("excluded", "rejected", "cancelled", "not_confirmed"),
)
ALL_ENTRIES = 200
# Milliseconds until a browser asks again: while it runs, and while nothing can change but by a person.
SOON, LATER = 1_000, 10_000


def found(number: int) -> Send:
    """Return the send of that number, or answer 404."""
    try:
        return sends.find(number)
    except sends.SendError as error:
        raise Http404 from error


@needs("look")
@require_safe
def show(request: DeskRequest, number: int) -> HttpResponse:
    """Show a send as it stands."""
    return page(request, "send.html", place=PLACE, **values(found(number)))


@asked_by_itself
@needs("look")
@require_safe
def watched(request: DeskRequest, number: int) -> HttpResponseBase:
    """Show the same page to a browser without JavaScript, which loads it again by itself."""
    return show(request, number)


@asked_by_itself
@needs("look")
@require_safe
def live(request: DeskRequest, number: int) -> HttpResponse:
    """Show the parts of the page that change, and nothing around them."""
    return page(request, "send_live.html", place=PLACE, **values(found(number)))


@asked_by_itself
@needs("look")
@require_safe
def events(request: DeskRequest, number: int) -> HttpResponse:
    """Tell a waiting browser whether there is anything new, and let it go: it asks again by itself.

    One event whose id names the present state, or a comment where the browser has seen it (Last-Event-ID);
    204, after which a browser asks no more, once the send is over and seen so (HTML, 9.2 Server-sent events);
    send.js asks `live` once then, whose stamp says that it is over.
    """
    send = found(number)
    current = stamp(send, now=dt.datetime.now(dt.UTC))
    known = request.headers.get("Last-Event-ID") or request.GET.get("seen", "")
    if known == current and over(send):
        return HttpResponse(status=204)
    retry = SOON if send.status in RUNNING else LATER
    news = ": nothing new" if known == current else f"id: {current}\nevent: changed\ndata: {current}"
    return HttpResponse(f"retry: {retry}\n{news}\n\n", content_type="text/event-stream; charset=utf-8")


@needs("look")
@require_safe
def log(request: DeskRequest, number: int) -> HttpResponse:
    """Show more of a send's minutes."""
    send = found(number)
    now = dt.datetime.now(dt.UTC)
    return page(
        request,
        "send_log.html",
        place=PLACE,
        send=send,
        zone=send.edition.list.zone,
        clock=lambda moment: _clock(moment, send.edition.list.zone, now),
        entries=standing(send, now=now, most=ALL_ENTRIES).entries,
        most=ALL_ENTRIES,
    )


RUNNING = (SendStatus.PREPARING, SendStatus.SENDING, SendStatus.SETTLING, SendStatus.CANCELLED)


def transport() -> str:
    """Return what pages call the transport of this house."""
    configuration = settings.CONFIGURATION
    return words.transport(transport_of(configuration).name, sandboxed=configuration.sandboxed)


def values(send: Send) -> dict[str, Any]:
    """Return what the page and its live parts are made of."""
    now = dt.datetime.now(dt.UTC)
    seen = stamp(send, now=now)  # before it is read: what changes meanwhile is asked for again
    found_so = standing(send, now=now)
    zone = send.edition.list.zone
    by = transport()
    outcomes = found_so.sums.outcomes
    return {
        "send": send,
        "edition": send.edition,
        "zone": zone,
        "place_name": words.place(zone),
        "standing": found_so,
        "stamp": seen,
        "head": words.HEADS.get(found_so.status, found_so.status),
        "kind": words.KINDS[SendKind(send.kind)],
        "lead": words.lead(found_so, by=by, zone=zone, now=now),
        "about": _about(send, zone),
        "bar": ledger(outcomes),
        "percent": percentages(outcomes),
        "rows": ROWS,
        "outcome_words": words.OUTCOMES,
        "meanings": {name: said.format(transport=by) for name, said in words.MEANINGS.items()},
        "reasons": _reasons(found_so),
        "facts": _facts(found_so, zone, now),
        "by": by,
        "doubt": _doubt(found_so, now),
        "local": local,
        "readers": words.readers,
        "evidence": lambda doubt: evidence(doubt, send, by),
        "clock": lambda moment: _clock(moment, zone, now),
        "most_entries": MOST_ENTRIES,
        "can": can(send, found_so),
        "at": now,
    }


def _clock(moment: dt.datetime, zone: str, now: dt.datetime) -> str:
    """Return a moment of the last minutes to the second; with its day where that is another."""
    there, here = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    if there.date() == here.date():
        return f"{there:%H:%M:%S}"
    return f"{there.day} {there:%b %H:%M}"


def _about(send: Send, zone: str) -> str:
    """Return in a line what the send is of, for whom, when and by whom."""
    segment = (send.segment or {}).get("slug")
    named = {SendKind.TEST: "a test to named addresses"}.get(SendKind(send.kind), "")
    to = named or (f"the segment {segment}" if segment else "the whole list")
    if send.corrects_id:
        to = f"those whose copy of send {send.corrects_id} had not left"
    when = local(send.frozen_at, zone) if send.frozen_at else local(send.scheduled_at, zone)
    began = f"began {when}" if send.frozen_at else f"for {when}"
    who = f"by {send.created_by}" if send.created_by else ""
    said = f"approved by {send.approval.by}" if send.approval else ""
    return " · ".join(filter(None, [send.edition.list.name, to, began, who, said]))


def _reasons(found_so: Standing) -> list[tuple[str, int]]:
    known = found_so.sums.reasons
    return [(words.REASONS.get(reason, reason), known[reason]) for reason in words.REASONS if reason in known]


def _facts(found_so: Standing, zone: str, now: dt.datetime) -> list[tuple[str, str]]:
    """Return the time left, said honestly: what is known, and what is not."""
    outcomes, left, send = found_so.sums.outcomes, found_so.left, found_so.send
    facts: list[tuple[str, str]] = []
    if outcomes["pending"] or outcomes["in_flight"]:
        until = (
            left.until
            and f"{lasting(left.until - now)}, until about {words.clock(left.until, zone, near=now)}"
        )
        facts.append(("Pending", until or f"cannot be told: {left.why}"))
    if outcomes["unknown"]:
        last = send.useful_until and f"; at most until {words.clock(send.useful_until, zone, near=now)}"
        facts.append(("Unknown", f"as long as nobody decides{last or ''}"))
    if left.a_minute:
        reached = found_so.limit and left.a_minute >= found_so.limit * 9 // 10
        facts.append(("Pace", f"{left.a_minute:,} a minute{', the limit that is set' if reached else ''}"))
    if found_so.limit:
        facts.append(("Limit", f"{found_so.limit:,} a minute"))
    if found_so.pulse.first:
        facts.append(("First request", local(found_so.pulse.first, zone)))
    if send.finished_at:
        facts.append(("Over", local(send.finished_at, zone)))
    return facts


def _doubt(found_so: Standing, now: dt.datetime) -> dict[str, Any]:
    """Return what is in doubt: how many readers, and how many of them may be decided about now."""
    ripe = [doubt for doubt in found_so.doubts if doubt.decidable(now)]
    return {
        "readers": found_so.sums.outcomes["unknown"],
        "ripe": sum(doubt.readers for doubt in ripe),
        "next": min((doubt.decidable_at for doubt in found_so.doubts if doubt not in ripe), default=None),
        "batches": found_so.doubts,
    }


def can(send: Send, found_so: Standing | None = None) -> dict[str, bool]:
    """Return what may be done with the send, as it was found or stands now, by the names of the buttons.

    Whoever looks: their role may not allow it.
    """
    found_so = found_so or standing(send, now=dt.datetime.now(dt.UTC))
    status, frozen = SendStatus(send.status), send.frozen_at is not None
    waits = bool(found_so.sums.outcomes["pending"])
    test = send.kind == SendKind.TEST
    return {
        "pause": status in PAUSABLE,
        "resume": status in {SendStatus.PAUSED, SendStatus.MISSED},
        "cancel": status in CANCELLABLE and frozen,
        "undo": status in CANCELLABLE and not frozen,
        "move": status in MOVABLE and not frozen and send.kind == SendKind.SEND,
        "stop": frozen and not test and waits and status in {*PAUSABLE, SendStatus.PAUSED},
        "correct": frozen and not test and (waits or found_so.to_correct > 0),
    }
