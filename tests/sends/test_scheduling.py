"""A send to a segment: the conditions of when it was scheduled, the people of when it begins."""

import datetime as dt

import pytest

from mailer import sends
from mailer.models import Approval, Delivery, Edition, Send
from mailer.reports import ledger
from mailer.sends import ScheduledMeanwhileError, SendError
from mailer.timetable import Instant
from subscribers import changes
from subscribers.models import List, Segment, Subscriber
from subscribers.segments import keeping
from subscribers.segments.conditions import SegmentError
from subscribers.vocabulary import Status
from tests.provider import Provider
from tests.sends.cast import deliver_all, mailed
from tests.stage import NOW, a_list, a_reader, an_edition, delivery_of

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

AFRICA = "interest in (africa)"


@pytest.fixture
def owner() -> List:
    """A list of two who chose Africa, one who chose China, one who chose both, and one who chose nothing."""
    owner = a_list()
    a_reader(owner, "ada@x.example", ["africa"])
    a_reader(owner, "bo@x.example", ["africa"])
    a_reader(owner, "cy@x.example", ["china"])
    a_reader(owner, "di@x.example", ["china", "africa"])
    a_reader(owner, "ed@x.example")
    return owner


def a_segment(owner: List, text: str = AFRICA, slug: str = "africa", *, replace: bool = False) -> Segment:
    return keeping.add(owner, slug, text, by="ed", at=NOW, replace=replace).segment


def scheduled(edition: Edition, segment: Segment, at: dt.datetime = NOW) -> Send:
    return sends.schedule(edition, Instant(at), by="ed", now=NOW, segment=segment)


def prepared(send: Send, at: dt.datetime = NOW) -> Send:
    sends.prepare(send.pk, now=at)
    send.refresh_from_db()
    assert ledger(send).adds_up
    return send


def candidates(send: Send) -> set[str]:
    """Return who is in the ledger of a send, excluded or not."""
    found = Delivery.objects.filter(send=send).values_list("subscriber__address", flat=True)
    return {str(address).partition("@")[0] for address in found}


def test_only_the_people_of_the_segment_are_candidates_and_mailed(owner: List, sendgrid: Provider) -> None:
    send = prepared(scheduled(an_edition(owner), a_segment(owner)))
    assert (send.status, send.candidates) == ("sending", 3)
    assert candidates(send) == {"ada", "bo", "di"}
    deliver_all(send)
    assert mailed(sendgrid) == {"ada@x.example": 1, "bo@x.example": 1, "di@x.example": 1}


def test_the_send_keeps_the_conditions_of_when_it_was_scheduled(owner: List) -> None:
    segment = a_segment(owner)
    send = scheduled(an_edition(owner), segment)
    a_segment(owner, "interest in (china)", replace=True)
    assert send.segment == {
        "slug": "africa",
        "conditions": {"what": "interest", "test": "any", "value": ["africa"]},
        "interests": {"africa": 2},
    }
    assert candidates(prepared(send)) == {"ada", "bo", "di"}


def test_the_people_are_those_of_when_it_begins(owner: List) -> None:
    send = scheduled(an_edition(owner), a_segment(owner))
    a_reader(owner, "late@x.example", ["africa"])
    sends.sweep(now=NOW)
    assert candidates(prepared(send)) == {"ada", "bo", "di", "late"}


def test_moments_are_relative_to_the_freeze(owner: List) -> None:
    Subscriber.objects.filter(address="ada@x.example").update(last_opened_at=NOW - dt.timedelta(days=90))
    Subscriber.objects.filter(address="bo@x.example").update(last_opened_at=NOW - dt.timedelta(days=89))
    later = NOW + dt.timedelta(hours=1)
    send = scheduled(an_edition(owner), a_segment(owner, "opened within 90 days"), at=later)
    assert candidates(prepared(send, later)) == {"bo"}


def test_an_interest_renamed_before_the_freeze_is_still_the_same(owner: List) -> None:
    send = scheduled(an_edition(owner), a_segment(owner))
    owner.interests.filter(slug="africa").update(slug="african-space")
    owner.interests.filter(slug="china").update(slug="africa")
    # The look has changed with it, which asks for a fresh approval; the conditions mean what they meant.
    sends.prepare(send.pk, now=NOW)
    send.refresh_from_db()
    assert send.status == "paused"
    assert keeping.count(owner, keeping.Kept.of(send.segment or {}), now=NOW).candidates == 3


