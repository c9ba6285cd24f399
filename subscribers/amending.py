"""Change what is known of one person, or what they get, because they asked somebody of ours to."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from subscribers import changes, choosing, evidence, names, pausing
from subscribers.addresses import masked, parse
from subscribers.errors import SubscribersError
from subscribers.evidence import UNSTATED, Origin
from subscribers.interests import Interests
from subscribers.models import List, Subscriber, Subscription
from subscribers.people import PersonError
from subscribers.readdressing import WHAT, readdress, stranger
from subscribers.vocabulary import Action, Status

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST_LOCALE = 35  # characters; the column's
_LONGEST_ATTRIBUTE = 64  # characters of its name
_LONGEST_VALUE = 1_000
_MOST_ATTRIBUTES = 100
_COLUMNS = ("address", "canonical", "address_key", "name", "locale", "text_only", "tracked", "attributes")


class AmendError(SubscribersError):
    """What was asked of a person cannot be done; nothing was changed, and the message masks the address."""


@dataclass(frozen=True)
class Wish:
    """What shall be different; None is not stated, and stays as it is.

    `attributes` with the value '' are removed. `interests` () is everything, and needs `newsletter`; without
    one, `pause_until` and `resume` are about every list the person is on. A pause ends as that day begins in
    the list's zone.
    """

    name: str | None = None
    locale: str | None = None
    address: str | None = None
    text_only: bool | None = None
    tracked: bool | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    newsletter: List | None = None
    interests: tuple[str, ...] | None = None
    pause_until: dt.date | None = None
    resume: bool = False


@dataclass(frozen=True)
class Changed:
    """One thing that is different now; `where` is a list's slug, '' for the person."""

    what: str
    before: Any
    after: Any
    where: str = ""


@dataclass(frozen=True)
class Amended:
    """What became of a wish: nothing changed where it was so already; `address` is the one they have now."""

    address: str
    changed: tuple[Changed, ...]
    notes: tuple[str, ...] = ()


def amend(text: str, wish: Wish, *, how: str, by: str, at: dt.datetime, origin: Origin = UNSTATED) -> Amended:
    """Do what is wished for the person of this address, all of it or nothing.

    `how` is kept as evidence where consent changes: what letters they get, where to, and whether they are
    tracked. Raises AddressError, UnknownInterestError, PersonError for a stranger, AmendError and
    AddressTakenError.
    """
    address = parse(text)
    with transaction.atomic():
        people = Subscriber.objects.select_for_update(of=("self",), no_key=True)
        person = people.filter(canonical=address.canonical).first()
        if person is None:
            raise PersonError(stranger(address))
        work = _Work(person, how=how, at=at, origin=origin)
        work.do(wish)
        if work.changed:
            changes.record(
                WHAT,
                by=by,
                at=at,
                newsletter=wish.newsletter,
                person=person,
                before=_nested(work.changed, lambda one: one.before),
                after=_nested(work.changed, lambda one: one.after),
            )
    return Amended(person.address, tuple(work.changed), tuple(work.notes))


def _nested(changed: Iterable[Changed], side: Callable[[Changed], Any]) -> dict[str, Any]:
    """Return one side of the changes as the audit log has it: by name, those on a list below its slug."""
    fields: dict[str, Any] = {}
    for one in changed:
        place = fields.setdefault("subscriptions", {}).setdefault(one.where, {}) if one.where else fields
        place[one.what] = side(one)
    return fields


