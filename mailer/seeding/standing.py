"""Where an invented person stands on a list, and how that came about: values in, values out."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from mailer.seeding import chance, members
from mailer.seeding.course import DAY, Course
from subscribers.vocabulary import Action, Status, Suppressed

Row = tuple[str | None, ...]

INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}

# Shares of all subscriptions.
EVERYTHING, CHANGED, BY_FORM, PENDING = map(chance.share, (0.35, 0.03, 0.6, 0.4))
# Days before the end: who has not confirmed is forgotten after 30, and pauses that are not over are of late.
PENDING_DAYS, PAUSED_DAYS, LONGEST_PAUSE = 25, 120, 90
# Seconds after an edition in which its leavers leave: later than it arrives, sooner than another list's.
LEAVE_FROM, LEAVE_WITHIN = 1_800, 3_600
SLOWEST_CONFIRMATION = 600  # seconds

FORM, BROUGHT = "form /subscribe/{slug}", "brought along from the list before this one, on paper"
PREFERENCES, ONE_CLICK, BY_HAND = "preferences page", "one-click", "by hand, on the telephone"
FORM_WORDING, PREFERENCES_WORDING = "subscribe.html@5eed", "preferences.html@5eed"
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8:5eed::/48")  # RFC 5737, RFC 3849

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - both databases write UTC without saying so

# Which number of a subscription's decides what.
_INTERESTS, _CHANGED, _BY_FORM, _PENDING, _NETWORK, _CONFIRMED, _FROM, _UNTIL, _BITS = range(9)


def moment(seconds: int) -> str:
    """Return an instant (unix seconds) as both databases write it."""
    return str(_EPOCH + dt.timedelta(0, seconds))


@dataclass(frozen=True)
class Place:
    """A list that people are put on: its row and its slug."""

    id: int
    slug: str


@dataclass(frozen=True)
class Standing:
    """One person on one list. `bound` is a moment before which no edition reached them.

    `subscription` and `consents` are rows without the person, `left_before` a suppression without its key.
    """

    since: int
    bound: int
    came: int
    subscription: Row
    consents: tuple[Row, ...]
    left_before: Row | None = None


@dataclass(frozen=True)
class _Turn:
    """The last thing that changed of a subscription."""

    at: int
    status: Status
    action: Action
    how: str
    detail: dict[str, Any]
    wording: str = ""
    paused_until: int | None = None


def stand(course: Course, place: Place, number: int, mix: int) -> Standing:
    """Return where a person of a list stands on it; `mix` decides what the plan leaves open."""
    before = course.members.left_before(number, course.place)
    since = _long_ago(course, mix) if before else course.since(number)
    everything = chance.stream(mix, _INTERESTS) < EVERYTHING
    bits = 0 if everything else 1 + chance.within(chance.stream(mix, _BITS), (1 << len(INTERESTS)) - 1)
    pending = not before and _is_pending(course, number, since, mix)
    turn = None if pending else _turn(course, number, since, mix, bits, before=before)
    status = Status.PENDING if pending else turn.status if turn else Status.ACTIVE
    until = turn.paused_until if turn else None
    consents = _consents(place, since, mix, pending=pending)
    if turn:
        consents += (
            _line(place, turn.action, turn.at, turn.how, turn.wording, mix, json.dumps(turn.detail)),
        )
    return Standing(
        since=since,
        bound=turn.at if turn and before else course.reached(number),
        came=since if pending else since - _waited(mix),
        subscription=(
            str(place.id),
            status.value,
            "1" if everything else "0",
            str(bits),
            None if until is None else moment(until),
            moment(since),
            moment(turn.at if turn else since),
        ),
        consents=consents,
        left_before=(str(place.id), Suppressed.UNSUBSCRIBED.value, turn.how, moment(turn.at), "")
        if turn and before
        else None,
    )


def _long_ago(course: Course, mix: int) -> int:
    """Return when somebody came who had left before the first edition."""
    return course.begin + 1 + chance.within(chance.stream(mix, _FROM), (course.first - course.begin) // 2)


def _is_pending(course: Course, number: int, since: int, mix: int) -> bool:
    """Return whether a person has not confirmed yet; the last to come never has."""
    of_late = course.is_new(number) and since >= course.end - PENDING_DAYS * DAY
    return of_late and (number == course.people or chance.stream(mix, _PENDING) < PENDING)


def _turn(course: Course, number: int, since: int, mix: int, bits: int, *, before: bool) -> _Turn | None:
    """Return the last thing that changed, None where nothing has: they left, paused, or chose anew."""
    if before:
        at = since + 1 + chance.within(chance.stream(mix, _UNTIL), course.first - since - 2)
        return _Turn(at, Status.UNSUBSCRIBED, Action.WITHDRAWN, BY_HAND, _was({"status": "active"}))
    if (left := course.lost(number)) is not None:
        at = left + LEAVE_FROM + number % LEAVE_WITHIN
        return _Turn(at, Status.UNSUBSCRIBED, Action.WITHDRAWN, ONE_CLICK, _was({"status": "active"}))
    if members.paused(number):
        return _pause(course, since, mix)
    if chance.stream(mix, _CHANGED) < CHANGED:
        at = since + 1 + chance.within(chance.stream(mix, _FROM), course.end - since - 1)
        chose = [slug for place, slug in enumerate(INTERESTS) if bits >> place & 1]
        was = "everything" if bits else [next(iter(INTERESTS))]
        detail = {"interests": sorted(chose) or "everything"} | _was({"interests": was})
        return _Turn(at, Status.ACTIVE, Action.CHANGED, PREFERENCES, detail, PREFERENCES_WORDING)
    return None


def _pause(course: Course, since: int, mix: int) -> _Turn:
    """Return a pause that is not over."""
    low, high = max(since + 1, course.end - PAUSED_DAYS * DAY), course.end
    at = low + chance.within(chance.stream(mix, _FROM), high - low)
    until = high + DAY + chance.within(chance.stream(mix, _UNTIL), LONGEST_PAUSE * DAY)
    written = dt.datetime.fromtimestamp(until, dt.UTC).isoformat()
    detail = {"status": "paused", "paused_until": written} | _was({"status": "active"})
    return _Turn(at, Status.PAUSED, Action.CHANGED, PREFERENCES, detail, PREFERENCES_WORDING, until)


def _was(before: dict[str, Any]) -> dict[str, Any]:
    return {"before": before}


def _consents(place: Place, since: int, mix: int, *, pending: bool) -> tuple[Row, ...]:
    """Return how a person came: asked by a form, and confirmed unless pending; or brought along by us."""
    form = FORM.format(slug=place.slug)
    if pending:
        return (_line(place, Action.GRANTED, since, form, FORM_WORDING, mix),)
    if not (waited := _waited(mix)):
        return (_line(place, Action.GRANTED, since, BROUGHT, "", mix),)
    return (
        _line(place, Action.GRANTED, since - waited, form, FORM_WORDING, mix),
        _line(place, Action.CONFIRMED, since, "the link in the confirmation letter", "", mix),
    )


def _waited(mix: int) -> int:
    """Return how many seconds passed until a person confirmed; 0 for who was brought along by us."""
    if chance.stream(mix, _BY_FORM) >= BY_FORM:
        return 0
    return 1 + chance.within(chance.stream(mix, _CONFIRMED), SLOWEST_CONFIRMATION)


def _line(place: Place, action: Action, at: int, how: str, wording: str, mix: int, detail: str = "{}") -> Row:
    """Return a line of evidence; what no form tells came from no network."""
    network = "" if how in {BROUGHT, BY_HAND} else NETWORKS[chance.stream(mix, _NETWORK) % len(NETWORKS)]
    return str(place.id), action.value, moment(at), how, wording, network, detail