def test_who_has_left_is_no_candidate_and_who_paused_is_excluded_with_the_reason(owner: List) -> None:
    a_reader(owner, "left@x.example", ["africa"], status=Status.UNSUBSCRIBED)
    a_reader(owner, "paused@x.example", ["africa"], status=Status.PAUSED)
    send = prepared(scheduled(an_edition(owner), a_segment(owner)))
    assert candidates(send) == {"ada", "bo", "di", "paused"}
    assert ledger(send).reasons == {"paused": 1}


def test_who_is_in_two_segments_gets_the_edition_once(owner: List, sendgrid: Provider) -> None:
    edition = an_edition(owner)
    first = scheduled(edition, a_segment(owner))
    second = scheduled(edition, a_segment(owner, "interest in (china)", "china"))
    assert Approval.objects.filter(send__in=[first, second]).count() == 2
    assert first.approval_id != second.approval_id
    prepared(first)
    prepared(second)
    assert candidates(second) == {"cy", "di"}
    assert ledger(second).reasons == {"already_has_this_edition": 1}
    assert delivery_of(second, "di@x.example").reason == "already_has_this_edition"
    deliver_all(first)
    deliver_all(second)
    assert set(mailed(sendgrid).values()) == {1}
    assert len(mailed(sendgrid)) == 4


def test_the_rest_of_the_list_gets_what_a_segment_had_before(owner: List) -> None:
    edition = an_edition(owner)
    prepared(scheduled(edition, a_segment(owner)))
    whole = prepared(sends.schedule(edition, Instant(NOW), by="ed", now=NOW))
    assert whole.candidates == 5
    assert ledger(whole).reasons == {"already_has_this_edition": 3}


def test_a_segment_that_matches_nobody_is_refused_and_costs_no_approval(owner: List) -> None:
    segment = a_segment(owner, "domain = nobody.example", "nobody")
    with pytest.raises(SendError, match="The segment nobody of space-digest matches nobody now"):
        scheduled(an_edition(owner), segment)
    assert not Send.objects.exists()
    assert not Approval.objects.exists()


def test_a_segment_of_people_who_all_left_matches_nobody(owner: List) -> None:
    a_reader(owner, "left@y.example", status=Status.UNSUBSCRIBED)
    with pytest.raises(SendError, match="matches nobody now"):
        scheduled(an_edition(owner), a_segment(owner, "domain = y.example"))


def test_a_segment_that_matches_nobody_when_it_begins_is_sent_to_nobody_and_done(owner: List) -> None:
    send = scheduled(an_edition(owner), a_segment(owner))
    owner.subscriptions.update(everything=True, interests=0)
    send = prepared(send)
    assert (send.status, send.candidates) == ("done", 0)
    assert send.edition.status == "done"


def test_a_correction_of_a_send_to_a_segment_reaches_its_readers(owner: List) -> None:
    send = prepared(scheduled(an_edition(owner), a_segment(owner)))
    text = bytes(send.revision.text, "utf-8").replace(b"seen from elsewhere", b"corrected")
    correction = prepared(sends.correct(send.pk, text, by="ed", now=NOW))
    assert correction.segment is None
    assert candidates(correction) == {"ada", "bo", "di"}


def test_a_segment_is_waited_for_until_its_send_begins(owner: List) -> None:
    segment, other = a_segment(owner), a_segment(owner, "everything", "everything")
    elsewhere = keeping.add(a_list("other"), "africa", AFRICA, by="ed", at=NOW).segment
    send = scheduled(an_edition(owner), segment)
    assert sends.waiting_for(segment) == [send.pk]
    with pytest.raises(SendError, match=rf"Send {send.pk} is to go to the segment africa: let it begin, or"):
        sends.nobody_waits_for(segment)
    sends.pause(send.pk, by="ed", now=NOW)
    assert sends.waiting_for(segment) == [send.pk]
    sends.nobody_waits_for(other)
    sends.nobody_waits_for(elsewhere)
    sends.resume(send.pk, by="ed", now=NOW)
    prepared(send)
    sends.nobody_waits_for(segment)