class _Work:
    """One person, held for the transaction, and what has changed so far."""

    def __init__(self, person: Subscriber, *, how: str, at: dt.datetime, origin: Origin) -> None:
        self.person, self.how, self.at, self.origin = person, how, at, origin
        self.changed: list[Changed] = []
        self.notes: list[str] = []

    def do(self, wish: Wish) -> None:
        for column, value in (
            ("name", None if wish.name is None else _name(wish.name)),
            ("locale", None if wish.locale is None else _locale(wish.locale)),
            ("text_only", wish.text_only),
        ):
            if value is not None:
                self._set(column, value)
        self._attribute([_attribute(name, value) for name, value in wish.attributes.items()])
        if wish.tracked is not None and self._set("tracked", wish.tracked):
            self._agreed({"tracked": wish.tracked}, {"tracked": not wish.tracked})
        if wish.address is not None:
            self._move(wish.address)
        try:
            with transaction.atomic():
                self.person.save(update_fields=_COLUMNS)
        except IntegrityError:  # another of us was quicker
            raise AmendError(f"{masked(self.person.address)} is another subscriber's address") from None
        self._subscriptions(wish)

    def _subscriptions(self, wish: Wish) -> None:
        if wish.interests is not None:
            self._choose(_one(self.person, wish.newsletter), wish.interests)
        if wish.pause_until is not None:
            for subscription in _some(self.person, wish.newsletter):
                self._pause(subscription, wish.pause_until)
        if wish.resume:
            for subscription in _some(self.person, wish.newsletter):
                self._restate(subscription, pausing.resume(subscription.pk, self.how, self.at))

    def _set(self, column: str, value: Any) -> bool:  # noqa: ANN401 - whatever the column holds
        before = getattr(self.person, column)
        if before == value:
            return False
        setattr(self.person, column, value)
        self.changed.append(Changed(column, before, value))
        return True

    def _attribute(self, wished: Iterable[tuple[str, str]]) -> None:
        known: dict[str, Any] = dict(self.person.attributes)
        for name, value in wished:
            before = known.get(name)
            if value:
                known[name] = value
            else:
                known.pop(name, None)
            if before != (value or None):
                self.changed.append(Changed(f"attribute {name}", before, value or None))
        if len(known) > _MOST_ATTRIBUTES:
            raise AmendError(f"A person may have {_MOST_ATTRIBUTES} attributes, not {len(known)}")
        self.person.attributes = known

    def _move(self, text: str) -> None:
        person, new, old = self.person, parse(text), self.person.address
        if new.written != old:
            self.notes += readdress(person, new)
            self.changed.append(Changed("address", old, new.written))
            self._agreed({"address": new.written}, {"address": old})

    def _agreed(self, now: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Note on each list the person is on that what they agreed to is now another thing."""
        for subscription in self.person.subscriptions.exclude(status=Status.UNSUBSCRIBED).order_by("pk"):
            evidence.note(
                subscription,
                Action.CHANGED,
                how=self.how,
                at=self.at,
                origin=self.origin,
                now=now,
                before=before,
            )

    def _choose(self, subscription: Subscription, slugs: tuple[str, ...]) -> None:
        interests = Interests.of(subscription.list)
        before = choosing.chosen(subscription, interests)
        if choosing.choose(subscription, slugs, self.how, self.at):
            subscription.refresh_from_db()
            after = choosing.chosen(subscription, interests)
            self.changed.append(Changed("interests", before, after, subscription.list.slug))

    def _pause(self, subscription: Subscription, day: dt.date) -> None:
        until = _begins(day, subscription.list)
        if until <= self.at:
            raise AmendError(f"{day} has begun already: a pause ends on a day to come")
        if subscription.status == Status.PENDING:
            raise AmendError(
                f"{masked(self.person.address)} has not confirmed {subscription.list.slug} yet: there is"
                f" nothing to pause"
            )
        self._restate(subscription, pausing.pause(subscription.pk, until, self.how, self.at))

    def _restate(self, subscription: Subscription, moved: bool) -> None:  # noqa: FBT001 - what the call beside it said
        if not moved:
            return
        before = pausing.described(subscription)
        subscription.refresh_from_db()
        after = pausing.described(subscription)
        for what in sorted(before.keys() | after.keys(), reverse=True):
            if before.get(what) != after.get(what):
                self.changed.append(Changed(what, before.get(what), after.get(what), subscription.list.slug))


def _one(person: Subscriber, newsletter: List | None) -> Subscription:
    if newsletter is None:
        raise AmendError("Say on which list: interests are a list's own")
    return _some(person, newsletter)[0]


def _some(person: Subscriber, newsletter: List | None) -> list[Subscription]:
    """Return the subscriptions that are meant: of one list, or all that stand."""
    theirs = person.subscriptions.select_related("list").order_by("pk")
    if newsletter is None:
        standing = list(theirs.filter(status__in=[Status.ACTIVE, Status.PAUSED]))
        if not standing:
            raise AmendError(f"{masked(person.address)} gets no letters: there is nothing to pause or resume")
        return standing
    found = theirs.filter(list=newsletter).first()
    if found is None:
        raise AmendError(
            f"{masked(person.address)} is not on {newsletter.slug}; `mailer subscribers add` puts them there"
        )
    if found.status == Status.UNSUBSCRIBED:
        raise AmendError(f"{masked(person.address)} has left {newsletter.slug}; only they can come back")
    return [found]


def _begins(day: dt.date, newsletter: List) -> dt.datetime:
    """Return the instant at which a day begins in the list's zone."""
    try:
        local = dt.datetime.combine(day, dt.time.min, zoneinfo.ZoneInfo(newsletter.zone))
        return local.astimezone(dt.UTC)
    except OverflowError:
        raise AmendError(f"{day} is beyond all calendars") from None


def _name(text: str) -> str:
    try:
        return names.parse(text)
    except names.NameTextError as error:
        raise AmendError(f"The name cannot be used: {error}") from None


def _locale(text: str) -> str:
    locale = text.strip()
    if locale and not (_LOCALE.fullmatch(locale) and len(locale) <= _LONGEST_LOCALE):
        raise AmendError(f"The locale must be a language tag such as en or pt-BR, not {text!r}")
    return locale


def _attribute(name: str, value: str) -> tuple[str, str]:
    try:
        name, value = names.parse(name, _LONGEST_ATTRIBUTE), names.parse(value, _LONGEST_VALUE)
    except names.NameTextError as error:
        raise AmendError(f"The attribute cannot be used: {error}") from None
    if not name:
        raise AmendError("The attribute has no name; write it as name=value")
    return name, value
