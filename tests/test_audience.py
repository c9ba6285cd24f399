"""Who a send goes to: frozen once, counted twice."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from mailer import audience, sends, variants
from mailer.database import execute, fetch, is_postgresql
from mailer.look import look_of
from mailer.models import Batch, Delivery, Variant
from mailer.reports import ledger
from mailer.timetable import Instant
from subscribers.models import Suppression
from subscribers.segments import keeping
from subscribers.suppressions import suppress
from subscribers.vocabulary import Status, Suppressed
from tests.stage import (
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    batches_of,
    delivery_of,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def outcome(send: object, address: str) -> tuple[str | None, str | None]:
    delivery = delivery_of(send, address)  # type: ignore[arg-type]  # a Send
    return delivery.state, delivery.reason


def test_every_candidate_has_exactly_one_delivery() -> None:
    owner = a_list()
    readers(owner, 7)
    send = a_frozen_send(owner)
    assert send.status == "sending"
    assert send.candidates == 7
    assert Delivery.objects.filter(send=send).count() == 7
    assert ledger(send).adds_up


def test_those_who_may_not_be_written_to_are_kept_with_the_first_reason_that_applies() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "paused@x.example", status=Status.PAUSED)
    a_reader(owner, "pending@x.example", status=Status.PENDING)
    a_reader(owner, "left@x.example", status=Status.UNSUBSCRIBED)
    both = a_reader(owner, "both@x.example", status=Status.PAUSED)
    everywhere = a_reader(owner, "everywhere@x.example")
    here = a_reader(owner, "here@x.example")
    suppress(here.subscriber.address_key, Suppressed.BY_HAND, "test", NOW, newsletter=owner)
    for subscription in (both, everywhere):
        suppress(subscription.subscriber.address_key, Suppressed.BOUNCED, "test", NOW)
    send = a_frozen_send(owner)
    assert send.candidates == 6
    assert outcome(send, "ada@x.example") == (None, None)
    assert outcome(send, "paused@x.example") == ("excluded", "paused")
    assert outcome(send, "pending@x.example") == ("excluded", "unconfirmed")
    assert outcome(send, "both@x.example") == ("excluded", "suppressed")
    assert outcome(send, "everywhere@x.example") == ("excluded", "suppressed")
    assert outcome(send, "here@x.example") == ("excluded", "suppressed")
    assert not Delivery.objects.filter(send=send, subscriber__canonical="left@x.example").exists()
    assert ledger(send).reasons == {"paused": 1, "unconfirmed": 1, "suppressed": 3}


def test_a_suppression_on_another_list_or_lifted_excludes_nobody() -> None:
    owner, other = a_list(), a_list("other-digest")
    ada, bo = a_reader(owner, "ada@x.example"), a_reader(owner, "bo@x.example")
    suppress(ada.subscriber.address_key, Suppressed.UNSUBSCRIBED, "test", NOW, newsletter=other)
    suppress(bo.subscriber.address_key, Suppressed.BOUNCED, "test", NOW)
    Suppression.objects.filter(address_key=bo.subscriber.address_key).update(lifted_at=NOW)
    assert ledger(a_frozen_send(owner)).reasons == {}


def test_equal_letters_are_made_once_and_each_batch_holds_one_variant() -> None:
    owner = a_list()
    a_reader(owner, "everything@x.example")
    a_reader(owner, "all-four@x.example", ["china", "russia", "africa", "south-asia"])
    a_reader(owner, "africa@x.example", ["africa"])
    send = a_frozen_send(owner)
    variant = {
        address: delivery_of(send, f"{address}@x.example").variant
        for address in ("everything", "all-four", "africa")
    }
    assert variant["everything"] == variant["all-four"] != variant["africa"]
    assert {batch.variant_id for batch in batches_of(send)} == {
        v.pk for v in variant.values() if v is not None
    }
    assert Variant.objects.count() == 2


def test_batches_are_cut_at_their_size_and_know_how_many_they_hold() -> None:
    owner = a_list()
    readers(owner, 7)
    send = a_send(an_edition(owner))
    send.status = "preparing"
    send.save()
    found = sends.find(send.pk)
    frozen = audience.freeze(found, look_of(owner), size=3, now=NOW, useful_life=3600)
    assert frozen is not None
    assert [batch.n for batch in batches_of(send)] == [3, 3, 1]
    assert [Delivery.objects.filter(batch=batch).count() for batch in batches_of(send)] == [3, 3, 1]


def test_an_audience_is_frozen_once_however_often_it_is_asked_for() -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    assert audience.freeze(sends.find(send.pk), look_of(owner), size=1000, now=NOW, useful_life=3600) is None
    sends.prepare(send.pk, now=NOW)
    assert Delivery.objects.filter(send=send).count() == 3
    assert Batch.objects.filter(send=send).count() == 1


def test_who_comes_after_the_freeze_is_not_in_it() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_frozen_send(owner)
    a_reader(owner, "late@x.example")
    assert ledger(send).adds_up
    assert send.candidates == 2


def test_a_second_send_of_the_edition_writes_to_nobody_twice() -> None:
    owner = a_list()
    readers(owner, 2)
    edition = an_edition(owner)
    first, second = a_send(edition), a_send(edition)
    sends.prepare(first.pk, now=NOW)
    a_reader(owner, "late@x.example")
    sends.prepare(second.pk, now=NOW)
    second.refresh_from_db()
    assert ledger(second).reasons == {"already_has_this_edition": 2}
    assert outcome(second, "late@x.example") == (None, None)
    assert ledger(second).adds_up


def test_who_has_the_edition_already_is_asked_of_an_index_and_not_of_the_whole_table() -> None:
    """Or the second send of a list takes a time that grows with the square of its readers."""
    owner = a_list()
    readers(owner, 2)
    send = a_frozen_send(owner)
    frame = audience.frame_of(send, look_of(owner), size=1000, now=NOW, useful_life=3600)
    with transaction.atomic():
        if is_postgresql():
            execute("SET LOCAL enable_seqscan = off")  # a table so small is otherwise read whole
        asked = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
        statement = audience.COUNT_ELIGIBLE.format(candidates=audience.CANDIDATES)
        plan = str(fetch(f"{asked} {statement}", frame))
    assert "delivery_edition_once" in plan
    assert "SCAN other" not in plan
    assert "Seq Scan on delivery" not in plan


def test_a_reader_for_whom_there_is_no_story_is_skipped_where_the_list_says_so() -> None:
    owner = a_list()
    a_reader(owner, "africa@x.example", ["africa"])
    a_reader(owner, "china@x.example", ["china"])
    only_china = b"---\nlist: space-digest\ntitle: T\n---\n# News\n## One {china}\nIt flew.\n"
    send = a_frozen_send(owner, only_china)
    assert outcome(send, "africa@x.example") == ("excluded", "no_story")
    assert outcome(send, "china@x.example") == (None, None)


def test_a_reader_for_whom_there_is_no_story_gets_the_top_ones_where_the_list_says_so() -> None:
    owner = a_list()
    owner.no_story = "top_stories"
    owner.save()
    a_reader(owner, "africa@x.example", ["africa"])
    only_china = b"---\nlist: space-digest\ntitle: T\n---\n# News\n## One {china}\nIt flew.\n"
    assert outcome(a_frozen_send(owner, only_china), "africa@x.example") == (None, None)


def test_text_only_readers_share_a_variant_of_their_own() -> None:
    owner = a_list()
    a_reader(owner, "plain@x.example", text_only=True)
    a_reader(owner, "rich@x.example")
    send = a_frozen_send(owner)
    plain = delivery_of(send, "plain@x.example").variant
    rich = delivery_of(send, "rich@x.example").variant
    assert plain is not None
    assert rich is not None
    assert plain.html == ""
    assert rich.html != ""
    assert plain.text == rich.text


def test_a_reader_who_does_not_want_to_be_counted_gets_an_untracked_variant() -> None:
    owner = a_list()
    a_reader(owner, "quiet@x.example", tracked=False)
    variant = delivery_of(a_frozen_send(owner), "quiet@x.example").variant
    assert variant is not None
    assert variant.tracked is False


def test_a_list_without_readers_is_sent_to_nobody_and_done() -> None:
    send = a_frozen_send(a_list())
    assert send.status == "done"
    assert send.candidates == 0


def test_a_segment_is_counted_apart_from_the_insert_by_the_same_conditions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = a_list()
    a_reader(owner, "africa@x.example", ["africa"])
    a_reader(owner, "china@x.example", ["china"])
    segment = keeping.add(owner, "africa", "interest in (africa)", by="ed", at=NOW).segment
    send = sends.schedule(an_edition(owner), Instant(NOW), by="ed", now=NOW, segment=segment)
    source = audience.source_of(sends.find(send.pk), now=NOW)
    [asked] = source.bound
    assert source.count.count(asked) == source.candidates.count(asked) == 1
    # Were the insert to take others than were counted, nothing would be written.
    whole = audience.Source(source.count, audience.CANDIDATES, bound=source.bound)
    monkeypatch.setattr(audience, "source_of", lambda *_, **__: whole)
    with pytest.raises(audience.FreezeError):
        sends.prepare(send.pk, now=NOW)
    assert not Delivery.objects.exists()
    monkeypatch.undo()
    sends.prepare(send.pk, now=NOW)
    assert ledger(sends.find(send.pk)).candidates == 1


def test_tests_and_corrections_take_no_candidates_from_a_segment() -> None:
    owner = a_list()
    a_reader(owner, "africa@x.example", ["africa"])
    a_test = sends.test(an_edition(owner), ["africa@x.example"], None, by="ed", now=NOW)
    assert sends.find(a_test.pk).segment is not None
    assert audience.source_of(sends.find(a_test.pk), now=NOW) is audience.WHOLE_LIST


def test_a_freeze_that_would_lose_a_reader_writes_nothing_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = a_list()
    lost = readers(owner, 3)[0].subscriber_id
    whole = audience.INSERT_DELIVERIES
    losing = whole.replace("ORDER BY cut.id", f"WHERE placed.subscriber_id <> {lost}\nORDER BY cut.id")
    assert losing != whole
    monkeypatch.setattr(audience, "INSERT_DELIVERIES", losing)
    send = a_send(an_edition(owner))
    with pytest.raises(audience.FreezeError, match="tried again"):
        sends.prepare(send.pk, now=NOW)
    send.refresh_from_db()
    assert send.status == "preparing"
    assert not Delivery.objects.exists()
    assert not Batch.objects.exists()
    monkeypatch.setattr(audience, "INSERT_DELIVERIES", whole)
    sends.prepare(send.pk, now=NOW)
    assert Delivery.objects.count() == 3


def test_a_choice_that_changes_while_letters_are_made_repeats_the_freeze(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reader changes after the sets were read and before they are frozen."""
    owner = a_list()
    ada = a_reader(owner, "ada@x.example", ["africa"])
    make = variants.make
    changed: list[bool] = []

    def make_and_change(
        *arguments: Any,  # noqa: ANN401 - as it was called
        now: dt.datetime,
    ) -> None:
        make(*arguments, now=now)
        if not changed:
            changed.append(True)
            type(ada).objects.filter(pk=ada.pk).update(interests=1)

    monkeypatch.setattr(variants, "make", make_and_change)
    send = a_frozen_send(owner)
    delivery = delivery_of(send, "ada@x.example")
    assert changed
    assert delivery.variant is not None
    assert [s.interests for s in delivery.variant.sets.all()] == [1]
    assert Delivery.objects.filter(send=send).count() == 1
