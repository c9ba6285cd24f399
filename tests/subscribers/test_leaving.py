import datetime as dt

import pytest

from subscribers import leaving, people, suppressions
from subscribers.addresses import address_key
from subscribers.evidence import Origin
from subscribers.models import Change, Consent, List, Subscription, Suppression

pytestmark = pytest.mark.database
NINA = address_key("nina@example.org")


@pytest.fixture
def nina(digest: List, noon: dt.datetime) -> Subscription:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    return Subscription.objects.get()


def test_leaving_ends_the_subscription_with_evidence(
    nina: Subscription, digest: List, noon: dt.datetime
) -> None:
    assert leaving.unsubscribe(nina.pk, "one-click", noon)
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"
    [suppression] = suppressions.of_address(NINA)
    assert (suppression.list, suppression.reason, suppression.source) == (digest, "unsubscribed", "one-click")
    assert list(Consent.objects.values_list("action", "how")) == [
        ("granted", "form"),
        ("withdrawn", "one-click"),
    ]


def test_leaving_twice_is_leaving_once(nina: Subscription, noon: dt.datetime) -> None:
    leaving.unsubscribe(nina.pk, "one-click", noon)
    assert not leaving.unsubscribe(nina.pk, "one-click", noon + dt.timedelta(days=1))
    nina.refresh_from_db()
    assert nina.changed_at == noon
    assert Suppression.objects.count() == 1
    assert Consent.objects.filter(action="withdrawn").count() == 1


@pytest.mark.usefixtures("db")
def test_a_subscription_that_is_gone_cannot_be_left(noon: dt.datetime) -> None:
    assert not leaving.unsubscribe(4711, "one-click", noon)
    assert not Suppression.objects.exists()


@pytest.mark.usefixtures("nina")
def test_leaving_one_list_keeps_the_other(digest: List, second: List, noon: dt.datetime) -> None:
    people.add(second, "nina@example.org", consent="form", by="ops", at=noon)
    assert leaving.leave(NINA, digest, "telephone", noon, by="ops")
    assert dict(Subscription.objects.values_list("list__slug", "status")) == {
        "space-digest": "unsubscribed",
        "second": "active",
    }


@pytest.mark.usefixtures("nina")
def test_leaving_everywhere_leaves_every_list_and_those_to_come(second: List, noon: dt.datetime) -> None:
    people.add(second, "nina@example.org", consent="form", by="ops", at=noon)
    assert leaving.leave(NINA, None, "telephone", noon, by="ops")
    assert set(Subscription.objects.values_list("status", flat=True)) == {"unsubscribed"}
    assert suppressions.of_address(NINA)[0].list is None
    assert not leaving.leave(NINA, None, "telephone", noon, by="ops")


def test_a_stranger_who_wants_no_letters_is_remembered_by_hash_alone(digest: List, noon: dt.datetime) -> None:
    assert leaving.leave(NINA, digest, "telephone", noon, by="ops")
    assert suppressions.of_address(NINA).count() == 1
    with pytest.raises(people.PersonError, match="suppressed"):
        people.add(digest, "nina@example.org", consent="bought", by="ops", at=noon)


@pytest.mark.usefixtures("nina")
def test_who_of_us_took_somebody_off_is_in_the_audit_log(digest: List, noon: dt.datetime) -> None:
    leaving.leave(NINA, digest, "telephone", noon, by="ops")
    leaving.leave(NINA, digest, "telephone", noon, by="ops")
    line = Change.objects.get(what="subscribers unsubscribe")
    assert (line.who, line.list, line.subscriber is not None, line.subject) == ("ops", digest, True, "")
    assert line.before == {"subscriptions": {"space-digest": "active"}}
    assert line.after == {
        "subscriptions": {"space-digest": "unsubscribed"},
        "suppressed": "space-digest",
    }


def test_a_stranger_is_named_by_the_hash_in_the_audit_log(digest: List, noon: dt.datetime) -> None:
    leaving.leave(NINA, digest, "telephone", noon, by="ops")
    line = Change.objects.get(what="subscribers unsubscribe")
    assert (line.subject, line.subscriber, line.before) == (NINA, None, {})


def test_what_the_request_told_is_kept_as_evidence(nina: Subscription, noon: dt.datetime) -> None:
    leaving.unsubscribe(nina.pk, "the page", noon, origin=Origin("leave.html@1", "203.0.113.0/24"))
    line = Consent.objects.get(action="withdrawn")
    assert (line.wording, line.network) == ("leave.html@1", "203.0.113.0/24")
    assert line.detail == {"before": {"status": "active"}}
