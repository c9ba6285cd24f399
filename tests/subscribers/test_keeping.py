import datetime as dt

import pytest

from subscribers import keeping, leaving, people, suppressions
from subscribers.addresses import address_key
from subscribers.models import Change, Consent, Letter, List, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Action, OutboxKind, Status, Suppressed

pytestmark = pytest.mark.database

DAY = dt.timedelta(days=1)


def signed_up(newsletter: List, address: str, at: dt.datetime) -> Subscription:
    """Somebody who asked for a list, and got the letter that asks them to confirm."""
    people.add(newsletter, address, consent="form", by="ops", at=at)
    subscription = Subscription.objects.select_related("subscriber").get(
        list=newsletter, subscriber__canonical=address
    )
    Subscription.objects.filter(pk=subscription.pk).update(status=Status.PENDING)
    Letter.objects.create(
        kind=OutboxKind.CONFIRMATION,
        list=newsletter,
        subscriber=subscription.subscriber,
        occasion=f"confirm {subscription.pk}",
        created_at=at,
    )
    return subscription


def forget(newsletter: List, now: dt.datetime) -> int:
    return keeping.forget_unconfirmed(newsletter, by="retention", now=now)


def test_a_sign_up_that_was_never_confirmed_goes_without_a_trace(digest: List, noon: dt.datetime) -> None:
    signed_up(digest, "nina@example.org", noon)
    assert forget(digest, noon + 30 * DAY) == 0
    assert [row.pk for row in keeping.unconfirmed(digest, now=noon + 31 * DAY)]
    assert forget(digest, noon + 31 * DAY) == 1
    assert forget(digest, noon + 31 * DAY) == 0
    for model in (Subscriber, Subscription, Consent, Letter, Suppression):
        assert not model.objects.exists()
    line = Change.objects.get(what="retention")
    assert (line.who, line.list, line.after) == (
        "retention",
        digest,
        {"sign_ups_removed": 1, "people_removed": 1, "left_again": 0},
    )
    assert Change.objects.get(what="subscribers add").after == {}
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon + 40 * DAY)


def test_who_confirmed_or_has_days_left_stays(digest: List, second: List, noon: dt.datetime) -> None:
    people.add(digest, "omar@example.org", consent="form", by="ops", at=noon)
    signed_up(digest, "li@example.org", noon + 5 * DAY)
    signed_up(second, "ada@example.org", noon)
    assert forget(digest, noon + 31 * DAY) == 0
    assert Subscriber.objects.count() == 3


def test_a_list_may_keep_sign_ups_for_ever(digest: List, noon: dt.datetime) -> None:
    signed_up(digest, "nina@example.org", noon)
    List.objects.update(keep_pending_days=None)
    digest.refresh_from_db()
    assert forget(digest, noon + 9_999 * DAY) == 0


def test_who_is_on_another_list_goes_from_this_one_alone(
    digest: List, second: List, noon: dt.datetime
) -> None:
    people.add(second, "nina@example.org", name="Nina", consent="stand", by="ops", at=noon)
    signed_up(digest, "nina@example.org", noon)
    assert forget(digest, noon + 31 * DAY) == 1
    shown = people.show("nina@example.org")
    assert [row["list"] for row in shown["subscriptions"]] == ["second"]
    assert [row["list"] for row in shown["consents"]] == ["second"]
    assert shown["letters"] == []


def test_who_had_left_and_never_confirmed_to_come_back_has_left(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    nina = Subscription.objects.get()
    leaving.unsubscribe(nina.pk, "one-click", noon)
    Subscription.objects.update(status=Status.PENDING)
    assert forget(digest, noon + 31 * DAY) == 1
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"
    last = nina.subscriber.consents.last()
    assert last is not None
    assert (last.action, last.how) == (
        "withdrawn",
        "retention: the sign-up was not confirmed within 30 days",
    )
    assert Consent.objects.count() == 3


def test_what_somebody_was_suppressed_for_stays_as_a_hash(digest: List, noon: dt.datetime) -> None:
    signed_up(digest, "nina@example.org", noon)
    suppressions.suppress(address_key("nina@example.org"), Suppressed.BOUNCED, "told", noon)
    forget(digest, noon + 31 * DAY)
    assert Suppression.objects.get().reason == "bounced"


def test_many_are_forgotten_in_portions(
    digest: List, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_MANY", 2)
    for number in range(5):
        signed_up(digest, f"reader{number}@example.org", noon)
    assert forget(digest, noon + 31 * DAY) == 5
    assert Change.objects.filter(what="retention").count() == 3
    assert not Subscriber.objects.exists()


def test_who_no_longer_reads_is_taken_off_and_not_suppressed(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    List.objects.update(keep_inactive_days=365)
    digest.refresh_from_db()
    nina = Subscription.objects.get()
    assert keeping.end_inactive(digest, [nina.pk], by="retention", now=noon + 400 * DAY) == 1
    assert keeping.end_inactive(digest, [nina.pk], by="retention", now=noon + 400 * DAY) == 0
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"
    assert not Suppression.objects.exists()
    line = Consent.objects.get(action=Action.WITHDRAWN)
    assert line.how == "retention: nothing was opened, clicked or chosen for 365 days"
    assert line.detail == {"before": {"status": "active"}}
    with pytest.raises(people.PersonError, match="only they can come back"):
        people.add(digest, "nina@example.org", consent="an old file", by="ops", at=noon + 401 * DAY)


def test_who_left_meanwhile_is_not_taken_off_again(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    nina = Subscription.objects.get()
    leaving.unsubscribe(nina.pk, "one-click", noon)
    assert keeping.end_inactive(digest, [nina.pk], by="retention", now=noon + DAY) == 0
    assert Consent.objects.filter(action=Action.WITHDRAWN).count() == 1
