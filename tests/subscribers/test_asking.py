"""What a page asks for: one row and one statement for everybody, whoever the address belongs to."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscribers import answering, asking
from subscribers.addresses import address_key, parse
from subscribers.evidence import Origin
from subscribers.interests import UnknownInterestError
from subscribers.models import Letter, List, Request, Subscriber, Suppression
from subscribers.vocabulary import OutboxKind, RequestKind, Status, Suppressed
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HERE = Origin(wording="subscribe.html@abc", network="203.0.113.0/24")
DAY = dt.timedelta(days=1)


def key(address: str) -> str:
    return address_key(parse(address).canonical)


def wish(owner: List, address: str = "nina@example.org", *slugs: str, **more: bool) -> asking.Wish:
    return asking.Wish(
        owner, parse(address), slugs, more.get("tracked", False), more.get("current", False), "ru"
    )


def sign_up(owner: List, address: str = "nina@example.org", *slugs: str, at: dt.datetime = NOW) -> int:
    return asking.sign_up(wish(owner, address, *slugs), origin=HERE, at=at)


def answered(request: int, at: dt.datetime = NOW) -> Letter:
    """The letter that answers a request."""
    letter = answering.answer(request, at=at)
    assert letter
    return Letter.objects.get(pk=letter)


def suppress(address: str, reason: Suppressed, owner: List | None = None) -> None:
    Suppression.objects.create(address_key=key(address), list=owner, reason=reason, source="a test", at=NOW)


def test_a_stranger_who_signs_up_is_nobody_here_and_gets_a_letter() -> None:
    owner = a_list()
    request = sign_up(owner, "Nina@Example.org", "africa")
    assert answering.waiting(most=10) == [request]
    row = answered(request)
    assert (row.kind, row.address, row.subscriber, row.language) == (
        OutboxKind.CONFIRMATION,
        "Nina@example.org",
        None,
        "ru",
    )
    assert row.values == {"request": request}
    assert not Subscriber.objects.exists()
    assert answering.waiting(most=10) == []


def test_the_same_statements_are_asked_of_the_database_whoever_signs_up() -> None:
    owner = a_list()
    for status in Status:
        a_reader(owner, f"{status}@example.org", status=status)
    for reason in Suppressed:
        suppress(f"{reason}@example.org", reason)
    said = set()
    for name in ("nobody", *Status, *Suppressed):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            asking.sign_up(wish(owner, f"{name}@example.org"), origin=HERE, at=NOW)
        said.add(
            tuple(query["sql"].replace(key(f"{name}@example.org"), "K").replace(name, "N") for query in asked)
        )
    assert len(said) == 1


def test_asked_again_it_is_one_request_with_the_latest_choice() -> None:
    owner = a_list()
    first = sign_up(owner, "nina@example.org", "africa")
    assert sign_up(owner, "NINA@example.org", "china", "russia") == first
    row = Request.objects.get()
    assert row.everything is False
    assert row.interests.bit_count() == 2


def test_an_address_gets_one_letter_a_day_over_all_lists_and_three_a_month() -> None:
    space, sea = a_list(), a_list("sea-digest")
    letters = []
    for day in range(30):
        for owner in (space, sea):
            for hour in (0, 5):
                at = NOW + day * DAY + dt.timedelta(hours=hour)
                letters.append(answering.answer(sign_up(owner, at=at), at=at))
    assert len([letter for letter in letters if letter]) == 3
    assert Request.objects.filter(kept_back=answering.TOO_OFTEN).exists()


def test_sub_addresses_of_one_mailbox_share_its_letters() -> None:
    owner = a_list()
    asked = [sign_up(owner, f"nina+{number}@example.org") for number in range(30)]
    assert len([letter for number in asked if (letter := answering.answer(number, at=NOW))]) == 3


@pytest.mark.parametrize(
    ("reason", "where", "letters"),
    [
        (Suppressed.UNSUBSCRIBED, "space-digest", 1),
        (Suppressed.UNSUBSCRIBED, "everywhere", 1),
        (Suppressed.ERASED, "everywhere", 1),
        (Suppressed.COMPLAINED, "everywhere", 0),
        (Suppressed.COMPLAINED, "space-digest", 0),
        (Suppressed.BOUNCED, "everywhere", 0),
        (Suppressed.BY_HAND, "space-digest", 0),
    ],
)
def test_who_left_may_come_back_and_who_complained_is_left_in_peace(
    reason: Suppressed, where: str, letters: int
) -> None:
    owner = a_list()
    suppress("nina@example.org", reason, owner if where == owner.slug else None)
    answering.answer(sign_up(owner), at=NOW)
    assert Letter.objects.count() == letters
    assert bool(Request.objects.get().kept_back) is not bool(letters)


def test_a_lifted_suppression_keeps_nobody_away() -> None:
    owner = a_list()
    suppress("nina@example.org", Suppressed.BOUNCED)
    Suppression.objects.update(lifted_at=NOW, lifted_because="works again")
    assert answering.answer(sign_up(owner), at=NOW)


def test_who_gets_the_letters_already_is_told_so() -> None:
    owner = a_list()
    nina = a_reader(owner, "nina@example.org")
    assert answered(sign_up(owner)).values["already"] == nina.pk


def test_answered_once_it_is_answered() -> None:
    owner = a_list()
    request = sign_up(owner)
    assert answering.answer(request, at=NOW)
    assert answering.answer(request, at=NOW) is None
    assert Letter.objects.count() == 1


def test_an_interest_that_is_not_the_lists_is_refused_before_anything_is_written() -> None:
    owner = a_list()
    with pytest.raises(UnknownInterestError):
        sign_up(owner, "nina@example.org", "mars")
    assert not Request.objects.exists()


@pytest.mark.parametrize("kind", [RequestKind.DATA, RequestKind.FORGET, RequestKind.READDRESS])
def test_a_reader_asks_for_a_link_and_gets_it_at_their_own_address(kind: RequestKind) -> None:
    nina = a_reader(a_list(), "nina@example.org")
    request = asking.ask(kind, nina.pk, language="en", origin=HERE, at=NOW)
    assert request
    row = answered(request)
    assert (row.kind, row.address, row.subscriber) == (OutboxKind.LINK, "", nina.subscriber)


def test_who_has_left_or_complained_may_still_ask_what_we_know_of_them() -> None:
    owner = a_list()
    nina = a_reader(owner, "nina@example.org", status=Status.UNSUBSCRIBED)
    suppress("nina@example.org", Suppressed.COMPLAINED)
    request = asking.ask(RequestKind.DATA, nina.pk, language="en", origin=HERE, at=NOW)
    assert request
    assert answering.answer(request, at=NOW)


def test_a_reader_whose_link_is_pressed_over_and_over_is_not_flooded() -> None:
    nina = a_reader(a_list(), "nina@example.org")
    written = 0
    for minute in range(60):
        at = NOW + dt.timedelta(minutes=minute)
        request = asking.ask(RequestKind.DATA, nina.pk, language="en", origin=HERE, at=at)
        assert request
        written += answering.answer(request, at=at) is not None
    assert written == 3


def test_one_who_is_gone_asks_for_nothing() -> None:
    assert asking.ask(RequestKind.DATA, 17, language="en", origin=HERE, at=NOW) is None


def test_the_link_to_another_address_is_used_up_by_naming_it() -> None:
    nina = a_reader(a_list(), "nina@example.org")
    proof = asking.ask(RequestKind.READDRESS, nina.pk, language="en", origin=HERE, at=NOW)
    assert proof
    new = parse("nina@new.example.net")
    # Not yet: no letter has brought it.
    assert asking.move(proof, new, language="en", origin=HERE, at=NOW) is None
    answering.answer(proof, at=NOW)
    request = asking.move(proof, new, language="en", origin=HERE, at=NOW)
    assert request
    assert asking.move(proof, new, language="en", origin=HERE, at=NOW) is None
    row = answered(request)
    assert (row.kind, row.address, row.subscriber) == (OutboxKind.LINK, "nina@new.example.net", None)


def test_after_an_hour_the_link_to_another_address_does_nothing() -> None:
    nina = a_reader(a_list(), "nina@example.org")
    proof = asking.ask(RequestKind.READDRESS, nina.pk, language="en", origin=HERE, at=NOW)
    assert proof
    answering.answer(proof, at=NOW)
    late = NOW + dt.timedelta(hours=1)
    assert asking.move(proof, parse("nina@new.example.net"), language="en", origin=HERE, at=late) is None
