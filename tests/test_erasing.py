"""Erasing a person: whatever the ledger, the events and the files held of them is gone, and the sums stay."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from mailer import erasing, events, explaining, reports, sends, telling, testers
from mailer.batches import settle
from mailer.models import Attempt, Delivery, Edition, Event, EventBody
from mailer.transports.answers import AddressRefused
from subscribers import people, suppressions
from subscribers.addresses import address_key
from subscribers.amending import Wish, amend
from subscribers.erasing import Erased, Person, erase
from subscribers.models import Letter, List, Subscriber, Suppression
from subscribers.vocabulary import OutboxKind, Suppressed
from tests.stage import (
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    an_edition,
    an_event,
    batches_of,
    body_of,
    delivery_of,
    fired,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

HOUR = dt.timedelta(hours=1)


def rows(erased: Erased) -> dict[str, int]:
    return {place.place: place.rows for place in erased.places if place.rows}


@pytest.fixture
def owner() -> List:
    owner = a_list()
    for name in ("ada", "bo"):
        a_reader(owner, f"{name}@x.example")
    return owner


def everything() -> Iterator[tuple[str, str]]:
    """Yield every value of every table, with where it stands."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    raw = value.tobytes() if isinstance(value, memoryview) else value
                    text = raw.decode("latin-1") if isinstance(raw, bytes) else str(raw)
                    yield f"{table}.{name}", text.lower()


def where(word: str) -> set[str]:
    return {place for place, text in everything() if word in text}


def files_with(word: str) -> list[str]:
    return [
        path.name
        for path in Path(settings.DATA_DIR).rglob("*")
        if path.is_file() and word.encode() in path.read_bytes().lower()
    ]


def test_nothing_is_left_of_a_person_but_a_hash(canary: str, owner: List) -> None:
    """The canary sits wherever a person can leave a trace; then every table and every file is searched."""
    word = canary.partition("@")[0].partition("+")[2]
    people.add(
        owner, canary, name=f"Name {word}", interests=["africa"], consent=f"form of {word}", by="ops", at=NOW
    )
    amend(canary, Wish(attributes={"note": word}, locale="pt"), how=f"letter of {word}", by="ops", at=NOW)
    key = address_key(canary)
    Letter.objects.create(
        kind=OutboxKind.WELCOME,
        list=owner,
        subscriber=Subscriber.objects.get(address_key=key),
        values={"name": word},
        occasion="welcome",
        answer=f"250 queued for {canary}",
        created_at=NOW,
    )
    Letter.objects.create(
        kind=OutboxKind.NOTICE, list=owner, address=canary.upper(), occasion="notice", created_at=NOW
    )
    send = a_frozen_send(owner)
    alone = delivery_of(send, canary)
    others = [batch for batch in batches_of(send) if batch.pk != alone.batch_id]
    assert alone.batch is not None
    request = fired(alone.batch)
    settle(
        alone.batch.pk,
        request.attempt,
        AddressRefused(f"550 <{canary}>: no user {canary.partition('@')[0]} here", 400, alone.pk),
        now=NOW,
    )
    for batch in others:
        fired(batch)
    told = [
        an_event("bounce", alone, request.attempt, email=canary, reason=f"550 5.1.1 user {word} unknown"),
        an_event("click", alone, request.attempt, at=1, email=canary, url=f"https://a.example/?to={canary}"),
        an_event("spamreport", at=2, email=canary, reason=f"{word} complained"),
    ]
    events.apply(events.store(body_of(*told), now=NOW) or 0, now=NOW)
    Event.objects.filter(kind="clicked").update(link=f"https://a.example/?to={canary.replace('@', '%40')}")
    # Waiting, waiting although it can never be applied, and kept since nobody could read it.
    late = an_event("open", alone, request.attempt, at=3, email=canary)
    events.store(body_of(late, an_event("open", at=4, email="ada@x.example")), now=NOW)
    EventBody.objects.create(
        body=f"no JSON about {canary}".encode(),
        body_hash="0" * 64,
        received_at=NOW,
        applied_at=NOW,
        fault="odd",
    )
    # A test that has left, to her as a stranger would be; and one to come.
    edition = Edition.objects.get()
    left = sends.test(edition, [canary, "cy@x.example"], None, by="ed", now=NOW)
    sends.prepare(left.pk, now=NOW)
    Delivery.objects.filter(send=left, address_key=key).update(subscriber=None, test_address=canary)
    coming = sends.test(edition, [canary, "cy@x.example"], None, by="ed", now=NOW)
    testers.add(owner, [canary.upper(), "cy@x.example"], by="ed", at=NOW)
    sums = reports.described(send)
    assert len(where(word)) == 16

    erased = erase(canary.upper(), by="ops", at=NOW + HOUR)

    assert where(word) == set()
    assert where(key) == {
        "delivery.address_key",
        "suppression.address_key",
        "change.subject",
        "event.address_key",
    }
    assert Suppression.objects.get(address_key=key).reason == "erased"
    if connection.vendor == "sqlite":
        assert files_with(word) == []
    assert rows(erased) == {
        "test sends to come": 1,
        "webhook bodies": 1,
        "requests": 1,
        "events": 3,
        "addresses of tests": 1,
        "deliveries": 1,
        "test lists": 1,
        "suppressions": 1,
        "letters to one person": 2,
        "subscriber": 1,
        "subscriptions": 1,
        "consents": 1,
        "audit log": 2,
    }
    coming.refresh_from_db()
    assert coming.segment == {"addresses": ["cy@x.example"], "interests": None}
    after = reports.described(send)
    assert after["rejected_words"] != sums["rejected_words"]
    assert after | {"rejected_words": []} == sums | {"rejected_words": []}
    # What waited was applied first, so that nothing of it is lost.
    alone.refresh_from_db()
    assert alone.opened_at is not None
    assert "has been erased since" in telling.tell(explaining.explain(canary, send)).conclusion


