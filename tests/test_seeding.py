"""Lists, people and a past in the database: the same from the same seed, and true by our own functions."""

import dataclasses
import datetime as dt
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import psycopg
import pytest
from pytest_django import Settings

from mailer import explaining, reports, seeding, sends, telling
from mailer.database import execute, is_postgresql
from mailer.models import Attempt, Batch, Delivery, Event, Send
from mailer.seeding import SeedError, Wish, history, sowing, storing
from mailer.transports.relay import Relay, Tls
from subscribers import people
from subscribers.lists import find
from subscribers.models import Change, List, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Status, Suppressed
from tests.seeding.fingerprint import fingerprint
from tests.waiting import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NOW = dt.datetime(2026, 11, 30, 7, 33, 20, tzinfo=dt.UTC)
# Few enough to be quick, and with one of everything: bounces, a complaint, readers who left by a letter.
WISH = Wish("tests-191", 130, 330, 2)
# What this makes at that moment, on either database. It changes with the seed's arithmetic and the sample.
FINGERPRINT = "f9cdfcbe03cdf2556bce8ff2e1756404d0d6b93b5eda056aa5a09cf6182623f1"


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sowing, "PEOPLE_POSTGRESQL", 50)
    monkeypatch.setattr(sowing, "PEOPLE_SQLITE", 50)


def sow(wish: Wish = WISH, progress: sowing.Progress | None = None) -> seeding.Sown:
    return seeding.sow(wish, by="ed", now=NOW, progress=progress)


def test_what_was_asked_for_is_there_and_every_send_adds_up() -> None:
    sown = sow()
    assert (sown.new, sown.subscribers, sown.deliveries, sown.lists) == (True, 130, 330, ["seed-1", "seed-2"])
    assert Subscriber.objects.count() == 130
    assert Delivery.objects.count() == 330
    assert Event.objects.count() == sown.events > 600
    assert Subscription.objects.count() == sown.subscriptions
    assert {reason for (reason,) in Suppression.objects.values_list("reason")} == set(Suppressed)
    assert Send.objects.count() == sown.sends == 6
    for send in Send.objects.all():
        sums = reports.ledger(send)
        assert sums.adds_up
        assert sums.candidates == sums.outcomes["accepted"] + sums.outcomes["excluded"] > 0
        assert (send.status, send.edition.status) == ("done", "done")
        described = reports.described(send)
        assert described["possibly_twice"] == described["contradictions"] == 0
        assert sum(variant["deliveries"] for variant in described["variants"]) == described["accepted"]
        lines = list(reports.lines(send))
        assert len(lines) == sums.candidates
        assert all(line["attempt"] for line in lines if line["outcome"] == "accepted")
    assert set(Batch.objects.values_list("state", flat=True)) == {"accepted"}
    assert Attempt.objects.filter(answer="accepted", status=202).count() == Batch.objects.count()
    assert all(batch.n == batch.deliveries.count() for batch in Batch.objects.all())


def test_what_came_back_is_told_once_everywhere() -> None:
    sow()
    for kind in (
        "processed",
        "delivered",
        "deferred",
        "bounced",
        "opened",
        "clicked",
        "complained",
        "unsubscribed",
    ):
        told = Event.objects.filter(kind=kind, machine=False)
        marked = dict(Delivery.objects.exclude(**{f"{kind}_at": None}).values_list("pk", f"{kind}_at"))
        assert dict(told.values_list("delivery_ref", "at")) == marked
        assert len(marked) > 0 or kind == "deferred"
    for opened in Delivery.objects.exclude(opened_at=None).select_related("batch__variant"):
        assert opened.batch is not None
        assert opened.batch.variant.tracked
        assert opened.delivered_at
        assert opened.opened_at
        assert opened.delivered_at < opened.opened_at < NOW
    for person in Subscriber.objects.all():
        theirs = person.deliveries.all()
        assert person.last_opened_at == max(filter(None, (each.opened_at for each in theirs)), default=None)
        assert person.last_clicked_at == max(filter(None, (each.clicked_at for each in theirs)), default=None)
    clicked = Event.objects.filter(kind="clicked").first()
    assert clicked is not None
    assert clicked.link.startswith("https://")
    assert clicked.link_key == hashlib.blake2b(clicked.link.encode(), digest_size=16).hexdigest()


