"""The test list of a list: a few addresses, kept once, named in no log, and gone with whoever is erased."""

import pytest

from mailer import testers
from subscribers import changes
from subscribers.erasing import erase
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_an_address_is_on_the_list_once_however_it_is_written() -> None:
    owner = a_list()
    assert testers.add(owner, ["Ada@news.example", "bo@news.example"], by="ed", at=NOW) == 2
    assert testers.add(owner, ["ADA@news.example"], by="ed", at=NOW) == 0
    assert testers.of(owner) == ["Ada@news.example", "bo@news.example"]
    assert testers.of(a_list("other")) == []


def test_who_is_taken_off_is_gone_and_twice_is_harmless() -> None:
    owner = a_list()
    testers.add(owner, ["ada@news.example", "bo@news.example"], by="ed", at=NOW)
    assert testers.remove(owner, ["Ada@news.example"], by="ed", at=NOW) == 1
    assert testers.remove(owner, ["ada@news.example"], by="ed", at=NOW) == 0
    assert testers.of(owner) == ["bo@news.example"]


def test_what_is_no_address_adds_and_takes_off_nobody() -> None:
    owner = a_list()
    with pytest.raises(testers.TesterError, match="nowhere: "):
        testers.add(owner, ["ada@news.example", "nowhere"], by="ed", at=NOW)
    assert testers.of(owner) == []
    testers.add(owner, ["ada@news.example"], by="ed", at=NOW)
    with pytest.raises(testers.TesterError, match="nowhere: "):
        testers.remove(owner, ["ada@news.example", "nowhere"], by="ed", at=NOW)
    assert testers.of(owner) == ["ada@news.example"]


def test_some_leave_and_some_come_at_once_or_neither() -> None:
    owner = a_list()
    testers.add(owner, [f"t{n}@news.example" for n in range(50)], by="ed", at=NOW)
    with pytest.raises(testers.TesterError, match="at most 50"):
        testers.change(owner, on=["a@b.example", "c@b.example"], off=["t0@news.example"], by="ed", at=NOW)
    assert len(testers.of(owner)) == 50
    done = testers.change(owner, on=["a@b.example"], off=["t0@news.example"], by="ed", at=NOW)
    assert (done.added, done.removed) == (1, 1)
    assert testers.of(owner)[-1] == "a@b.example"


def test_a_test_list_is_no_audience() -> None:
    owner = a_list()
    testers.add(owner, [f"t{n}@news.example" for n in range(50)], by="ed", at=NOW)
    with pytest.raises(testers.TesterError, match="at most 50 addresses, and this would be 51"):
        testers.add(owner, ["one@more.example"], by="ed", at=NOW)


def test_the_log_says_how_many_and_nobodys_address() -> None:
    owner = a_list()
    testers.add(owner, ["ada@news.example"], by="ed", at=NOW)
    testers.remove(owner, ["ada@news.example"], by="bo", at=NOW)
    lines = [line for line in changes.listing() if line["what"] == "lists testers"]
    assert [(line["who"], line["before"], line["after"]) for line in lines] == [
        ("ed", {"addresses": 0}, {"addresses": 1}),
        ("bo", {"addresses": 1}, {"addresses": 0}),
    ]
    assert "ada" not in str(lines)


def test_whoever_is_erased_is_on_no_test_list() -> None:
    owner = a_list()
    testers.add(owner, ["ada@news.example"], by="ed", at=NOW)
    erased = erase("ada@news.example", by="ed", at=NOW)
    assert ("test lists", 1) in [(place.place, place.rows) for place in erased.places]
    assert testers.of(owner) == []