def test_erasing_twice_finds_nothing_the_second_time(canary: str, owner: List) -> None:
    a_reader(owner, canary)
    a_frozen_send(owner)
    erase(canary, by="ops", at=NOW)
    again = erase(canary, by="ops", at=NOW + HOUR)
    assert (again.nothing, again.on_record) == (True, NOW)


def test_a_dry_run_leaves_bodies_waiting_and_copies_in_place(canary: str, owner: List) -> None:
    a_reader(owner, canary)
    send = a_frozen_send(owner)
    events.store(body_of(an_event("open", delivery_of(send, canary), email=canary)), now=NOW)
    would = erase(canary, by="ops", at=NOW, dry_run=True)
    assert rows(would)["webhook bodies"] == 1
    assert delivery_of(send, canary).subscriber is not None
    assert EventBody.objects.get().applied_at is None
    assert b"canary" in bytes(EventBody.objects.get().body)


def test_what_is_told_late_is_kept_without_words(canary: str, owner: List) -> None:
    a_reader(owner, canary)
    send = a_frozen_send(owner)
    copy = delivery_of(send, canary)
    assert copy.batch is not None
    request = fired(copy.batch)
    erase(canary, by="ops", at=NOW)
    word = canary.partition("@")[0]
    for told in (
        an_event("bounce", copy, request.attempt, email=canary, reason=f"no user {word}"),
        an_event("bounce", at=1, email=canary, reason=f"no user {word}"),
    ):
        events.apply(events.store(body_of(told), now=NOW) or 0, now=NOW)
    assert list(Event.objects.values_list("kind", "detail")) == [("bounced", ""), ("bounced", "")]
    assert where(word) == set()


