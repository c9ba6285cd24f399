import datetime as dt

import pytest

from subscribers import leaving, people, suppressions
from subscribers.addresses import address_key
from subscribers.lifting import LiftError, lift
from subscribers.models import Change, List, Subscription, Suppression
from subscribers.suppressions import Report
from subscribers.vocabulary import Suppressed

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NINA = address_key("nina@example.org")
HOUR = dt.timedelta(hours=1)


def bar(reason: Suppressed, at: dt.datetime, newsletter: List | None = None) -> None:
    suppressions.suppress(NINA, reason, "told", at, newsletter)


def test_a_bounce_is_lifted_and_stays_on_record(noon: dt.datetime) -> None:
    bar(Suppressed.BOUNCED, noon)
    done = lift(NINA, " the mailbox works again ", by="ops", at=noon + HOUR)
    assert [(each.reason, each.list, each.at) for each in done.lifted] == [("bounced", None, noon)]
    row = Suppression.objects.get()
    assert (row.lifted_at, row.lifted_because) == (noon + HOUR, "the mailbox works again")
    line = Change.objects.get()
    assert (line.who, line.what, line.subject) == ("ops", "subscribers lift", NINA)
    assert (line.before, line.after) == ({"suppressed": ["bounced, everywhere"]}, {"suppressed": []})


def test_lifting_twice_is_lifting_once(noon: dt.datetime) -> None:
    bar(Suppressed.BOUNCED, noon)
    lift(NINA, "works", by="ops", at=noon + HOUR)
    assert lift(NINA, "works", by="ops", at=noon + 2 * HOUR).lifted == ()
    assert Suppression.objects.get().lifted_at == noon + HOUR
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "words"), [(Suppressed.COMPLAINED, "complained"), (Suppressed.UNSUBSCRIBED, "left")]
)
def test_what_the_reader_said_is_not_lifted_by_accident(
    reason: Suppressed, words: str, noon: dt.datetime
) -> None:
    bar(reason, noon)
    with pytest.raises(LiftError, match=rf"since they {words}\. If they asked for it, say --only {reason}"):
        lift(NINA, "why not", by="ops", at=noon)
    assert Suppression.objects.get().lifted_at is None
    assert [each.reason for each in lift(NINA, "she wrote", by="ops", at=noon, only=reason).lifted] == [
        reason
    ]


def test_a_bounce_goes_and_the_complaint_beside_it_stays(noon: dt.datetime) -> None:
    bar(Suppressed.BOUNCED, noon)
    bar(Suppressed.BY_HAND, noon)
    bar(Suppressed.COMPLAINED, noon)
    done = lift(NINA, "works", by="ops", at=noon)
    assert [each.reason for each in done.lifted] == ["bounced", "by_hand"]
    assert [each.reason for each in done.standing] == ["complained"]


def test_one_list_is_lifted_and_the_other_stays(digest: List, second: List, noon: dt.datetime) -> None:
    for newsletter in (digest, second, None):
        bar(Suppressed.BY_HAND, noon, newsletter)
    done = lift(NINA, "asked", by="ops", at=noon, newsletter=digest)
    assert [each.list for each in done.lifted] == ["space-digest"]
    assert [each.list for each in done.standing] == ["second", None]


@pytest.mark.parametrize("only", [None, Suppressed.BOUNCED])
def test_an_erasure_cannot_be_lifted(only: Suppressed | None, noon: dt.datetime) -> None:
    bar(Suppressed.BOUNCED, noon)
    bar(Suppressed.ERASED, noon)
    with pytest.raises(LiftError, match="erased on 2026-03-24, which cannot be lifted"):
        lift(NINA, "please", by="ops", at=noon, only=only)
    assert suppressions.of_address(NINA).count() == 2


@pytest.mark.parametrize("why", ["", " \n", "x" * 1_001])
def test_a_lift_needs_a_reason_that_can_be_kept(why: str, noon: dt.datetime) -> None:
    bar(Suppressed.BOUNCED, noon)
    with pytest.raises(LiftError, match="Say why"):
        lift(NINA, why, by="ops", at=noon)
    assert suppressions.of_address(NINA).exists()


def test_who_left_stays_away_and_older_news_does_not_suppress_again(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon - HOUR)
    leaving.unsubscribe(Subscription.objects.get().pk, "one-click", noon)
    bar(Suppressed.BOUNCED, noon)
    lift(NINA, "works", by="ops", at=noon + HOUR)
    lift(NINA, "she wrote", by="ops", at=noon + HOUR, only=Suppressed.UNSUBSCRIBED)
    assert Subscription.objects.get().status == "unsubscribed"
    assert suppressions.suppress_keys([Report(NINA, Suppressed.BOUNCED, noon, "event")]) == 0
    with pytest.raises(people.PersonError, match="only they can come back"):
        people.add(digest, "nina@example.org", consent="a list we bought", by="ops", at=noon)
    assert [line.subscriber is not None for line in Change.objects.filter(what="subscribers lift")] == [
        True,
        True,
    ]
