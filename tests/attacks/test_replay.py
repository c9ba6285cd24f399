"""Replay: what was sent once is sent again, by a proxy, an impatient finger or a thief. Twice is once."""

import datetime as dt

import pytest
from django.test import Client

from subscribers.erasing import Erased, erase
from subscribers.models import Request, Subscriber
from tests.attacks.addresses import Address, address, send, with_forms
from tests.stage import a_list, a_reader
from tests.web.form import note
from tests.web.stored import every_row, link, moving

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def done(route: str) -> Address:
    there = address(route)
    assert send(there).status_code == 200
    return there


@pytest.mark.parametrize("route", with_forms())
def test_the_second_time_nothing_changes(route: str) -> None:
    there = done(route)
    before = every_row()
    for _ in range(3):
        assert send(there).status_code < 500
    after = every_row()
    # How often a network tries is counted, whatever it tries.
    del before["brake"], after["brake"]
    assert after == before


@pytest.mark.parametrize("route", with_forms())
def test_who_replays_learns_nothing_that_the_first_answer_did_not_say(route: str) -> None:
    there = done(route)
    answers = [send(there) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code
    for answer in answers:
        written = answer.content.decode()
        assert "nina@" not in written or route == "subscribe/<slug:slug>", "their own words come back there"
        assert "Okafor" not in written


def test_data_is_handed_out_once() -> None:
    there = address("data/<str:token>")
    first, second = send(there), send(there)
    assert b"nina@example.org" in first.content
    assert (second.status_code, b"nina" in second.content) == (200, False)
    assert first.headers["Content-Disposition"].startswith("attachment;")


def test_a_ticket_signs_up_once_whoever_it_is_for(rung: list[tuple[str, int]]) -> None:
    there = done("subscribe/<slug:slug>")
    assert there.form
    for other in ("vera@example.org", "nina@example.org"):
        answer = Client().post(there.path, {**there.form, "email": other})
        assert note(answer)
    assert Request.objects.count() == 1
    assert len(rung) == 1


def test_a_ticket_of_one_list_is_none_of_another() -> None:
    there = address("subscribe/<slug:slug>")
    a_list("field-notes")
    assert note(Client().post("/subscribe/field-notes", there.form))
    assert not Request.objects.exists()


def test_who_names_the_new_address_of_another_gets_nothing_of_their_link() -> None:
    space = a_list()
    nina, eve = a_reader(space, "nina@example.org"), a_reader(space, "eve@example.org")
    path = link("move", "move", moving(nina, "nina@new.example"))
    shown = Client().get(path).content.decode()
    assert "n•••a@example.org" in shown
    Request.objects.update(subscriber=eve.subscriber)  # asked for the same since, in the same row
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 410
        assert "e•••e" not in answer.content.decode()
    assert set(Subscriber.objects.values_list("address", flat=True)) == {
        "nina@example.org",
        "eve@example.org",
    }


def test_a_button_pressed_twice_at_once_says_twice_that_the_reader_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = address("forget/<str:token>")

    def the_other_was_quicker(address: str, *, by: str, at: dt.datetime) -> Erased:
        erase(address, by=by, at=at)
        return erase(address, by=by, at=at)

    monkeypatch.setattr("mailer.web.yours.erase", the_other_was_quicker)
    answer = send(there)
    assert answer.status_code == 200
    assert b"Nobody was forgotten" not in answer.content
    assert not Subscriber.objects.exists()
