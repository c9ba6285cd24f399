"""What one person was sent, over all editions."""

import pytest

from mailer import correspondence, sends
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
