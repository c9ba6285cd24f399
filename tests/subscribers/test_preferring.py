"""What a reader wants otherwise: set together, told apart in the evidence."""

import datetime as dt

import pytest

from subscribers import preferring
from subscribers.interests import Interests, UnknownInterestError
from subscribers.models import Consent, Subscription
from subscribers.preferring import Choice, Pause, Wanted
from subscribers.vocabulary import Status
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.database]
UNTIL = NOW + dt.timedelta(days=14)


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", tracked=True)


def choice(reader: Subscription, *slugs: str) -> Choice:
    return Choice(slugs, Interests.of(reader.list))


def test_what_is_chosen_holds_and_is_evidence_with_what_was_before(nina: Subscription) -> None:
    wanted = Wanted(text_only=True, tracked=False, locale="ar")
    assert preferring.prefer(nina.pk, wanted, how="page", at=NOW)
    nina.subscriber.refresh_from_db()
    person = nina.subscriber
    assert (person.text_only, person.tracked, person.locale) == (True, False, "ar")
    assert Consent.objects.get().detail == {
        "text_only": True,
        "tracked": False,
        "locale": "ar",
        "before": {"text_only": False, "tracked": True, "locale": ""},
    }


def test_nothing_new_is_no_evidence(nina: Subscription) -> None:
    wanted = Wanted(choice(nina), Pause(None), text_only=False, tracked=True, locale="")
    changed_at = nina.changed_at
    assert not preferring.prefer(nina.pk, wanted, how="page", at=NOW + dt.timedelta(hours=1))
    assert not preferring.prefer(nina.pk, Wanted(), how="page", at=NOW)
    assert not Consent.objects.exists()
    nina.refresh_from_db()
    assert nina.changed_at == changed_at


def test_only_what_is_different_is_told(nina: Subscription) -> None:
    wanted = Wanted(text_only=False, tracked=True, locale="hi")
    preferring.prefer(nina.pk, wanted, how="page", at=NOW)
    assert Consent.objects.get().detail == {"locale": "hi", "before": {"locale": ""}}


def test_all_at_once_is_a_line_for_each_kind(nina: Subscription) -> None:
    wanted = Wanted(choice(nina, "china", "africa"), Pause(UNTIL), text_only=True)
    assert preferring.prefer(nina.pk, wanted, how="page", at=NOW)
    nina.refresh_from_db()
    assert (nina.everything, nina.interests, nina.status) == (False, 0b0101, Status.PAUSED)
    assert (nina.paused_until, nina.changed_at) == (UNTIL, NOW)
    assert [line.detail["before"] for line in Consent.objects.order_by("pk")] == [
        {"text_only": False},
        {"interests": "everything"},
        {"status": "active"},
    ]


def test_an_unknown_interest_changes_nothing_at_all(nina: Subscription) -> None:
    wanted = Wanted(choice(nina, "mars"), text_only=True)
    with pytest.raises(UnknownInterestError):
        preferring.prefer(nina.pk, wanted, how="page", at=NOW)
    nina.subscriber.refresh_from_db()
    assert not nina.subscriber.text_only


@pytest.mark.parametrize("status", [Status.PENDING, Status.ACTIVE])
def test_only_who_gets_letters_can_pause(status: Status) -> None:
    reader = a_reader(a_list(), "omar@example.org", status=status)
    pauses = status == Status.ACTIVE
    assert preferring.prefer(reader.pk, Wanted(pause=Pause(UNTIL)), how="page", at=NOW) is pauses
    reader.refresh_from_db()
    assert reader.status == (Status.PAUSED if pauses else status)


def test_who_has_left_or_is_gone_sets_nothing() -> None:
    nina = a_reader(a_list(), "nina@example.org", status=Status.UNSUBSCRIBED)
    wanted = Wanted(choice(nina, "china"), Pause(UNTIL), text_only=True)
    assert not preferring.prefer(nina.pk, wanted, how="page", at=NOW)
    assert not preferring.prefer(nina.pk + 1, wanted, how="page", at=NOW)
    assert not Consent.objects.exists()