def test_a_body_that_cannot_be_applied_loses_the_person_and_keeps_the_others(
    canary: str, owner: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_reader(owner, canary)
    told = [an_event("open", email=canary), an_event("open", at=1, email="ada@x.example")]
    number = events.store(body_of(*told), now=NOW) or 0

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(events, "apply", broken)
    assert rows(erase(canary, by="ops", at=NOW))["webhook bodies"] == 1
    monkeypatch.undo()
    kept = EventBody.objects.get(pk=number)
    assert [event["email"] for event in json.loads(bytes(kept.body))] == ["ada@x.example"]
    events.apply(number, now=NOW)
    assert Event.objects.get().address_key == address_key("ada@x.example")


NINA = Person(("nina+x@example.org", "old@example.org"), ("", ""), None)


@pytest.mark.parametrize(
    "body",
    [
        b'[{"email": "Nina+X@Example.org"}]',
        b'[{"event": "open", "timestamp": 1, "email": "nina\\u002bx@example.org"}]',
        b'[{"url": "https://a.example/?e=nina%2Bx%40example.org"}]',
        b"no JSON: OLD@example.org",
        "utf-16: nina+x@example.org".encode("utf-16-le"),
    ],
)
def test_a_body_names_somebody_in_any_spelling(body: bytes) -> None:
    assert erasing.names(body, NINA)


@pytest.mark.parametrize("body", [b"", b"[]", b'[{"email": "omar@example.org"}]', b"\xff\xfe\\u"])
def test_a_body_about_others_names_nobody(body: bytes) -> None:
    assert not erasing.names(body, NINA)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (
            b'[{"email": "old@example.org"}, {"email": "omar@example.org"}, 7]',
            '[{"email": "omar@example.org"}, 7]',
        ),
        (b'[{"x": {"y": ["to old@example.org"]}}]', "[]"),
        (b'{"email": "old@example.org"}', ""),
        (b"old@example.org", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_only_what_names_somebody_leaves_a_body(body: bytes, left: str) -> None:
    assert erasing.without(body, NINA).decode() == left


def test_a_test_whose_only_reader_was_erased_ends_without_a_copy(canary: str, owner: List) -> None:
    send = sends.test(an_edition(owner), [canary], None, by="ed", now=NOW)
    assert rows(erase(canary, by="ops", at=NOW)) == {"test sends to come": 1}
    sends.prepare(send.pk, now=NOW)
    send.refresh_from_db()
    assert (send.status, send.candidates) == ("done", 0)


def test_a_link_made_for_one_reader_loses_their_address_at_the_door(owner: List) -> None:
    send = a_frozen_send(owner)
    copy = delivery_of(send, "ada@x.example")
    assert copy.batch is not None
    request = fired(copy.batch)
    for at, url in enumerate(["https://a.example/?e=ADA%40x.example", "https://medium.example/@ada/story"]):
        told = an_event("click", copy, request.attempt, at=at, email="ada@x.example", url=url)
        events.apply(events.store(body_of(told), now=NOW) or 0, now=NOW)
    assert list(Event.objects.order_by("at").values_list("link", flat=True)) == [
        "https://a.example/?e=…",
        "https://medium.example/@ada/story",
    ]


def test_what_a_request_was_told_of_somebody_is_struck_out(canary: str, owner: List) -> None:
    a_reader(owner, canary)
    send = a_frozen_send(owner)
    copy = delivery_of(send, canary)
    assert copy.batch is not None
    request = fired(copy.batch)
    words = f"550 {canary.partition('@')[0]} is nobody; canary is a bird"
    Attempt.objects.filter(pk=request.attempt).update(detail=words)
    erase(canary, by="ops", at=NOW)
    assert Attempt.objects.get().detail == "550 … is nobody; canary is a bird"


def test_a_key_that_was_suppressed_for_other_reasons_keeps_one_row(canary: str, owner: List) -> None:
    key = address_key(canary)
    for reason, where_ in ((Suppressed.COMPLAINED, None), (Suppressed.UNSUBSCRIBED, owner)):
        suppressions.suppress(key, reason, f"said by {canary}", NOW, where_)
    assert rows(erase(canary, by="ops", at=NOW)) == {"suppressions": 2}
    assert list(Suppression.objects.values_list("reason", "source")) == [("erased", "erased on request")]
