"""How a send stands, in so many statements whatever its size."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import batches, sends
from mailer.models import Attempt, Batch, Transport
from mailer.transports.answers import Accepted, Unknown
from mailer.watching.standing import over, stamp, standing, variant_names
from tests.sends.cast import LATER, a_send_in
from tests.stage import NOW, a_frozen_send, a_list, a_reader, a_send, an_edition, batches_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SOON = NOW + dt.timedelta(minutes=2)


def test_what_was_accepted_lately_is_the_pace_of_the_rest() -> None:
    send = a_send_in(3)
    first, _, _ = batches_of(send)
    batches.settle(first.pk, fired(first).attempt, Accepted(202, "m1"), now=NOW)
    left = standing(sends.find(send.pk), now=SOON).left
    assert (left.a_minute, left.until) == (1, SOON + dt.timedelta(minutes=4))


def test_a_paused_send_says_that_it_is_paused() -> None:
    send = a_send_in(2)
    sends.pause(send.pk, by="ann", now=NOW)
    assert standing(sends.find(send.pk), now=SOON).left.why == "it is paused"


def test_a_transport_that_asked_to_wait_is_waited_for() -> None:
    send = a_send_in(2)
    Transport.objects.create(name="sendgrid", not_before=LATER)
    assert standing(sends.find(send.pk), now=NOW).left.why == (
        "the transport asked to wait until 10:00:00 UTC"
    )


def test_the_last_minutes_name_whose_letters_they_are_and_who_did_what() -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    batches.settle(batch.pk, fired(batch).attempt, Accepted(202, "m1"), now=NOW)
    texts = [entry.text for entry in standing(sends.find(send.pk), now=SOON).entries]
    assert f"Batch {batch.pk} fired: 2 readers of China." in texts
    assert "ed scheduled it." in texts


def test_a_letter_for_everything_is_named_so() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "bo@x.example", ["china", "south-asia"])
    assert sorted(variant_names(sends.find(a_frozen_send(owner).pk)).values()) == [
        "China · South Asia",
        "everything",
    ]


def test_a_stamp_changes_with_what_is_shown_and_with_nothing_else() -> None:
    send = a_send_in(2)
    first, _ = batches_of(send)

    def seen() -> str:
        return stamp(sends.find(send.pk), now=NOW)

    marks = [seen()]
    assert seen() == marks[0]
    request = fired(first)
    marks.append(seen())
    batches.settle(first.pk, request.attempt, Accepted(202, "m1"), now=NOW)
    marks.append(seen())
    sends.pause(send.pk, by="ann", now=NOW)
    marks.append(seen())
    assert len(set(marks)) == len(marks)


def test_time_alone_changes_the_stamp_of_what_runs_and_not_of_what_is_over() -> None:
    send = a_send_in(1)
    assert stamp(sends.find(send.pk), now=NOW) != stamp(sends.find(send.pk), now=SOON)
    sends.cancel(send.pk, by="ann", now=NOW)
    ended = sends.find(send.pk)
    assert over(ended)
    assert stamp(ended, now=NOW) == stamp(ended, now=SOON)


def test_a_cancelled_send_counts_whom_no_correction_has_taken() -> None:
    send = a_send_in(2)
    sends.cancel(send.pk, by="ann", now=NOW)
    assert standing(sends.find(send.pk), now=NOW).to_correct == 4


@pytest.mark.parametrize("groups", [1, 8])
def test_it_costs_the_same_statements_however_many_batches_there_are(
    groups: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send = a_send_in(groups)
    for batch in batches_of(send):
        batches.settle(batch.pk, fired(batch).attempt, Unknown("no answer"), now=NOW)
    found = sends.find(send.pk)
    with django_assert_num_queries(12):
        standing(found, now=SOON)


def test_a_send_that_has_not_begun_has_nothing_to_show_yet() -> None:
    found = standing(sends.find(a_send(an_edition(a_list()), at=LATER).pk), now=NOW)
    assert (found.sums.candidates, found.doubts, found.left.why) == (None, [], "")
    assert not Batch.objects.exists()
    assert not Attempt.objects.exists()
