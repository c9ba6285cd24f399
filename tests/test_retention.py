"""Retention: what was kept long enough goes, and no figure of a report changes by it."""

import datetime as dt
from dataclasses import replace

import pytest
from django.conf import settings
from django.db.models import F

from mailer import events, reports, retention
from mailer.batches import settle
from mailer.database import execute
from mailer.models import Delivery, Event, EventBody, Send
from mailer.retention import OfList, keep
from mailer.transports.answers import Accepted
from subscribers import changes, pausing
from subscribers.models import Change, Consent, List, Subscriber, Subscription
from subscribers.vocabulary import Status
from tests.stage import (
    EDITION,
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    an_event,
    batches_of,
    body_of,
    delivery_of,
    fired,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

DAY = dt.timedelta(days=1)


def keeping_events(monkeypatch: pytest.MonkeyPatch, days: int | None) -> None:
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, keep_events=days))


def an_issue(owner: List, number: int) -> Send:
    """One more edition, which every reader's mail server took."""
    date = f"2026-12-{number:02}".encode()
    send = a_frozen_send(owner, EDITION.replace(b"2026-12-01", date).replace(b"elsewhere", date))
    for batch in batches_of(send):
        request = fired(batch)
        assert settle(batch.pk, request.attempt, Accepted(202, "m"), now=NOW)
    return send


@pytest.fixture
def owner() -> List:
    owner = a_list()
    List.objects.update(keep_inactive_days=365)
    owner.refresh_from_db()
    return owner


def silent(owner: List) -> Subscription:
    """Somebody on the list for two years who never gave a sign."""
    subscription = a_reader(owner, "ada@x.example")
    before = NOW - 730 * DAY
    Subscription.objects.filter(pk=subscription.pk).update(since=before, changed_at=before)
    return subscription


def status(subscription: Subscription) -> str:
    subscription.refresh_from_db()
    return subscription.status


def test_who_gave_no_sign_through_three_letters_is_taken_off(owner: List) -> None:
    ada = silent(owner)
    for number in (1, 2):
        an_issue(owner, number)
    assert keep(now=NOW).lists == (OfList("space-digest", 0, 0, 0, blind=False),)
    an_issue(owner, 3)
    assert keep(now=NOW, dry_run=True).lists[0].inactive_ended == 1
    assert status(ada) == "active"
    assert keep(now=NOW).lists[0].inactive_ended == 1
    assert keep(now=NOW).lists[0].inactive_ended == 0
    assert status(ada) == "unsubscribed"
    assert Consent.objects.get().how == "retention: nothing was opened, clicked or chosen for 365 days"
    assert Change.objects.get(what="retention").after == {"inactive_taken_off": 1}


@pytest.mark.parametrize(
    "sign",
    [
        {"last_opened_at": NOW - 300 * DAY},
        {"last_clicked_at": NOW - 300 * DAY},
        {"tracked": False},
    ],
)
def test_whoever_gave_a_sign_or_may_not_be_watched_stays(sign: dict[str, object], owner: List) -> None:
    ada = silent(owner)
    for number in (1, 2, 3):
        an_issue(owner, number)
    Subscriber.objects.update(**sign)
    assert keep(now=NOW).lists[0].inactive_ended == 0
    assert status(ada) == "active"


def test_whose_letters_are_text_alone_and_can_tell_nothing_stays(owner: List) -> None:
    ada = silent(owner)
    Subscriber.objects.update(text_only=True)
    for number in (1, 2, 3):
        an_issue(owner, number)
    assert keep(now=NOW).lists[0].inactive_ended == 0
    assert status(ada) == "active"


@pytest.mark.parametrize("column", ["since", "changed_at"])
def test_whoever_came_or_chose_lately_stays(column: str, owner: List) -> None:
    silent(owner)
    for number in (1, 2, 3):
        an_issue(owner, number)
    Subscription.objects.update(**{column: NOW - 300 * DAY})
    assert keep(now=NOW).lists[0].inactive_ended == 0


def test_where_a_machine_opens_nobody_can_tell_who_reads(owner: List) -> None:
    silent(owner)
    for number in (1, 2, 3):
        an_issue(owner, number)
    Delivery.objects.filter(pk=Delivery.objects.latest("pk").pk).update(machine_opened_at=NOW - 10 * DAY)
    assert keep(now=NOW).lists[0].inactive_ended == 0
    Delivery.objects.update(machine_opened_at=NOW - 400 * DAY)
    assert keep(now=NOW).lists[0].inactive_ended == 1


def test_a_list_that_sent_nothing_loses_nobody(owner: List) -> None:
    silent(owner)
    assert keep(now=NOW).lists[0].inactive_ended == 0
    for number in (1, 2, 3):
        an_issue(owner, number)
    # Those letters were long ago.
    assert keep(now=NOW + 800 * DAY).lists[0].inactive_ended == 0


