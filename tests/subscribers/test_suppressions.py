import datetime as dt
from itertools import permutations

import pytest

from subscribers import people, suppressions
from subscribers.addresses import address_key
from subscribers.models import Change, List, Suppression
from subscribers.suppressions import Report
from subscribers.vocabulary import Suppressed

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NINA = address_key("nina@example.org")
HOUR = dt.timedelta(hours=1)


def bounce(at: dt.datetime, key: str = NINA, list_id: int | None = None) -> Report:
    return Report(key, Suppressed.BOUNCED, at, "event", list_id)


def lift(at: dt.datetime) -> None:
    Suppression.objects.filter(lifted_at=None).update(lifted_at=at, lifted_because="she wrote to us")


def test_an_address_is_suppressed_once_for_each_reason(noon: dt.datetime) -> None:
    assert suppressions.suppress(NINA, Suppressed.BY_HAND, "telephone", noon)
    assert not suppressions.suppress(NINA, Suppressed.BY_HAND, "letter", noon + HOUR)
    assert suppressions.suppress(NINA, Suppressed.BOUNCED, "event", noon + HOUR)
    assert [row.source for row in suppressions.of_address(NINA)] == ["telephone", "event"]


def test_a_list_and_everywhere_are_two_suppressions(digest: List, noon: dt.datetime) -> None:
    assert suppressions.suppress(NINA, Suppressed.UNSUBSCRIBED, "one-click", noon, digest)
    assert suppressions.suppress(NINA, Suppressed.BOUNCED, "event", noon)
    assert [row.reason for row in suppressions.of_address(NINA)] == ["bounced", "unsubscribed"]


def test_reports_may_come_in_any_order_and_twice(digest: List, noon: dt.datetime) -> None:
    reports = [bounce(noon), bounce(noon - HOUR), bounce(noon, list_id=digest.pk), bounce(noon, "f" * 32)]
    for order in permutations(reports):
        Suppression.objects.all().delete()
        assert suppressions.suppress_keys([*order, *order]) == 3
        assert Suppression.objects.count() == 3


def test_a_report_older_than_the_lift_does_not_suppress_again(noon: dt.datetime) -> None:
    suppressions.suppress_keys([bounce(noon)])
    lift(noon + HOUR)
    assert suppressions.suppress_keys([bounce(noon)]) == 0
    assert suppressions.suppress_keys([bounce(noon + HOUR)]) == 0
    assert suppressions.suppress_keys([bounce(noon + 2 * HOUR)]) == 1


def test_a_lift_on_one_list_does_not_excuse_a_dead_mailbox(digest: List, noon: dt.datetime) -> None:
    suppressions.suppress(NINA, Suppressed.UNSUBSCRIBED, "one-click", noon, digest)
    lift(noon + HOUR)
    assert suppressions.suppress_keys([bounce(noon)]) == 1


def test_a_report_older_than_the_consent_does_not_suppress(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    assert suppressions.suppress_keys([bounce(noon - HOUR), bounce(noon - HOUR, list_id=digest.pk)]) == 0
    assert suppressions.suppress_keys([bounce(noon + HOUR)]) == 1


def test_consent_to_one_list_says_nothing_of_another(digest: List, second: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    assert suppressions.suppress_keys([bounce(noon - HOUR, list_id=second.pk)]) == 1


def test_somebody_elses_consent_helps_nobody(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "omar@example.org", consent="form", by="ops", at=noon)
    assert suppressions.suppress_keys([bounce(noon - HOUR)]) == 1


def test_lifted_suppressions_are_no_longer_in_force(noon: dt.datetime) -> None:
    suppressions.suppress(NINA, Suppressed.BY_HAND, "telephone", noon)
    lift(noon + HOUR)
    assert not suppressions.of_address(NINA).exists()
    assert suppressions.suppress(NINA, Suppressed.BY_HAND, "telephone", noon)


@pytest.mark.parametrize("source", ["", "  ", "\n"])
def test_a_suppression_without_evidence_is_refused(source: str, noon: dt.datetime) -> None:
    with pytest.raises(suppressions.SuppressionError, match="Say why"):
        suppressions.suppress(NINA, Suppressed.BY_HAND, source, noon)
    assert not suppressions.of_address(NINA).exists()


def test_who_of_us_said_so_is_in_the_audit_log(digest: List, noon: dt.datetime) -> None:
    assert suppressions.by_hand(NINA, "she wrote", noon, by="ops", newsletter=digest)
    assert not suppressions.by_hand(NINA, "she wrote", noon, by="ops", newsletter=digest)
    line = Change.objects.get(what="subscribers suppress")
    assert (line.who, line.list, line.subject) == ("ops", digest, NINA)
    assert line.after == {"suppressed": "space-digest"}


@pytest.mark.parametrize("why", ["", " ", "x" * 201])
def test_evidence_that_cannot_be_kept_whole_is_refused(why: str, noon: dt.datetime) -> None:
    with pytest.raises(suppressions.SuppressionError, match="Say why"):
        suppressions.by_hand(NINA, why, noon, by="ops")
    assert not Change.objects.exists()


def test_lifted_suppressions_are_remembered(noon: dt.datetime) -> None:
    suppressions.suppress(NINA, Suppressed.BY_HAND, "telephone", noon)
    lift(noon + HOUR)
    suppressions.suppress(NINA, Suppressed.BOUNCED, "event", noon + HOUR)
    assert [row.reason for row in suppressions.ever_of_address(NINA)] == ["by_hand", "bounced"]
