"""Answer what was asked on a page: with a letter to the address's owner, or with nothing and the reason why.

A worker does so, after the page was shown: nobody who asks can tell what became of it.
"""

import datetime as dt
import uuid

from django.db import transaction

from subscribers import brakes
from subscribers.addresses import address_key, mailbox, parse
from subscribers.models import Letter, Request, Subscription, Suppression
from subscribers.vocabulary import OutboxKind, RequestKind, Status, Suppressed

# What keeps even a letter away that somebody asked for. Who has left or was forgotten may come back: only
# they themselves can, and this is how.
STOPS_A_SIGN_UP = (Suppressed.BOUNCED, Suppressed.COMPLAINED, Suppressed.BY_HAND)
# Whoever complained may still ask what we know of them (GDPR, article 15).
STOPS_A_LINK = (Suppressed.BOUNCED, Suppressed.BY_HAND, Suppressed.ERASED)

TOO_OFTEN = "an earlier letter to this address is enough for now"


def waiting(*, most: int) -> list[int]:
    """Return at most `most` requests that nobody has answered yet, the oldest first."""
    unanswered = Request.objects.filter(answered_at=None).order_by("asked_at", "pk")
    return list(unanswered.values_list("pk", flat=True)[:most])


def answer(request_id: int, *, at: dt.datetime) -> int | None:
    """Write the letter that a request asks for, and return it, or write down why there is none.

    Nothing happens if it is answered already.
    """
    with transaction.atomic():
        rows = Request.objects.select_for_update(of=("self",), no_key=True)
        request = rows.select_related("list").filter(pk=request_id, answered_at=None, used_at=None).first()
        if request is None:
            return None
        request.answered_at = at
        request.kept_back = _kept_back(request, at=at)
        letter = None
        if not request.kept_back:
            request.written_at = at
            letter = _write(request, at)
        request.save(update_fields=["answered_at", "kept_back", "written_at"])
    return letter


def _kept_back(request: Request, *, at: dt.datetime) -> str:
    """Return why no letter goes out, or ''; then it is counted."""
    unproved = request.kind in (RequestKind.SIGN_UP, RequestKind.MOVE)
    stops = STOPS_A_SIGN_UP if unproved else STOPS_A_LINK
    standing = Suppression.objects.filter(address_key=request.address_key, lifted_at=None, reason__in=stops)
    # Of the lists' own suppressions those of any: who calls one of our letters spam wants none of them.
    if barred := standing.order_by("at").first():
        return f"the address is suppressed: {barred.reason}"
    rules = brakes.LETTERS_TO_AN_ADDRESS if unproved else brakes.LINKS_TO_A_READER
    kind = "letters to" if unproved else "links to"
    if brakes.take(f"{kind} {request.address_key}", rules, at=at):
        return TOO_OFTEN
    # nina+1@, nina+2@ … come into one mailbox, whose owner may have two of them in earnest.
    whose = address_key(mailbox(parse(request.address).canonical)) if unproved else ""
    if whose and brakes.take(f"letters to mailbox {whose}", brakes.LETTERS_TO_A_MAILBOX, at=at):
        return TOO_OFTEN
    return ""


def _write(request: Request, at: dt.datetime) -> int:
    sign_up = request.kind == RequestKind.SIGN_UP
    to_stranger = sign_up or request.kind == RequestKind.MOVE
    letter = Letter.objects.create(
        kind=OutboxKind.CONFIRMATION if sign_up else OutboxKind.LINK,
        list=request.list,
        subscriber_id=None if to_stranger else request.subscriber_id,
        address=request.address if to_stranger else "",
        language=request.language,
        values={"request": request.pk, **(_already(request) if sign_up else {})},
        occasion=f"request {request.pk}, answer {uuid.uuid4().hex}",
        created_at=at,
    )
    return letter.pk


def _already(request: Request) -> dict[str, int]:
    """Return the subscription of one who gets these letters: they are told so, and where to change them."""
    theirs = Subscription.objects.filter(
        list=request.list,
        subscriber__address_key=request.address_key,
        status__in=(Status.ACTIVE, Status.PAUSED),
    )
    number = theirs.values_list("pk", flat=True).first()
    return {"already": number} if number else {}