def test_nobody_is_written_to_who_had_left_or_was_suppressed() -> None:
    """I4, and the other way round: whoever is called suppressed was so by then."""
    sow()
    barred: dict[str, list[tuple[int | None, dt.datetime]]] = {}
    for key, of_list, at in Suppression.objects.values_list("address_key", "list", "at"):
        barred.setdefault(key, []).append((of_list, at))
    for copy in Delivery.objects.select_related("send__edition"):
        frozen = copy.send.frozen_at
        assert frozen is not None
        before = [
            at
            for of_list, at in barred.get(copy.address_key, [])
            if of_list in {None, copy.send.edition.list_id} and at <= frozen
        ]
        assert bool(before) == (copy.reason == "suppressed")
    for copy in Delivery.objects.exclude(bounced_at=None, complained_at=None):
        reason = Suppressed.BOUNCED if copy.bounced_at else Suppressed.COMPLAINED
        since = copy.bounced_at or copy.complained_at
        assert Suppression.objects.get(address_key=copy.address_key, reason=reason, list=None).at == since


def test_whoever_left_is_off_the_list_with_all_its_evidence() -> None:
    sow()
    left = Subscription.objects.filter(status=Status.UNSUBSCRIBED).select_related("subscriber", "list")
    assert left.count() > 3
    by_letter = 0
    for each in left:
        withdrawn = each.subscriber.consents.get(list=each.list, action="withdrawn")
        suppressed = Suppression.objects.get(
            address_key=each.subscriber.address_key, list=each.list, reason=Suppressed.UNSUBSCRIBED
        )
        assert each.changed_at == withdrawn.at == suppressed.at
        copies = Delivery.objects.filter(subscriber=each.subscriber, send__edition__list=each.list)
        assert not copies.filter(send__frozen_at__gt=each.changed_at).exists()
        by_letter += copies.filter(unsubscribed_at=each.changed_at).count()
    assert by_letter == Delivery.objects.exclude(unsubscribed_at=None).count() > 0


def _last_send(**copy: object) -> tuple[str, Send]:
    """Return somebody whose copy is so, and its send, the latest."""
    found = Delivery.objects.filter(**copy).select_related("subscriber", "send").latest("pk")
    assert found.subscriber is not None
    return found.subscriber.address, sends.find(found.send_id)


def test_the_story_of_each_kind_of_reader_can_be_told() -> None:
    sow()
    for copy, outcome, conclusion in (
        ({"opened_at__isnull": False}, "accepted", "Their mail server took it."),
        ({"bounced_at__isnull": False}, "accepted", "It bounced: their mail server refused it for good."),
        ({"complained_at__isnull": False}, "accepted", "The reader called it spam."),
        ({"unsubscribed_at__isnull": False}, "accepted", "Their mail server took it."),
        ({"reason": "suppressed"}, "excluded", "their address was suppressed"),
        ({"reason": "paused"}, "excluded", "they wanted no letters for a while"),
    ):
        address, send = _last_send(**copy)
        known = explaining.explain(address, send)
        told = telling.tell(known)
        described = explaining.described(known, told)
        assert (described["candidate"], described["outcome"]) == (True, outcome)
        assert conclusion in told.conclusion
        moments = [step.at for step in told.steps if step.at]
        assert moments == sorted(moments)
        assert any("consent: granted" in step.text for step in told.steps)
    address, send = _last_send(unsubscribed_at__isnull=False)
    later = Send.objects.filter(edition__list=send.edition.list, pk__gt=send.pk).first()
    if later is not None:
        assert "they had left" in telling.tell(explaining.explain(address, sends.find(later.pk))).conclusion


def test_people_can_be_shown() -> None:
    sow()
    for status in Status:
        person = Subscriber.objects.filter(subscriptions__status=status).first()
        assert person is not None
        shown = people.show(person.address)
        assert status in {each["status"] for each in shown["subscriptions"]}
        assert shown["consents"]


