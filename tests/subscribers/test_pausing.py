import datetime as dt

import pytest

from subscribers import leaving, pausing, people
from subscribers.models import Consent, List, Subscription

pytestmark = pytest.mark.database
WEEK = dt.timedelta(days=7)


@pytest.fixture
def nina(digest: List, noon: dt.datetime) -> Subscription:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    return Subscription.objects.get()


def test_a_pause_is_kept_with_its_evidence(nina: Subscription, noon: dt.datetime) -> None:
    assert pausing.pause(nina.pk, noon + WEEK, "telephone", noon)
    nina.refresh_from_db()
    assert (nina.status, nina.paused_until) == ("paused", noon + WEEK)
    line = Consent.objects.get(action="changed")
    assert line.how == "telephone"
    assert line.detail == {
        "status": "paused",
        "paused_until": "2026-03-31T12:00:00+00:00",
        "before": {"status": "active"},
    }


def test_pausing_for_the_same_time_again_leaves_no_trace(nina: Subscription, noon: dt.datetime) -> None:
    assert pausing.pause(nina.pk, noon + WEEK, "telephone", noon)
    assert not pausing.pause(nina.pk, noon + WEEK, "telephone", noon)
    assert pausing.pause(nina.pk, noon + 2 * WEEK, "telephone", noon)
    assert Consent.objects.filter(action="changed").count() == 2


def test_resuming_ends_a_pause_once(nina: Subscription, noon: dt.datetime) -> None:
    assert not pausing.resume(nina.pk, "telephone", noon)
    pausing.pause(nina.pk, noon + WEEK, "telephone", noon)
    assert pausing.resume(nina.pk, "telephone", noon)
    nina.refresh_from_db()
    assert (nina.status, nina.paused_until) == ("active", None)


def test_who_has_left_cannot_pause_or_resume(nina: Subscription, noon: dt.datetime) -> None:
    leaving.unsubscribe(nina.pk, "one-click", noon)
    assert not pausing.pause(nina.pk, noon + WEEK, "telephone", noon)
    assert not pausing.resume(nina.pk, "telephone", noon)
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"


def test_who_paused_and_leaves_is_paused_no_more(nina: Subscription, noon: dt.datetime) -> None:
    pausing.pause(nina.pk, noon + WEEK, "telephone", noon)
    assert leaving.unsubscribe(nina.pk, "one-click", noon)
    nina.refresh_from_db()
    assert (nina.status, nina.paused_until) == ("unsubscribed", None)
    assert pausing.resume_due(nina.list, now=noon + 2 * WEEK) == 0


def test_a_pause_that_is_over_ends_by_itself_with_evidence(
    nina: Subscription, digest: List, second: List, noon: dt.datetime
) -> None:
    people.add(digest, "omar@example.org", consent="form", by="ops", at=noon)
    pausing.pause(nina.pk, noon + WEEK, "telephone", noon)
    pausing.pause(
        Subscription.objects.get(subscriber__name="", subscriber__canonical="omar@example.org").pk,
        noon + 2 * WEEK,
        "telephone",
        noon,
    )
    assert [row.pk for row in pausing.due(digest, now=noon + WEEK)] == [nina.pk]
    assert pausing.resume_due(second, now=noon + WEEK) == 0
    assert pausing.resume_due(digest, now=noon + WEEK) == 1
    assert pausing.resume_due(digest, now=noon + WEEK) == 0
    nina.refresh_from_db()
    assert (nina.status, nina.paused_until, nina.changed_at) == ("active", None, noon + WEEK)
    last = nina.subscriber.consents.last()
    assert last is not None
    assert (last.action, last.how, last.at) == ("changed", pausing.OVER, noon + WEEK)
    assert last.detail == {"status": "active", "before": {"status": "paused"}}
