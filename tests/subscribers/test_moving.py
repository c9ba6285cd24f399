"""Another address: the old one proves who asks, the new one that it is theirs."""

import datetime as dt

import pytest

from subscribers import answering, asking, moving
from subscribers.addresses import parse
from subscribers.evidence import UNSTATED
from subscribers.models import Change, Request, Subscription
from subscribers.moving import Move, Taken
from subscribers.proving import Ended
from subscribers.readdressing import WHAT, former
from subscribers.vocabulary import RequestKind
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NEW = "nina@new.example.net"


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org")


def asked(nina: Subscription, new: str = NEW) -> int:
    proof = asking.ask(RequestKind.READDRESS, nina.pk, language="en", origin=UNSTATED, at=NOW)
    assert proof
    answering.answer(proof, at=NOW)
    request = asking.move(proof, parse(new), language="en", origin=UNSTATED, at=NOW)
    assert request
    answering.answer(request, at=NOW)
    return request


def test_letters_go_to_the_new_address_once_it_is_proved(nina: Subscription) -> None:
    request = asked(nina)
    there = moving.standing(request, at=NOW)
    assert isinstance(there, Move)
    assert (there.old, there.new) == ("nina@example.org", NEW)
    nina.subscriber.refresh_from_db()
    assert nina.subscriber.address == "nina@example.org"
    assert isinstance(moving.move(request, nina.subscriber_id, at=NOW), Move)
    nina.subscriber.refresh_from_db()
    assert nina.subscriber.address == NEW
    assert former(nina.subscriber_id) == ("nina@example.org",)
    assert Change.objects.get(what=WHAT).who == moving.WHO
    assert not Request.objects.exclude(address="").exists()


def test_twice_is_once_and_an_hour_is_the_end(nina: Subscription) -> None:
    request = asked(nina)
    late = NOW + dt.timedelta(hours=1)
    assert moving.move(request, nina.subscriber_id, at=late) is Ended.OVER
    assert isinstance(moving.move(request, nina.subscriber_id, at=NOW), Move)
    assert moving.move(request, nina.subscriber_id, at=NOW) is Ended.USED
    assert moving.move(request + 1, nina.subscriber_id, at=NOW) is Ended.GONE


def test_an_address_that_is_somebody_elses_stays_theirs(nina: Subscription) -> None:
    a_reader(nina.list, NEW)
    request = asked(nina)
    assert moving.move(request, nina.subscriber_id, at=NOW) == Taken(nina.list)
    nina.subscriber.refresh_from_db()
    assert nina.subscriber.address == "nina@example.org"


def test_a_link_moves_whom_it_was_written_for_though_another_names_the_same_address(
    nina: Subscription,
) -> None:
    request = asked(nina)
    eve = a_reader(nina.list, "eve@example.org")
    assert asked(eve) == request
    assert moving.move(request, nina.subscriber_id, at=NOW) is Ended.GONE
    eve.subscriber.refresh_from_db()
    assert eve.subscriber.address == "eve@example.org"