def test_the_same_seed_makes_the_same_rows_in_any_database() -> None:
    # Other people are there already, so that all rows have other numbers.
    sow(Wish("before", 20, 20, 1))
    for model in (Event, Delivery, Attempt, Batch, Send):
        model.objects.all().delete()
    execute("DELETE FROM consent")
    Subscriber.objects.all().delete()
    List.objects.filter(slug="seed-1").update(slug="other")
    Suppression.objects.all().delete()
    assert sow().lists == ["seed-1", "seed-2"]
    assert Subscriber.objects.earliest("pk").pk > 20
    assert fingerprint() == FINGERPRINT


def test_another_seed_makes_others() -> None:
    sow(dataclasses.replace(WISH, word="tests-163"))
    assert fingerprint() != FINGERPRINT


def test_sown_twice_it_is_there_already() -> None:
    first = sow()
    before, lines = fingerprint(), Change.objects.count()
    again = sow()
    assert (first.new, again.new) == (True, False)
    assert dataclasses.replace(again, new=True, seconds=first.seconds) == first
    assert (fingerprint(), Change.objects.count()) == (before, lines)


class KilledError(Exception):
    """The process ended here."""


def _dies(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, at: int) -> None:
    """Let the process end at the `at`-th call of a function."""
    real: Callable[..., Any] = getattr(module, name)
    calls = iter(range(1, 10_000))

    def dying(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        if next(calls) == at:
            raise KilledError
        return real(*given, **named)

    monkeypatch.setattr(module, name, dying)


@pytest.mark.parametrize(
    ("where", "name", "at"),
    [
        (storing, "store", 1),
        (storing, "store", 7),  # in the second portion, between two tables
        (history, "make", 2),
        (history, "execute", 20),  # between two statements of a send
        (sowing, "execute", 2),  # while it is written who was last seen to read
        (sowing, "_finish", 1),
    ],
)
def test_killed_in_the_middle_it_goes_on_where_it_ended(
    monkeypatch: pytest.MonkeyPatch,
    where: ModuleType,
    name: str,
    at: int,
) -> None:
    with monkeypatch.context() as patch:
        _dies(patch, where, name, at)
        with pytest.raises(KilledError):
            sow()
    assert all(reports.ledger(send).adds_up for send in Send.objects.all())
    # Some time later: what is counted from is the first run's moment.
    sown = seeding.sow(WISH, by="ed", now=NOW + dt.timedelta(days=2))
    assert sown.new
    assert fingerprint() == FINGERPRINT


def test_two_runs_at_once_make_it_once() -> None:
    """On SQLite nothing keeps a second run away; on PostgreSQL the same session may come in twice."""
    begun: list[str] = []

    def another(step: str, _done: int, _total: int) -> None:
        if (step, len(begun)) in {("people", 0), ("deliveries", 1)}:
            begun.append(step)
            sow()

    sow(progress=another)
    assert len(begun) == 2
    assert fingerprint() == FINGERPRINT
    assert Change.objects.filter(what__startswith="seed").count() == 2


def test_on_postgresql_a_second_run_is_sent_away() -> None:
    if not is_postgresql():
        return  # see above: there it waits, and finds all done
    with psycopg.connect(os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{_name()}") as other:
        other.execute("SELECT pg_advisory_lock(%s)", [sowing.LOCK])
        with pytest.raises(SeedError, match="Another `mailer seed` is at work"):
            sow()
        # Given back, not left to the server's notice that nobody is there any more.
        other.execute("SELECT pg_advisory_unlock(%s)", [sowing.LOCK])
    assert sow().new


def _name() -> str:
    from django.db import connection  # noqa: PLC0415 - only here

    return str(connection.settings_dict["NAME"])


def test_a_process_that_is_killed_leaves_what_the_next_one_finishes(
    database_url: str, fresh_environ: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "mailer", "seed", "--seed", WISH.word, "--subscribers", "130"]
    environ = fresh_environ | {name: os.environ[name] for name in ("MAILER_HASH_KEY", "MAILER_SECRET_KEY")}
    with subprocess.Popen(
        [*command, "--deliveries", "1500", "--lists", "2"], env=environ | {"DATABASE_URL": database_url}
    ) as running:
        until(lambda: Send.objects.exists() or running.poll() is not None, within=90)
        running.kill()
    assert Send.objects.exists()
    made = sow(Wish(WISH.word, 130, 1_500, 2))
    assert (made.new, made.deliveries, Delivery.objects.count()) == (True, 1_500, 1_500)
    assert all(reports.ledger(send).adds_up for send in Send.objects.all())


def test_whoever_comes_afterwards_gets_a_number_of_their_own() -> None:
    sow(Wish("1", 60, 0, 1))
    highest = Subscriber.objects.latest("pk").pk
    people.add(find("seed-1"), "ada@example.org", consent="telephone", by="ed", at=NOW)
    ada = Subscriber.objects.get(canonical="ada@example.org")
    assert ada.pk == highest + 1
    assert ada.subscriptions.get().pk == Subscription.objects.latest("pk").pk


def test_without_deliveries_there_are_people_of_every_kind_all_the_same() -> None:
    sown = sow(Wish("1", 60, 0, 1))
    assert (sown.sends, sown.events) == (0, 0)
    assert set(Subscription.objects.values_list("status", flat=True)) == set(Status)
    assert set(Suppression.objects.values_list("reason", flat=True)) == set(Suppressed)


def test_one_subscriber_is_enough() -> None:
    sown = sow(Wish("1", 1, 3, 1))
    assert (sown.deliveries, Delivery.objects.count(), Send.objects.count()) == (3, 3, 3)


def test_a_second_seed_adds_lists_of_its_own() -> None:
    sow(Wish("1", 30, 30, 1))
    before = set(Subscriber.objects.values_list("canonical", flat=True))
    assert sow(Wish("2", 30, 30, 2)).lists == ["seed-2", "seed-3"]
    assert Subscriber.objects.count() == 60
    first = Subscriber.objects.filter(subscriptions__list__slug="seed-1")
    assert set(first.values_list("canonical", flat=True)) == before


def test_a_seed_of_another_size_is_refused_and_told_what_is_there() -> None:
    sow(Wish("1", 30, 0, 1))
    with pytest.raises(SeedError, match="say --subscribers 30 --deliveries 0 --lists 1, or another --seed"):
        sow(Wish("1", 31, 0, 1))


def test_a_seed_whose_lists_are_gone_is_not_sown_again() -> None:
    sow(Wish("1", 30, 0, 2))
    execute("DELETE FROM consent")
    List.objects.get(slug="seed-2").delete()
    with pytest.raises(SeedError, match="lists of it are gone: say another --seed"):
        sow(Wish("1", 30, 0, 2))


def test_where_letters_really_leave_nothing_is_made(settings: Settings) -> None:
    configuration = settings.CONFIGURATION
    settings.CONFIGURATION = dataclasses.replace(configuration, sendgrid_api_key="SG.real")
    with pytest.raises(SeedError, match="SENDGRID_API_KEY is set"):
        sow()
    smtp = dataclasses.replace(configuration.smtp, relay=Relay("mail.example", 587, Tls.STARTTLS))
    settings.CONFIGURATION = dataclasses.replace(configuration, smtp=smtp)
    with pytest.raises(SeedError, match="SMTP_URL is set"):
        sow()
    assert not List.objects.exists()


def test_who_sowed_is_in_the_audit_log() -> None:
    sow(Wish("1", 30, 0, 1))
    begun, finished = Change.objects.filter(what__startswith="seed").order_by("pk")
    assert (begun.who, begun.what, begun.subject, begun.after["subscribers"]) == ("ed", "seed", "1", 30)
    assert (finished.what, finished.after["subscriptions"]) == ("seed finished", Subscription.objects.count())
    assert Change.objects.filter(what="lists add", who="ed").count() == 1
