"""What a letter to one person is when it leaves: whether it may, what it says, whose links it holds.

Links are made at that moment and stored nowhere: who reads the database cannot act in a reader's name.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.db.models import Q

from mailer import current
from mailer.letters import setting
from mailer.letters.personal import About, Facts
from mailer.letters.setting import Sheet, Typeset
from mailer.links import Links
from mailer.models import Send
from mailer.transports.request import Envelope, Reader
from subscribers import tokens
from subscribers.addresses import AddressError, address_key, parse
from subscribers.answering import STOPS_A_LINK, STOPS_A_SIGN_UP
from subscribers.models import Letter, List, Request, Subscription, Suppression
from subscribers.vocabulary import OutboxKind, OutboxState, RequestKind, Status, Suppressed

SUPPRESSED, LEFT = "the address is suppressed", "the reader has left"
PAUSES = "the reader wants no letters for a while"
OVER = "what it was about is done or gone"
HAS_IT, NONE_SENT = "the reader has this edition", "nothing was sent to everybody yet"

# The one copy of a letter to one person; no delivery has this number.
COPY = 0

_PURPOSES: dict[str, tokens.Purpose] = {
    RequestKind.SIGN_UP: "confirm",
    RequestKind.DATA: "data",
    RequestKind.FORGET: "forget",
    RequestKind.READDRESS: "readdress",
    RequestKind.MOVE: "move",
}
_PATHS: dict[str, str] = {RequestKind.READDRESS: "address"}
_ABOUT = {
    RequestKind.SIGN_UP: About.CONFIRM,
    RequestKind.DATA: About.DATA,
    RequestKind.FORGET: About.FORGET,
    RequestKind.READDRESS: About.READDRESS,
    RequestKind.MOVE: About.MOVE,
}


def kept_back(letter: Letter) -> str:
    """Return why a letter must not leave, or ''; call it with the letter's row locked.

    One that brings the current edition is told which send that is, in its `values`: while it is made another
    send may end, which the reader may have.
    """
    try:
        keys = {address_key(parse(_address(letter)).canonical)}
    except AddressError as error:
        return error.reason
    if letter.subscriber is not None:
        keys.add(letter.subscriber.address_key)
    if reason := _RULES[OutboxKind(letter.kind)](letter):
        return reason
    everywhere_or_here = Q(list=None) | Q(list=letter.list)
    held = Suppression.objects.filter(everywhere_or_here, address_key__in=keys, lifted_at=None)
    return SUPPRESSED if held.filter(reason__in=_stops(letter)).exists() else ""


def made(letter: Letter, attempt: uuid.UUID) -> tuple[Envelope, Reader]:
    """Return what leaves, for a letter that `kept_back` lets go."""
    owner = letter.list
    if owner is None:
        raise ValueError(f"{letter} has no list to come from")
    if letter.kind == OutboxKind.CURRENT:
        return _current(letter, owner, attempt)
    typeset = _notice(letter) if letter.kind == OutboxKind.NOTICE else _personal(letter, owner)
    return _envelope(owner, attempt, typeset), Reader(COPY, _address(letter), _name(letter), "", "")


def leaves(letter: Letter, *, now: dt.datetime) -> None:
    """Let the time that its link is good for begin: it may have waited for longer than that.

    Call it in the transaction that lets the letter go.
    """
    Request.objects.filter(pk=letter.values.get("request", 0), used_at=None).update(written_at=now)


def _about_a_list(letter: Letter) -> str:
    """Keep back from who has left what is no answer to them."""
    ended = Subscription.objects.filter(
        subscriber=letter.subscriber, list=letter.list, status=Status.UNSUBSCRIBED
    )
    return LEFT if letter.subscriber is not None and ended.exists() else ""


def _asked_for(letter: Letter) -> str:
    request = _request(letter)
    if request is None or request.used_at is not None:
        return OVER
    # It goes to the mailbox that they have now; the link proves the one that they had when they asked.
    moved = letter.subscriber is not None and letter.subscriber.address_key != request.address_key
    return OVER if moved else ""


def _welcomes(letter: Letter) -> str:
    row = _subscription(letter)
    if row is None:
        return OVER
    return "" if row.status in (Status.ACTIVE, Status.PAUSED) else LEFT


def _brings_the_edition(letter: Letter) -> str:
    row = _subscription(letter)
    if row is None or row.status != Status.ACTIVE:
        return _welcomes(letter) or PAUSES
    send = current.last_sent(row.list)
    if send is None:
        return NONE_SENT
    letter.values = {**letter.values, "send": send.pk}
    # The freeze of another send of this edition finds it by that.
    letter.occasion = f"edition {send.edition_id} by letter {letter.pk}"
    return HAS_IT if current.has_it(row, send) else ""


_RULES: dict[OutboxKind, Callable[[Letter], str]] = {
    OutboxKind.NOTICE: _about_a_list,
    OutboxKind.CONFIRMATION: _asked_for,
    OutboxKind.LINK: _asked_for,
    OutboxKind.WELCOME: _welcomes,
    OutboxKind.CURRENT: _brings_the_edition,
}


def _stops(letter: Letter) -> tuple[Suppressed, ...]:
    """Return which suppressions keep a letter back: what a person asks for themselves, fewer."""
    if letter.kind == OutboxKind.CONFIRMATION or (
        letter.kind == OutboxKind.LINK and letter.subscriber is None
    ):
        return STOPS_A_SIGN_UP
    return STOPS_A_LINK if letter.kind == OutboxKind.LINK else tuple(Suppressed)


def _request(letter: Letter) -> Request | None:
    return Request.objects.filter(pk=letter.values.get("request", 0)).first()


def _subscription(letter: Letter) -> Subscription | None:
    rows = Subscription.objects.select_related("subscriber", "list")
    return rows.filter(pk=letter.values.get("subscription", 0)).first()


def _notice(letter: Letter) -> Typeset:
    return setting.notice(letter.values)


def _personal(letter: Letter, owner: List) -> Typeset:
    sheet = Sheet(owner.name, owner.language, owner.postal_address)
    typeset = setting.personal(_facts(letter, owner), sheet, letter.language)
    if letter.subscriber is not None and letter.subscriber.text_only:
        return replace(typeset, html="")
    return typeset


def _facts(letter: Letter, owner: List) -> Facts:
    base, links = settings.CONFIGURATION.base_url, Links(settings.CONFIGURATION.base_url)
    if (row := _subscription(letter)) is not None:
        return Facts(
            About.WELCOME,
            owner.name,
            links.preferences(row.pk, COPY),
            letter.created_at,
            interests=_interests(row),
            current=_edition_follows(letter),
            leave_url=links.leave(row.pk, COPY),
        )
    request = Request.objects.get(pk=letter.values["request"])
    purpose = _PURPOSES[request.kind]
    # Several readers may name the same new address; the link there is good for the one it was written for.
    whose = request.subscriber_id or 0 if request.kind == RequestKind.MOVE else 0
    url = f"{base}/{_PATHS.get(request.kind, purpose)}/{tokens.make(purpose, request.pk, whose)}"
    facts = Facts(_ABOUT[RequestKind(request.kind)], owner.name, url, request.asked_at)
    if already := _already(letter, request):
        return replace(facts, about=About.ALREADY, url=links.preferences(already, COPY))
    return facts


def _already(letter: Letter, request: Request) -> int:
    """Return the subscription by which the letters came when this one was written, if they still do; else 0.

    It may have ended since, or gone with its reader to a mailbox that is not the one written to.
    """
    theirs = Subscription.objects.filter(
        pk=letter.values.get("already", 0),
        subscriber__address_key=request.address_key,
        status__in=(Status.ACTIVE, Status.PAUSED),
    )
    return theirs.values_list("pk", flat=True).first() or 0


def _edition_follows(welcome: Letter) -> bool:
    """Return whether the current edition was asked for along with this welcome, and will come or has."""
    beside = Letter.objects.select_related("list", "subscriber").filter(
        kind=OutboxKind.CURRENT,
        subscriber=welcome.subscriber,
        list=welcome.list,
        created_at=welcome.created_at,
    )
    letter = beside.exclude(state__in=(OutboxState.CANCELLED, OutboxState.REJECTED)).first()
    if letter is None:
        return False
    return letter.state not in (OutboxState.PENDING, OutboxState.CLAIMED) or not kept_back(letter)


def _interests(row: Subscription) -> tuple[str, ...] | None:
    if row.everything:
        return None
    offered = row.list.interests.filter(retired_at=None)
    return tuple(interest.name for interest in offered if row.interests >> interest.number & 1)


def _current(letter: Letter, owner: List, attempt: uuid.UUID) -> tuple[Envelope, Reader]:
    row = _subscription(letter)
    if row is None:
        raise ValueError(f"{letter} has nobody to come to")
    send = Send.objects.select_related("revision__edition__list").get(pk=letter.values["send"])
    variant, links = current.variant_for(row, send), Links(settings.CONFIGURATION.base_url)
    typeset = Typeset(variant.subject, variant.html, variant.text)
    reader = Reader(
        COPY,
        _address(letter),
        _name(letter),
        leave_url=links.leave(row.pk, COPY),
        preferences_url=links.preferences(row.pk, COPY),
    )
    return replace(_envelope(owner, attempt, typeset), automatic=False, content=variant.hash), reader


def _envelope(owner: List, attempt: uuid.UUID, typeset: Typeset) -> Envelope:
    return Envelope(
        send=0,
        attempt=attempt.hex,
        list_slug=owner.slug,
        list_host=owner.sender_address.rpartition("@")[2],
        sender_name=owner.sender_name,
        sender_address=owner.sender_address,
        reply_to=owner.reply_to,
        subject=typeset.subject,
        html=typeset.html,
        text=typeset.text,
        tracked=False,
        automatic=True,
    )


def _address(letter: Letter) -> str:
    return letter.address if letter.subscriber is None else letter.subscriber.address


def _name(letter: Letter) -> str:
    return "" if letter.subscriber is None else letter.subscriber.name
