"""What was asked for on pages is kept as long as its link is good, and its hashes as long as brakes count."""

import datetime as dt

import pytest

from subscribers import answering, asking, keeping_requests
from subscribers.addresses import parse
from subscribers.evidence import UNSTATED
from subscribers.models import Brake, Letter, List
from subscribers.vocabulary import OutboxState
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_what_was_asked_for_on_pages_goes_when_it_can_lead_to_nothing_and_takes_its_letters_along() -> None:
    owner = a_list()
    wish = asking.Wish(owner, parse("nina@example.org"), (), tracked=False, current=False, language="en")
    request = asking.sign_up(wish, origin=UNSTATED, at=NOW)
    letter = answering.answer(request, at=NOW)
    assert letter
    Letter.objects.filter(pk=letter).update(state=OutboxState.ACCEPTED)
    week = NOW + dt.timedelta(days=7)
    assert keeping_requests.forget_requests(now=week) == 0
    assert keeping_requests.forget_requests(now=week + dt.timedelta(seconds=1)) == 1
    assert not Letter.objects.exists()
    assert Brake.objects.exists()
    keeping_requests.forget_requests(now=NOW + dt.timedelta(days=31))
    assert not Brake.objects.exists()


def test_a_list_that_keeps_sign_ups_for_two_days_keeps_those_of_the_page_no_longer() -> None:
    owner = a_list()
    List.objects.filter(pk=owner.pk).update(keep_pending_days=2)
    wish = asking.Wish(owner, parse("nina@example.org"), (), tracked=False, current=False, language="en")
    answering.answer(asking.sign_up(wish, origin=UNSTATED, at=NOW), at=NOW)
    assert keeping_requests.forget_requests(now=NOW + dt.timedelta(days=2, seconds=1)) == 1
