"""Erase a person: every trace of them goes, and a keyed hash stays, so that no import brings them back.

Other apps hold traces too. Each registers its part, which runs in the same transaction and before ours, since
whoever writes about a person locks their copies first, then the person, then what hangs on them.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q

from subscribers import changes
from subscribers.addresses import Address, address_key, masked, parse
from subscribers.collisions import again_after_collision
from subscribers.errors import SubscribersError
from subscribers.models import Change, Letter, List, Request, Subscriber, Subscription, Suppression
from subscribers.readdressing import former, moved_to, stranger
from subscribers.vocabulary import OutboxKind, OutboxState, Suppressed

WHAT = "subscribers erase"  # in the audit log
# Letters that nobody offers to a transport any more, and whom they are to once it may not be said.
LEFT = (OutboxState.ACCEPTED, OutboxState.UNKNOWN, OutboxState.REJECTED)
NOBODY = "erased"
REMOVED, BLANKED, PARTED = "removed", "blanked", "kept without the person"
SOURCE = "erased on request"


class ErasureError(SubscribersError):
    """A person cannot be erased as asked; nothing was removed, and the message masks the address."""


@dataclass(frozen=True)
class Person:
    """Whose traces are looked for: all addresses that they had, canonical, and the keyed hashes of those.

    `subscriber` None: nobody is here under the address, but there may be traces.
    """

    addresses: tuple[str, ...]
    keys: tuple[str, ...]
    subscriber: int | None


@dataclass(frozen=True)
class Place:
    """What was done in one place, and with how many rows."""

    place: str
    done: str
    rows: int


@dataclass(frozen=True)
class Erased:
    """What an erasure did; `on_record` is when an earlier one was, `notes` what a person has to do still."""

    places: tuple[Place, ...]
    on_record: dt.datetime | None
    notes: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Return whether there was nothing left to erase."""
        return not any(place.rows for place in self.places)


class Elsewhere(Protocol):
    """What another app does about a person who is erased."""

    def settle(self, person: Person, *, at: dt.datetime) -> None:
        """Finish, before the transaction, what is under way about them and due anyway."""

    def erase(self, person: Person) -> list[Place]:
        """Remove or blank their traces, in the transaction; return every place that was looked at."""


_elsewhere: list[Elsewhere] = []

_FORGET_CONSENT = """
    DELETE FROM consent WHERE subscriber_id = %s
"""

_FORGET_CONSENT_TO = """
    DELETE FROM consent WHERE list_id = %s AND subscriber_id IN ({marks})
"""


def register(part: Elsewhere) -> None:
    """Have another app asked whenever somebody is erased."""
    _elsewhere.append(part)


def erase(text: str, *, by: str, at: dt.datetime, dry_run: bool = False) -> Erased:
    """Remove a person everywhere, in one transaction; a dry run does so too, and takes it back.

    One suppression with the reason `erased` stays for each hash they had, on every list. Twice is harmless.
    Raises AddressError, and ErasureError for an address that nothing here knows.
    """
    address = parse(text)
    if not dry_run:
        for part in _elsewhere:
            part.settle(_person(address), at=at)
    try:
        erased = again_after_collision(lambda: _erase(address, by=by, at=at, dry_run=dry_run))
    except (IntegrityError, OperationalError) as collision:
        raise ErasureError(
            f"Others write about {masked(address.written)} at this moment; nothing was removed: try again"
        ) from collision
    if not dry_run and not erased.nothing:
        _empty_the_log()
    return erased


def forget(people: Collection[int]) -> int:
    """Remove these people, whom no suppression needs to keep away; return how many there were.

    Call it in a transaction. What other apps hold about them stays, without them.
    """
    changes.blank(Change.objects.filter(subscriber__in=people))
    _locked(people)
    found = Subscriber.objects.filter(pk__in=people)
    count = found.count()
    found.delete()
    return count


def forget_consent(newsletter: List, people: Collection[int]) -> int:
    """Remove the evidence about one list of people who never agreed to it; return how many lines."""
    if not people:
        return 0
    marks = ", ".join(["%s"] * len(people))
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_CONSENT_TO.format(marks=marks), [newsletter.pk, *people])
        return int(cursor.rowcount)


def _person(address: Address) -> Person:
    found = Subscriber.objects.filter(canonical=address.canonical).values_list("pk", flat=True).first()
    addresses = (address.canonical, *(former(found) if found else ()))
    unique = tuple(dict.fromkeys(addresses))
    return Person(unique, tuple(map(address_key, unique)), found)