def test_a_cancelled_send_waits_for_no_segment(owner: List) -> None:
    segment = a_segment(owner)
    sends.cancel(scheduled(an_edition(owner), segment).pk, by="ed", now=NOW)
    sends.nobody_waits_for(segment)


def test_conditions_that_cannot_be_read_freeze_nobody(owner: List) -> None:
    send = scheduled(an_edition(owner), a_segment(owner))
    Send.objects.filter(pk=send.pk).update(segment={"slug": "africa", "conditions": {"sql": "1=1"}})
    with pytest.raises(SegmentError, match="conditions"):
        sends.prepare(send.pk, now=NOW)
    assert not Delivery.objects.exists()


MOVED = NOW + dt.timedelta(days=2)


def test_a_send_that_has_not_begun_is_moved_and_stays_approved(owner: List) -> None:
    send = sends.schedule(an_edition(owner), Instant(NOW + dt.timedelta(days=1)), by="ed", now=NOW)
    moved = sends.move(send.pk, Instant(MOVED, "2026-12-03 12:00", "Africa/Nairobi"), by="ann", now=NOW)
    assert (moved.scheduled_at, moved.wall_time, moved.zone) == (MOVED, "2026-12-03 12:00", "Africa/Nairobi")
    assert moved.approval_id == send.approval_id
    sends.prepare(send.pk, now=NOW + dt.timedelta(days=1))
    assert sends.find(send.pk).status == "scheduled"
    sends.prepare(send.pk, now=MOVED)
    assert sends.find(send.pk).status == "sending"


def test_a_missed_send_that_is_moved_is_scheduled_anew(owner: List) -> None:
    send = sends.schedule(an_edition(owner), Instant(NOW), by="ed", now=NOW)
    sends.prepare(send.pk, now=NOW + dt.timedelta(hours=7))
    assert sends.move(send.pk, Instant(MOVED), by="ann", now=NOW).status == "scheduled"


@pytest.mark.parametrize("begun", ["frozen", "cancelled", "past"])
def test_what_has_begun_is_over_or_would_have_passed_is_not_moved(owner: List, begun: str) -> None:
    send = sends.schedule(an_edition(owner), Instant(NOW), by="ed", now=NOW)
    if begun == "frozen":
        sends.prepare(send.pk, now=NOW)
    if begun == "cancelled":
        sends.cancel(send.pk, by="ed", now=NOW)
    at = NOW - dt.timedelta(hours=1) if begun == "past" else MOVED
    with pytest.raises(SendError):
        sends.move(send.pk, Instant(at), by="ann", now=NOW)
    assert sends.find(send.pk).scheduled_at == NOW


def test_the_log_names_who_scheduled_and_who_moved(owner: List) -> None:
    send = sends.schedule(an_edition(owner), Instant(NOW), by="ed", now=NOW)
    sends.move(send.pk, Instant(MOVED), by="ann", now=NOW)
    lines = [
        (line["what"], line["who"]) for line in changes.listing() if line["subject"] == f"send {send.pk}"
    ]
    assert lines == [("sends schedule", "ed"), ("sends move", "ann")]


def test_whoever_has_not_seen_the_sends_of_an_edition_schedules_none(owner: List) -> None:
    edition = an_edition(owner)
    first = sends.schedule(edition, Instant(NOW), by="ed", now=NOW, seen=())
    with pytest.raises(ScheduledMeanwhileError, match=f"send {first.pk} by ed") as refused:
        sends.schedule(edition, Instant(MOVED), by="ann", now=NOW, seen=())
    assert refused.value.sends == (first,)
    second = sends.schedule(edition, Instant(MOVED), by="ann", now=NOW, seen=[first.pk])
    sends.cancel(first.pk, by="ed", now=NOW)
    assert sends.meanwhile(edition, seen=()) == [second]
    # Whoever was shown nothing, as on the command line, wants one more whatever there is.
    assert sends.schedule(edition, Instant(MOVED), by="ann", now=NOW).pk not in {first.pk, second.pk}
