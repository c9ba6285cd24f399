"""How letters come: text alone, counted or not, in which language."""

import pytest

from subscribers import preferring
from subscribers.models import Consent
from subscribers.vocabulary import Status
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_what_is_chosen_holds_and_is_evidence_with_what_was_before() -> None:
    nina = a_reader(a_list(), "nina@example.org", tracked=True)
    assert preferring.prefer(nina.pk, text_only=True, tracked=False, locale="ar", how="page", at=NOW)
    nina.subscriber.refresh_from_db()
    person = nina.subscriber
    assert (person.text_only, person.tracked, person.locale) == (True, False, "ar")
    assert Consent.objects.get().detail == {
        "text_only": True,
        "tracked": False,
        "locale": "ar",
        "before": {"text_only": False, "tracked": True, "locale": ""},
    }


def test_nothing_new_is_no_evidence() -> None:
    nina = a_reader(a_list(), "nina@example.org", tracked=True)
    assert not preferring.prefer(nina.pk, text_only=False, tracked=True, locale="", how="page", at=NOW)
    assert not Consent.objects.exists()


def test_only_what_is_different_is_told() -> None:
    nina = a_reader(a_list(), "nina@example.org", tracked=True)
    preferring.prefer(nina.pk, text_only=False, tracked=True, locale="hi", how="page", at=NOW)
    assert Consent.objects.get().detail == {"locale": "hi", "before": {"locale": ""}}


def test_who_has_left_or_is_gone_sets_nothing() -> None:
    nina = a_reader(a_list(), "nina@example.org", status=Status.UNSUBSCRIBED)
    assert not preferring.prefer(nina.pk, text_only=True, tracked=True, locale="", how="page", at=NOW)
    assert not preferring.prefer(nina.pk + 1, text_only=True, tracked=True, locale="", how="page", at=NOW)
