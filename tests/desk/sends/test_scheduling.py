"""An edition scheduled in two steps: when and to whom; then the moment in several zones, and its button."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client

from mailer import editions, sends
from mailer.models import Edition, Send
from subscribers.models import List
from subscribers.segments import keeping
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, now, scheduled
from tests.desk.sends.test_approving import hash_of
from tests.stage import EDITION

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

WHEN = {"when": "at", "at": "2031-12-02T09:00", "zone": "Africa/Nairobi", "segment": ""}


@pytest.fixture
def edition() -> Edition:
    owner, edition = a_house()
    List.objects.filter(pk=owner.pk).update(zone="Africa/Nairobi")
    return editions.find(edition.pk)


def see(desk: Desk, edition: Edition, **asked: str) -> str:
    answer = desk("sender").get(f"/desk/editions/{edition.pk}/schedule", WHEN | asked)
    text: str = answer.content.decode()
    return text


def post(desk: Desk, edition: Edition, role: str = "sender", **form: str) -> tuple[int, str]:
    said = WHEN | {"content": hash_of(edition), "word": "meant so", "far": "1", **form}
    answer = desk(role).post(f"/desk/editions/{edition.pk}/schedule", said)
    return answer.status_code, answer.content.decode()


def test_the_moment_is_shown_in_several_zones_and_the_button_names_it(desk: Desk, edition: Edition) -> None:
    page = see(desk, edition)
    for place, time in (
        ("Nairobi", "Tuesday 2 December 2031, 09:00"),
        ("UTC", "Tuesday 2 December 2031, 06:00"),
        ("New York", "Tuesday 2 December 2031, 01:00"),
        ("Berlin", "Tuesday 2 December 2031, 07:00"),
        ("Shanghai", "Tuesday 2 December 2031, 14:00"),
    ):
        assert f'<th scope="row">{place}</th><td class="number">{time}</td>' in page
    assert "Schedule for Tuesday 2 December 2031, 09:00 in Nairobi</button>" in page
    assert not Send.objects.exists()


def test_it_is_scheduled_as_it_was_shown(desk: Desk, edition: Edition) -> None:
    status, _ = post(desk, edition)
    assert status == 303
    send = Send.objects.get()
    assert send.scheduled_at == dt.datetime(2031, 12, 2, 6, tzinfo=dt.UTC)
    assert (send.wall_time, send.zone, send.created_by) == (
        "2031-12-02 09:00",
        "Africa/Nairobi",
        "Sam Njoroge",
    )
    assert send.approval is not None
    assert send.approval.word == "meant so"


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        ("2031-03-30T02:30", "Europe/Berlin", "That hour is skipped in Europe/Berlin"),
        ("2031-10-26T02:30", "Europe/Berlin", "That hour comes twice in Europe/Berlin: the first is taken"),
    ],
)
def test_daylight_saving_is_said_plainly(desk: Desk, edition: Edition, at: str, zone: str, said: str) -> None:
    assert said in see(desk, edition, at=at, zone=zone)


def test_it_may_leave_at_once(desk: Desk, edition: Edition) -> None:
    assert "Send it now</button>" in see(desk, edition, when="now")
    assert post(desk, edition, when="now")[0] == 303
    send = Send.objects.get()
    assert abs(send.scheduled_at - now()) < dt.timedelta(minutes=1)
    assert send.wall_time == ""


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"zone": "Mars/Olympus"}, "There is no time zone"),
        ({"zone": "localtime"}, "There is no time zone"),
        ({"at": "whenever"}, "is no time"),
        ({"at": "2031-12-01T09:00+03:00"}, "leave that out, and name the zone<"),
        ({"at": "2001-01-01T09:00"}, "has passed; say a time to come, or as soon as possible"),
        ({"segment": "nobody"}, "has no segment"),
    ],
)
def test_what_cannot_be_is_refused_and_schedules_nothing(
    desk: Desk, edition: Edition, form: dict[str, str], said: str
) -> None:
    status, page = post(desk, edition, **form)
    assert status == 422
    assert said in page
    assert "`" not in page
    assert "--" not in page.partition('role="alert">')[2].partition("</p>")[0]
    assert not Send.objects.exists()


def test_what_has_changed_since_it_was_seen_is_not_scheduled(desk: Desk, edition: Edition) -> None:
    seen = hash_of(edition)
    editions.revise(edition, EDITION.replace(b"flew", b"fell"), author="ed", now=now())
    status, page = post(desk, edition, content=seen)
    assert status == 409
    assert "The edition has changed since you saw it" in page
    assert not Send.objects.exists()


def test_warnings_want_a_word_where_this_approves_and_not_where_it_is_approved(
    desk: Desk, edition: Edition
) -> None:
    assert post(desk, edition, word="")[0] == 422
    editions.approve(edition, by="Edda Lind", now=now(), word="meant so")
    assert post(desk, edition, word="")[0] == 303


def test_a_list_that_wants_a_second_person_has_nothing_scheduled_without(
    desk: Desk, edition: Edition
) -> None:
    List.objects.update(second_approval=True)
    page = see(desk, edition)
    assert "wants a second person’s word" in page
    assert "Schedule for" not in page
    status, page = post(desk, edition)
    assert status == 422
    assert "needs the word of a second person" in page


def test_who_will_get_it_is_shown_of_a_segment_too(desk: Desk, edition: Edition) -> None:
    assert "3 readers of 3 candidates" in see(desk, edition)
    keeping.add(edition.list, "china", "interest in (china)", by="ed", at=now())
    page = see(desk, edition, segment="china")
    assert "1 reader of 1 candidates" in page or "1 reader of 1 candidate" in page
    assert post(desk, edition, segment="china")[0] == 303
    send = Send.objects.get()
    assert send.segment is not None
    assert send.segment["slug"] == "china"


def test_another_send_of_the_edition_is_named(desk: Desk, edition: Edition) -> None:
    send = scheduled(edition)
    assert f'This edition has <a href="/desk/sends/{send.pk}">' in see(desk, edition)


def test_a_repeated_click_leads_to_the_one_send(desk: Desk, edition: Edition) -> None:
    path, form = f"/desk/editions/{edition.pk}/schedule", WHEN | {"content": hash_of(edition), "far": "1"}
    first = desk("sender").post(path, form | {"word": "meant so"})
    # The approval is used by now, and the form of an approved edition has no word.
    second = desk("sender").post(path, form)
    assert (second.status_code, second.headers["Location"]) == (303, first.headers["Location"])
    assert Send.objects.count() == 1


def test_what_was_undone_since_is_scheduled_again(desk: Desk, edition: Edition) -> None:
    assert post(desk, edition, when="now")[0] == 303
    sends.cancel(Send.objects.get().pk, by="Nia", now=now())
    assert post(desk, edition, when="now")[0] == 303
    assert Send.objects.count() == 2


def test_what_another_scheduled_meanwhile_is_named_and_one_is_asked_again(
    desk: Desk, edition: Edition
) -> None:
    other = scheduled(edition)
    status, page = post(desk, edition)
    assert status == 409
    assert "Nia scheduled this edition meanwhile: look whether you want another send of it." in page
    assert (
        f'<a href="/desk/sends/{other.pk}">send {other.pk}</a> already, by <bdi>Nia</bdi>: scheduled for'
        in page
    )
    assert f'<input type="hidden" name="already" value="{other.pk}">' in page
    assert Send.objects.count() == 1
    assert post(desk, edition, already=str(other.pk))[0] == 303
    assert Send.objects.count() == 2


@pytest.mark.parametrize(("second", "answers"), [("sender", {303}), ("admin", {303, 409})])
def test_two_clicks_at_once_make_one_send(
    desk: Desk, edition: Edition, second: str, answers: set[int]
) -> None:
    form = WHEN | {"content": hash_of(edition), "word": "meant so", "far": "1"}
    gate, found = threading.Barrier(2), set()

    def click(client: Client) -> None:
        gate.wait()
        try:
            found.add(client.post(f"/desk/editions/{edition.pk}/schedule", form).status_code)
        finally:
            connection.close()

    windows = [Client(), Client()]
    for window, role in zip(windows, ("sender", second), strict=True):
        window.cookies = desk(role).cookies
    clicks = [threading.Thread(target=click, args=[window]) for window in windows]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert found == answers
    assert Send.objects.count() == 1


def test_a_year_that_may_be_mistyped_is_asked_about(desk: Desk, edition: Edition) -> None:
    assert "is the year right?" in see(desk, edition, at="2126-12-02T09:00")
    assert "is the year right?" not in see(
        desk, edition, at=f"{now() + dt.timedelta(days=300):%Y-%m-%dT%H:%M}"
    )
    form = WHEN | {"content": hash_of(edition), "word": "meant so"}
    answer = desk("sender").post(f"/desk/editions/{edition.pk}/schedule", form)
    assert answer.status_code == 422
    assert "Tick this if it is; else choose another time." in answer.content.decode()
    assert not Send.objects.exists()


def test_a_city_will_do_for_its_zone(desk: Desk, edition: Edition) -> None:
    assert "Schedule for Tuesday 2 December 2031, 09:00 in Nairobi" in see(desk, edition, zone=" nairobi ")
    assert post(desk, edition, zone="nairobi")[0] == 303
    assert Send.objects.get().zone == "Africa/Nairobi"


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_whoever_may_send_schedules(desk: Desk, edition: Edition, role: str) -> None:
    assert post(desk, edition, role)[0] == 403
    assert not Send.objects.exists()
