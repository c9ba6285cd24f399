"""What one person was sent, over all editions."""

import pytest

from mailer import batches, correspondence, sends
from mailer.transports.answers import Accepted
from subscribers.leaving import unsubscribe
from tests.stage import EDITION, NOW, a_frozen_send, a_list, a_reader, an_edition, batches_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_copies_are_counted_by_outcome_and_tests_are_none() -> None:
    owner = a_list()
    ada = a_reader(owner, "ada@x.example")
    a_reader(owner, "bo@x.example")
    first = a_frozen_send(owner)
    a_frozen_send(owner, EDITION.replace(b"2026-12-01", b"2026-12-02"))
    for batch in batches_of(first):
        fired(batch)
    unsubscribe(ada.pk, "one-click", NOW)
    trial = sends.test(an_edition(owner), ["ada@x.example"], None, by="ed", now=NOW)
    sends.prepare(trial.pk, now=NOW)
    assert correspondence.outcomes("ADA@x.example") == {"pending": 1, "in_flight": 1}
    assert correspondence.outcomes("cy@x.example") == {}


def test_a_copy_that_never_left_has_no_moment_of_leaving() -> None:
    owner = a_list()
    ada, bo = a_reader(owner, "ada@x.example"), a_reader(owner, "bo@x.example")
    send = a_frozen_send(owner)
    unsubscribe(ada.pk, "one-click", NOW)
    for batch in batches_of(send):
        request = fired(batch)
        batches.settle(batch.pk, request.attempt, Accepted(202, "m-1"), now=NOW)
    [hers] = correspondence.copies(ada.subscriber_id, [ada.subscriber.address_key])
    assert (hers["outcome"], hers["reason"], hers["left_at"]) == ("excluded", "unsubscribed_since", None)
    [his] = correspondence.copies(bo.subscriber_id, [bo.subscriber.address_key])
    assert (his["outcome"], his["left_at"], his["message_id"]) == ("accepted", NOW, "m-1")
