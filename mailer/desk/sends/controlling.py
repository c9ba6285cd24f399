"""Pause, resume, cancel, move: what it means for whom is said first, and asked where it cannot be undone."""

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods, require_POST

from mailer import reports, sends
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, local, page
from mailer.desk.sends import acting, instants, words
from mailer.desk.sends.showing import PLACE, can, found
from mailer.editions import BlockedError
from mailer.models import Send
from mailer.timetable import TimeError
from mailer.vocabulary import SendStatus

LONGEST_REASON = 300  # characters; everybody who looks sees it


@needs("halt")
@require_POST
def pause(request: DeskRequest, number: int) -> HttpResponse:
    """Hold a send: no further request begins."""
    send = found(number)
    reason = " ".join(request.POST.get("reason", "").split())[:LONGEST_REASON]
    try:
        held = sends.pause(send.pk, by=acting.by(request), now=acting.now(), reason=reason)
    except sends.SendError as error:
        return back(request, acting.there(send), acting.plain(error), failed=True)
    said = "It is paused: no further request begins. What has left is answered as ever."
    if held.frozen_at is None:
        said = "It is paused before it began: nothing of it has left."
    return back(request, acting.there(send), said)


@needs("halt")
@require_POST
def stop(request: DeskRequest, number: int) -> HttpResponse:
    """Stop the press: hold the send at once, then show the text that is to be corrected."""
    send = found(number)
    by = acting.by(request)
    if send.status != SendStatus.PAUSED:
        try:
            sends.pause(
                send.pk, by=by, now=acting.now(), reason=f"{by} stopped the press to correct the text"
            )
        except sends.SendError as error:
            # Nothing is left to hold: what was cancelled may be corrected all the same.
            if send.status != SendStatus.CANCELLED:
                return back(request, acting.there(send), acting.plain(error), failed=True)
    return back(request, f"{acting.there(send)}/correct")


@needs("send")
@require_POST
def resume(request: DeskRequest, number: int) -> HttpResponse:
    """Let a paused or missed send go on."""
    send = found(number)
    try:
        gone_on = sends.resume(send.pk, by=acting.by(request), now=acting.now())
    except sends.SendError as error:
        return back(request, acting.there(send), acting.plain(error), failed=True)
    if gone_on.frozen_at is None and gone_on.scheduled_at > acting.now():
        zone = send.edition.list.zone
        return back(request, acting.there(send), f"It leaves on {words.day(gone_on.scheduled_at, zone)}.")
    return back(request, acting.there(send), "It goes on from where it stood; nobody gets a second copy.")


@needs("send")
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: DeskRequest, number: int) -> HttpResponse:
    """Ask whether a send is to be ended, saying what that means; then end it.

    Before its audience is frozen this is an undo: the edition is as it was, and nothing is lost.
    """
    send = found(number)
    able = can(send)
    if not (able["cancel"] or able["undo"]):
        return back(request, acting.there(send), f"{words.so(send)}: nothing is left to end.")
    if request.method != "POST":
        return _ask_to_cancel(request, send)
    begun = request.POST.get("begun") == "1"
    if send.frozen_at is not None and not begun:
        # Asked of one that had not begun, it would have been an undo; now it ends something.
        return _ask_to_cancel(request, send, refused="It has begun meanwhile: look again at what this ends.")
    try:
        ended = sends.cancel(send.pk, by=acting.by(request), now=acting.now())
    except sends.SendError as error:
        return back(request, acting.there(send), acting.plain(error), failed=True)
    if ended.frozen_at is None:
        return back(request, acting.there(send), _undone(ended))
    return back(request, acting.there(send), "It is ended: no further request begins.")


def _undone(send: Send) -> str:
    """Return what an undo came to: other sends of the edition that go on are named with links."""
    said = "Undone: nobody was written to"
    if others := sends.going_on_beside(send):
        named = format_html_join(
            "",
            ' But <a href="{}">send {}</a> of the same edition is still {}.',
            ((acting.there(other), other.pk, other.status.replace("_", " ")) for other in others),
        )
        return format_html("{}.{}", said, named)
    send.edition.refresh_from_db()
    return f"{said}, and the edition is {send.edition.status.replace('_', ' ')}."


def _ask_to_cancel(request: DeskRequest, send: Send, *, refused: str = "") -> HttpResponse:
    sums = reports.ledger(send)
    zone = send.edition.list.zone
    return page(
        request,
        "send_cancel.html",
        status=409 if refused else 200,
        place=PLACE,
        send=send,
        begun=send.frozen_at is not None,
        outcomes=sums.outcomes,
        leaves=words.day(send.scheduled_at, zone),
        others=sends.going_on_beside(send),
        readers=words.readers,
        refused=refused,
    )


@needs("send")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: DeskRequest, number: int) -> HttpResponse:
    """Let a send leave at another time: first shown in several zones, then confirmed."""
    send = found(number)
    if not can(send)["move"]:
        return back(request, acting.there(send), f"{words.so(send)}: it cannot be moved.")
    owner = send.edition.list
    asked = request.POST if request.method == "POST" else request.GET
    # In its own zone, or the list's where it was to leave at once.
    zone = asked.get("zone", "") or (send.zone if send.wall_time else owner.zone)
    at = asked.get("at", "")
    instant, refused, doubted = None, "", False
    if at:
        try:
            instant = instants.understood(at, zone)
            far_off = bool(instants.far(instant, now=acting.now()))
            doubted = request.method == "POST" and far_off and "far" not in request.POST
            if request.method == "POST" and not doubted:
                moved = sends.move(send.pk, instant, by=acting.by(request), now=acting.now())
                said = f"It leaves on {words.day(moved.scheduled_at, moved.zone)}."
                return back(request, acting.there(send), said)
        except (TimeError, sends.SendError, BlockedError) as error:
            refused = acting.plain(error)
    return page(
        request,
        "send_move.html",
        status=422 if refused or doubted else 200,
        place=PLACE,
        send=send,
        at=at or instants.typed(send.scheduled_at, send.zone),
        zone=zone,
        leaves=words.day(send.scheduled_at, send.zone),
        zones=instants.offered(owner.zone),
        instant=instant,
        shown=instants.shown(instant, owner.zone) if instant else (),
        note=instants.note(instant, now=acting.now()) if instant else "",
        far=instants.far(instant, now=acting.now()) if instant else "",
        doubted=doubted,
        passed=instant is not None and instant.utc < acting.now(),
        day=words.day,
        local=local,
        refused=refused,
    )
