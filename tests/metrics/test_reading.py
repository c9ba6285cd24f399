"""Every metric says what the rows say at the moment of the scrape."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

import mailer
from mailer import batches, events, pulse
from mailer.metrics import families
from mailer.metrics.families import FAMILIES, Family
from mailer.metrics.reading import read
from mailer.models import Attempt, Batch, Glimpse, Send, Tally, Transport
from mailer.transports.answers import Accepted, Unknown
from subscribers.models import Letter, List
from tests.stage import (
    EDITION,
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    batches_of,
    fired,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LIST = "space-digest"


@pytest.fixture
def owner() -> List:
    owner = a_list()
    readers(owner, 2, ["africa"])
    a_reader(owner, "ada@x.example")
    return owner


@pytest.fixture
def send(owner: List) -> Send:
    """A frozen send of two batches, of two readers and of one."""
    made = a_frozen_send(owner)
    Letter.objects.all().delete()
    return made


def after(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def values(family: Family, *, at: dt.datetime = NOW) -> dict[tuple[str, ...], float]:
    return {sample.labels: sample.value for sample in read(now=at) if sample.family is family}


def tally(send: Send, **copies: int) -> None:
    for measure, n in copies.items():
        Tally.objects.create(send=send, measure=measure, key=1, n=n)


def test_every_label_is_one_of_its_family_and_no_two_samples_are_alike(send: Send) -> None:
    tally(send, complained=1)
    samples = read(now=NOW)
    assert [sample for sample in samples if len(sample.labels) != len(sample.family.labels)] == []
    assert len({(sample.family.name, sample.labels) for sample in samples}) == len(samples)
    assert {sample.family for sample in samples} <= set(FAMILIES)


def test_deliveries_add_up_to_the_candidates_whatever_became_of_them(send: Send) -> None:
    first, second = batches_of(send)
    request = fired(first)
    assert values(families.DELIVERIES)[LIST, "sendgrid", "in_flight"] == first.n
    batches.settle(first.pk, request.attempt, Accepted(202, "m"), now=NOW)
    found = values(families.DELIVERIES)
    assert found[LIST, "sendgrid", "accepted"] == first.n
    assert found[LIST, "sendgrid", "pending"] == second.n
    assert sum(found.values()) == 3
    assert values(families.UNACCOUNTED) == {(LIST,): 0}
    Batch.objects.filter(pk=second.pk).update(n=0)
    assert values(families.UNACCOUNTED) == {(LIST,): second.n}, "a ledger that does not add up is seen"


def test_by_which_transport_is_told_apart(send: Send) -> None:
    first, second = batches_of(send)
    for batch, transport in ((first, "smtp"), (second, "sendgrid")):
        attempt = Attempt.objects.create(
            id=uuid.uuid4(), batch=batch, transport=transport, n=batch.n, fired_at=NOW, payload_hash=""
        )
        Batch.objects.filter(pk=batch.pk).update(state="accepted", attempt=attempt.pk, fired_at=NOW)
    found = values(families.DELIVERIES)
    assert (found[LIST, "smtp", "accepted"], found[LIST, "sendgrid", "accepted"]) == (first.n, second.n)


@pytest.mark.usefixtures("send")
def test_tests_and_sends_of_long_ago_are_not_counted() -> None:
    Batch.objects.update(state="accepted")
    Send.objects.update(status="done")
    later = NOW + dt.timedelta(days=families.DAYS + 1)
    assert values(families.DELIVERIES)
    assert values(families.DELIVERIES, at=later) == {}
    assert values(families.SENDS) == {(LIST, "done"): 1}
    assert values(families.SENDS, at=later) == {}
    Send.objects.update(kind="test")
    assert values(families.DELIVERIES) == values(families.SENDS) == {}


def test_what_is_unknown_counts_however_old_it_is(send: Send) -> None:
    assert values(families.UNKNOWN) == {(LIST, "sendgrid"): 0}
    assert values(families.UNKNOWN_AGE) == {(LIST, "sendgrid"): 0}
    first = batches_of(send)[0]
    request = fired(first)
    batches.settle(first.pk, request.attempt, Unknown("no answer"), now=NOW)
    later = NOW + dt.timedelta(days=families.DAYS + 1)
    assert values(families.UNKNOWN, at=later) == {(LIST, "sendgrid"): first.n}
    assert values(families.UNKNOWN_AGE, at=later) == {(LIST, "sendgrid"): (families.DAYS + 1) * 86_400}
    assert values(families.DOUBTS) == {("sendgrid",): 1}


def test_shares_of_the_last_send_and_of_thirty_days(owner: List, send: Send) -> None:
    Batch.objects.filter(send=send).update(state="accepted", n=500)
    Send.objects.filter(pk=send.pk).update(status="done", frozen_at=NOW - dt.timedelta(days=7))
    tally(send, complained=1, bounced=100, opened=77)
    assert values(families.COPIES)[LIST, "sendgrid", "last_send", "complained"] == 1
    last = Send.objects.get(pk=a_send(an_edition(owner, an_issue())).pk)
    Send.objects.filter(pk=last.pk).update(frozen_at=NOW, candidates=1_000, status="done")
    variant = batches_of(send)[0].variant
    Batch.objects.create(send=last, variant=variant, state="accepted", n=1_000)
    tally(last, complained=2)
    assert values(families.COMPLAINT_RATIO) == {
        (LIST, "sendgrid", "last_send"): 2 / 1_000,
        (LIST, "sendgrid", "30d"): 3 / 1_900,
    }
    assert values(families.BOUNCE_RATIO) == {
        (LIST, "sendgrid", "last_send"): 0,
        (LIST, "sendgrid", "30d"): 100 / 2_000,
    }
    assert values(families.COPIES) == {
        (LIST, "sendgrid", "last_send", "complained"): 2,
        (LIST, "sendgrid", "30d", "complained"): 3,
        (LIST, "sendgrid", "30d", "bounced"): 100,
    }


def test_what_a_relay_could_not_tell_is_in_no_ratio(owner: List, send: Send, settings: Settings) -> None:
    smtp = replace(settings.CONFIGURATION.smtp, bounce_address="")
    settings.CONFIGURATION = replace(settings.CONFIGURATION, smtp=smtp)
    by = {send.pk: "sendgrid", a_frozen_send(owner, an_issue()).pk: "smtp"}
    Send.objects.update(status="done")
    for batch in Batch.objects.filter(n__gt=0):
        attempt = Attempt.objects.create(
            id=uuid.uuid4(),
            batch=batch,
            transport=by[batch.send_id],
            n=500,
            fired_at=NOW,
            payload_hash="",
        )
        Batch.objects.filter(pk=batch.pk).update(state="accepted", n=500, attempt=attempt.pk)
    tally(send, processed=1_000, bounced=10)
    assert values(families.BOUNCE_RATIO) == {(LIST, "sendgrid", "30d"): 0.01}
    assert values(families.COMPLAINT_RATIO) == {(LIST, "sendgrid", "30d"): 0}
    smtp = replace(smtp, bounce_address="back@x.example")
    settings.CONFIGURATION = replace(settings.CONFIGURATION, smtp=smtp)
    assert values(families.BOUNCE_RATIO) == {
        (LIST, "sendgrid", "30d"): 0.01,
        (LIST, "smtp", "last_send"): 0,
        (LIST, "smtp", "30d"): 0,
    }


def an_issue() -> bytes:
    return EDITION.replace(b"Space, seen from elsewhere", b"The next one")


def test_of_what_is_still_being_counted_no_share_is_told(send: Send) -> None:
    Batch.objects.update(state="accepted")
    tally(send, complained=1)
    Send.objects.update(tallied=False)
    assert values(families.COMPLAINT_RATIO) == values(families.COPIES) == {}


@pytest.mark.usefixtures("send")
def test_what_is_due_is_told_by_list_with_its_age() -> None:
    events.store(b"[]", now=after(10))
    for delivery in (1, 2):
        Glimpse.objects.create(delivery_ref=delivery, machine=False, at=after(delivery))
    found, ages = values(families.DUE, at=after(100)), values(families.DUE_AGE, at=after(100))
    assert found == {
        ("send", LIST, "sendgrid"): 0,
        ("batch", LIST, "sendgrid"): 2,
        ("silent_request", LIST, "sendgrid"): 0,
        ("letter", LIST, "sendgrid"): 0,
        ("event_body", "", ""): 1,
        ("glimpse", "", ""): 2,
    }
    assert {work: age for (work, _, _), age in ages.items() if age} == {
        "batch": 100,
        "event_body": 90,
        "glimpse": 99,
    }


def test_when_work_was_last_done_is_told_once_it_was(send: Send) -> None:
    assert values(families.DONE) == {("send",): NOW.timestamp()}
    fired(batches_of(send)[0], after(20))
    body = events.store(b"[]", now=NOW)
    assert body is not None
    events.apply(body, now=after(30))
    pulse.note_sweep(now=after(40))
    assert values(families.DONE) == {
        ("send",): NOW.timestamp(),
        ("batch",): after(20).timestamp(),
        ("event_body",): after(30).timestamp(),
        ("sweep",): after(40).timestamp(),
    }


def test_a_broker_that_is_gone_is_told_and_waited_for_no_longer_than_a_moment(
    settings: Settings, redis_url: str, free_port: int
) -> None:
    settings.BROKER_URL = redis_url
    assert values(families.BROKER) == {(): 1}
    settings.BROKER_URL = f"redis://127.0.0.1:{free_port}/0"
    assert values(families.BROKER) == {(): 0}


def test_an_empty_installation_is_told_too() -> None:
    assert values(families.BUILD) == {(mailer.__version__, connection.vendor, "sandbox"): 1}
    assert values(families.DUE) == {("event_body", "", ""): 0, ("glimpse", "", ""): 0}
    assert values(families.DELIVERIES) == {}


def test_a_scrape_is_a_handful_of_statements_however_many_sends_there_are(
    owner: List, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        a_frozen_send(owner, an_issue().replace(b"The next one", b"Number %d" % number))
    Transport.objects.create(name="smtp")
    with django_assert_max_num_queries(24):
        read(now=NOW)