def test_a_list_that_does_not_track_says_that_it_cannot_tell(owner: List) -> None:
    silent(owner)
    for number in (1, 2, 3):
        an_issue(owner, number)
    List.objects.update(tracked=False)
    assert keep(now=NOW).lists == (OfList("space-digest", 0, 0, 0, blind=True),)


def test_sign_ups_go_and_pauses_end_on_every_list(owner: List) -> None:
    second = a_list("second")
    a_reader(owner, "ada@x.example", status=Status.PENDING)
    bo = a_reader(second, "bo@x.example")
    pausing.pause(bo.pk, NOW + DAY, "page", NOW)
    a_frozen_send(owner)
    would = keep(now=NOW + 31 * DAY, dry_run=True)
    assert Subscriber.objects.count() == 2
    done = keep(now=NOW + 31 * DAY)
    assert done == would
    assert [(each.list, each.sign_ups_removed, each.pauses_over) for each in done.lists] == [
        ("second", 0, 1),
        ("space-digest", 1, 0),
    ]
    assert Subscriber.objects.get().canonical == "bo@x.example"
    # The ledger keeps the outcome, without the person.
    assert Delivery.objects.get().subscriber is None


def a_past(owner: List) -> Send:
    """A send of long ago whose events came then, and some lately."""
    for name in ("ada", "bo"):
        a_reader(owner, f"{name}@x.example")
    send = a_frozen_send(owner)
    ada = delivery_of(send, "ada@x.example")
    assert ada.batch is not None
    attempt = fired(ada.batch).attempt
    for at, kind in enumerate(["delivered", "open", "click"]):
        told = an_event(kind, ada, attempt, at=at, email="ada@x.example", url="https://a.example/")
        events.apply(events.store(body_of(told), now=NOW) or 0, now=NOW)
    late = NOW + 50 * DAY
    events.apply(events.store(body_of(an_event("open", ada, attempt, at=9)), now=late) or 0, now=late)
    events.store(body_of(an_event("open", ada, attempt, at=10)), now=NOW)
    EventBody.objects.create(body=b"?", body_hash="0" * 64, received_at=NOW, applied_at=NOW, fault="odd")
    return send


def test_old_events_go_and_reports_stay(owner: List, monkeypatch: pytest.MonkeyPatch) -> None:
    send = a_past(owner)
    keeping_events(monkeypatch, 40)
    sums = reports.described(send)
    assert sums["events"]["clicked"] == 1
    would = keep(now=NOW + 60 * DAY, dry_run=True)
    assert Event.objects.count() == 4
    done = keep(now=NOW + 60 * DAY)
    assert (done.events, done.webhook_bodies, done.keep_events) == (3, 4, 40)
    assert done == would
    assert reports.described(send) == sums
    assert Event.objects.count() == 1
    assert list(EventBody.objects.order_by("pk").values_list("applied_at", flat=True)) == [
        NOW + 50 * DAY,
        None,
    ]
    [line] = changes.listing(who="retention")
    assert line["after"] == {"events_removed": 3, "webhook_bodies_removed": 4}
    again = keep(now=NOW + 60 * DAY)
    assert (again.events, again.webhook_bodies) == (0, 0)


def test_events_are_kept_for_ever_if_nobody_says_otherwise(owner: List) -> None:
    a_past(owner)
    done = keep(now=NOW + 9_999 * DAY)
    assert (done.events, done.keep_events) == (0, None)
    assert Event.objects.count() == 4


def test_events_go_in_portions(owner: List, monkeypatch: pytest.MonkeyPatch) -> None:
    a_past(owner)
    keeping_events(monkeypatch, 40)
    monkeypatch.setattr(retention, "_ROWS", 2)
    assert keep(now=NOW + 60 * DAY).events == 3
    Event.objects.update(received_at=F("received_at") - 100 * DAY)
    assert keep(now=NOW + 60 * DAY).events == 1


def test_what_is_killed_between_two_portions_of_events_has_said_what_went(
    owner: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PulledError(Exception):
        """The plug is pulled."""

    def pull(sql: str, parameters: dict[str, object]) -> int:
        if Event.objects.count() < 4:
            raise PulledError
        return execute(sql, parameters)

    a_past(owner)
    keeping_events(monkeypatch, 40)
    monkeypatch.setattr(retention, "_ROWS", 1)
    monkeypatch.setattr(retention, "execute", pull)
    with pytest.raises(PulledError):
        keep(now=NOW + 60 * DAY)
    monkeypatch.setattr(retention, "execute", execute)
    assert Change.objects.get(what="retention").after == {"events_removed": 1, "webhook_bodies_removed": 0}
    assert keep(now=NOW + 60 * DAY).events == 2
    assert [line["after"] for line in changes.listing(who="retention")] == [
        {"events_removed": 1, "webhook_bodies_removed": 0},
        {"events_removed": 2, "webhook_bodies_removed": 3},
    ]


def test_an_installation_without_a_list_has_nothing_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping_events(monkeypatch, 40)
    assert keep(now=NOW) == retention.Kept((), 0, 0, 40)
    assert not Change.objects.exists()