def _erase(address: Address, *, by: str, at: dt.datetime, dry_run: bool) -> Erased:
    person = _person(address)
    places = [place for part in _elsewhere for place in part.erase(person)]
    if person.subscriber is not None:
        # Not yet as for removing: whoever writes consent refers to the row, and must be let through.
        list(Subscriber.objects.select_for_update(no_key=True).filter(pk=person.subscriber))
        list(Subscription.objects.select_for_update().filter(subscriber=person.subscriber).order_by("pk"))
    on_record = _on_record(person)
    places += [*_suppressions(person), *_letters(person), *_requests(person)]
    places += _of_subscriber(person)
    erased = Erased(tuple(places), on_record, _notes(person, address))
    if erased.nothing and on_record is None:
        raise ErasureError(stranger(address))
    if not erased.nothing:
        _remember(person, erased, by=by, at=at)
    if dry_run:
        transaction.set_rollback(True)
    return erased


def _on_record(person: Person) -> dt.datetime | None:
    """Return when this person was erased before."""
    record = Suppression.objects.filter(address_key=person.keys[0], reason=Suppressed.ERASED, list=None)
    return record.filter(lifted_at=None).values_list("at", flat=True).first()


def _suppressions(person: Person) -> list[Place]:
    """Remove why else they were not written to: its words are about them."""
    others = Suppression.objects.filter(address_key__in=person.keys).exclude(
        reason=Suppressed.ERASED, list=None, lifted_at=None
    )
    return [Place("suppressions", REMOVED, others.delete()[0])]


def _letters(person: Person) -> list[Place]:
    """Remove the letters to them, sent or not, and those to their address as somebody else's.

    Of news about a list that has left, it stays that it was told: else it would be told again.
    """
    theirs = Q(subscriber=person.subscriber) if person.subscriber is not None else Q(pk=None)
    for address in person.addresses:
        theirs |= Q(address__iexact=address)
    letters = Letter.objects.filter(theirs)
    news = letters.filter(kind=OutboxKind.NOTICE, state__in=LEFT)
    told = news.update(address=NOBODY, values={}, answer="", message_id="")
    removed = Place("letters to one person", REMOVED, letters.delete()[0])
    return [removed, Place("news of lists", BLANKED, told)] if told else [removed]


def _requests(person: Person) -> list[Place]:
    """Remove what was asked for on pages in their name, by them or by a stranger."""
    theirs = Q(address_key__in=person.keys)
    if person.subscriber is not None:
        theirs |= Q(subscriber=person.subscriber)
    return [Place("requests from pages", REMOVED, Request.objects.filter(theirs).delete()[0])]


def _of_subscriber(person: Person) -> list[Place]:
    about = Q(subject__in=person.keys)
    if person.subscriber is not None:
        about |= Q(subscriber=person.subscriber)
    blanked = Place("audit log", BLANKED, changes.blank(Change.objects.filter(about).exclude(what=WHAT)))
    if person.subscriber is None:
        return [blanked]
    _locked([person.subscriber])
    subscriptions = Subscription.objects.filter(subscriber=person.subscriber).delete()[0]
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_CONSENT, [person.subscriber])
        consents = cursor.rowcount
    # Whatever else refers to them is parted from them, as its foreign key says.
    Subscriber.objects.filter(pk=person.subscriber).delete()
    return [
        Place("subscriber", REMOVED, 1),
        Place("subscriptions", REMOVED, subscriptions),
        Place("consents", REMOVED, consents),
        blanked,
    ]


def _locked(people: Collection[int]) -> None:
    """Keep everybody else from referring to these people from now on."""
    list(Subscriber.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))


def _remember(person: Person, erased: Erased, *, by: str, at: dt.datetime) -> None:
    """Keep the hashes, so that nobody brings them back, and who erased them."""
    known = set(
        Suppression.objects.filter(
            address_key__in=person.keys, reason=Suppressed.ERASED, list=None, lifted_at=None
        ).values_list("address_key", flat=True)
    )
    Suppression.objects.bulk_create(
        Suppression(address_key=key, list=None, reason=Suppressed.ERASED, source=SOURCE, at=at)
        for key in person.keys
        if key not in known
    )
    changes.record(
        WHAT,
        by=by,
        at=at,
        subject=person.keys[0],
        after={place.place: place.rows for place in erased.places if place.rows},
    )


def _notes(person: Person, address: Address) -> tuple[str, ...]:
    """Return where the address or the person still is, for a person to look at."""
    theirs = Q()
    for each in person.addresses:
        for column in ("sender_address", "reply_to", "owner_address"):
            theirs |= Q(**{f"{column}__iexact": each})
    slugs = List.objects.filter(theirs).order_by("slug").values_list("slug", flat=True)
    notes = [
        f"The address is also that of the sender or owner of {slug}; `mailer lists set` changes it"
        for slug in slugs
    ]
    if person.subscriber is None and (moved := moved_to(address)):
        notes.append(f"The person is still here{moved}; that address is to be erased too")
    return tuple(notes)


def _empty_the_log() -> None:
    """Let SQLite's write-ahead log go, which holds pages as they were; while others read, it goes later."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
