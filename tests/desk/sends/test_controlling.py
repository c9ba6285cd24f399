"""Pause, stop the press, resume, cancel, undo, move: by whom they may be done, and what is asked first."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages

from mailer import sends
from mailer.models import Batch, Send
from subscribers import changes
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, now, running, scheduled

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def status(send: Send) -> str:
    return sends.find(send.pk).status


def deeds(send: Send) -> list[tuple[str, str]]:
    lines = [line for line in changes.listing() if line["subject"] == f"send {send.pk}"]
    return [(line["what"], line["who"]) for line in lines][1:]  # the first is how it was scheduled


def test_whoever_may_halt_pauses_and_whoever_may_send_resumes(desk: Desk) -> None:
    send = running()
    paused = desk("editor").post(f"/desk/sends/{send.pk}/pause", {"reason": "a wrong figure"})
    assert (paused.status_code, paused.headers["Location"]) == (303, f"/desk/sends/{send.pk}")
    assert sends.find(send.pk).pause_reason == "a wrong figure"
    assert desk("editor").post(f"/desk/sends/{send.pk}/resume").status_code == 403
    assert status(send) == "paused"
    assert desk("sender").post(f"/desk/sends/{send.pk}/resume").status_code == 303
    assert status(send) == "sending"
    assert deeds(send) == [("sends pause", "Edda Lind"), ("sends resume", "Sam Njoroge")]


def test_a_viewer_halts_nothing(desk: Desk) -> None:
    send = running()
    for action in ("pause", "stop", "resume", "cancel", "move", "correct", "look-up"):
        assert desk("viewer").post(f"/desk/sends/{send.pk}/{action}").status_code == 403
    assert status(send) == "sending"


def test_what_cannot_be_done_is_said_on_the_page_it_came_from(desk: Desk) -> None:
    send = running()
    sends.cancel(send.pk, by="Nia", now=now())
    answer = desk("sender").post(f"/desk/sends/{send.pk}/pause", follow=True)
    assert answer.status_code == 200
    assert f"Send {send.pk} is cancelled: there is nothing left to pause" in answer.content.decode()


def test_stopping_the_press_holds_it_at_once_and_opens_the_text(desk: Desk) -> None:
    send = running()
    stopped = desk("editor").post(f"/desk/sends/{send.pk}/stop")
    assert stopped.headers["Location"] == f"/desk/sends/{send.pk}/correct"
    assert sends.find(send.pk).pause_reason == "Edda Lind stopped the press to correct the text"


def test_cancelling_says_whom_it_leaves_out_before_it_is_done(desk: Desk) -> None:
    send = running(3)
    page = desk("sender").get(f"/desk/sends/{send.pk}/cancel").content.decode()
    assert "<b>3 readers</b> would not be written to." in page
    assert status(send) == "sending"
    desk("sender").post(f"/desk/sends/{send.pk}/cancel", {"begun": "1"})
    assert status(send) == "cancelled"


def test_an_undo_gives_the_edition_back_as_it_was(desk: Desk) -> None:
    _, edition = a_house()
    send = scheduled(edition)
    client = desk("sender")
    assert "Take it back?" in client.get(f"/desk/sends/{send.pk}/cancel").content.decode()
    answer = client.post(f"/desk/sends/{send.pk}/cancel", {"begun": "0"})
    assert [str(said) for said in get_messages(answer.wsgi_request)] == [
        "Undone: nobody was written to, and the edition is approved."
    ]
    edition.refresh_from_db()
    assert edition.status == "approved"


def test_an_undo_of_what_has_begun_meanwhile_is_asked_anew_as_what_it_is(desk: Desk) -> None:
    send = running()
    answer = desk("sender").post(f"/desk/sends/{send.pk}/cancel", {"begun": "0"})
    assert answer.status_code == 409
    assert "It has begun meanwhile" in answer.content.decode()
    assert status(send) == "sending"


def test_a_move_shows_the_moment_in_several_zones_before_it_is_done(desk: Desk) -> None:
    _, edition = a_house()
    send = scheduled(edition)
    there = {"at": "2031-12-01T09:00", "zone": "Africa/Nairobi"}
    page = desk("sender").get(f"/desk/sends/{send.pk}/move", there).content.decode()
    assert "Monday 1 December 2031, 06:00" in page
    assert "Move it to Monday 1 December 2031, 09:00 in Nairobi" in page
    assert sends.find(send.pk).scheduled_at.year != 2031
    assert "from now: is the year right?" in page
    doubted = desk("sender").post(f"/desk/sends/{send.pk}/move", there)
    assert (doubted.status_code, sends.find(send.pk).scheduled_at.year) == (422, send.scheduled_at.year)
    desk("sender").post(f"/desk/sends/{send.pk}/move", there | {"far": "1"})
    moved = sends.find(send.pk)
    assert moved.scheduled_at == dt.datetime(2031, 12, 1, 6, tzinfo=dt.UTC)
    assert (moved.wall_time, moved.zone) == ("2031-12-01 09:00", "Africa/Nairobi")


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        ("2031-12-01T09:00", "Mars/Olympus", "There is no time zone"),
        ("whenever", "UTC", "is no time"),
        ("2001-01-01T09:00", "UTC", "has passed"),
        ("9999-12-31T23:59", "America/Los_Angeles", "beyond all calendars"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_what_was_typed_still_there(
    desk: Desk, at: str, zone: str, said: str
) -> None:
    _, edition = a_house()
    send = scheduled(edition)
    answer = desk("sender").post(f"/desk/sends/{send.pk}/move", {"at": at, "zone": zone})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'value="{zone}"' in page


def test_a_time_that_has_passed_is_said_before_anything_is_moved(desk: Desk) -> None:
    send = scheduled(a_house()[1])
    there = {"at": "2001-01-01T09:00", "zone": "UTC"}
    page = desk("sender").get(f"/desk/sends/{send.pk}/move", there).content.decode()
    assert "That has passed: choose a time to come." in page
    assert "Move it to M" not in page


def test_an_undo_names_the_other_sends_of_the_edition(desk: Desk) -> None:
    _, edition = a_house()
    send, other = scheduled(edition), scheduled(edition)
    here = f"/desk/sends/{send.pk}/cancel"
    link = f'<a href="/desk/sends/{other.pk}">send {other.pk}</a> of the same edition is'
    assert f"But {link} scheduled, and goes on all the same." in desk("sender").get(here).content.decode()
    page = desk("sender").post(here, {"begun": "0"}, follow=True).content.decode()
    assert f"Undone: nobody was written to. But {link} still scheduled." in page


def over(how: str) -> Send:
    """A send of which nothing can be ended any more."""
    if how == "undone":
        return sends.cancel(scheduled(a_house()[1]).pk, by="Nia", now=now())
    send = running()
    Batch.objects.filter(send=send).update(state="accepted")
    Send.objects.filter(pk=send.pk).update(status=how, finished_at=now())
    return sends.find(send.pk)


@pytest.mark.parametrize(
    ("how", "act", "said"),
    [
        ("done", "cancel", "It is done: nothing is left to end."),
        ("done_with_gaps", "cancel", "It is done, with gaps: nothing is left to end."),
        ("undone", "cancel", "It was undone before it began: nothing is left to end."),
        ("cancelled", "cancel", "It was ended: nothing is left to end."),
        ("done", "move", "It is done: it cannot be moved."),
        ("undone", "move", "It was undone before it began: it cannot be moved."),
        ("sending", "move", "It has begun: it cannot be moved."),
        ("done", "correct", "It is done: nobody is left to correct."),
        ("sending", "correct", "Every letter of it has left, or may have: nobody is left to correct."),
        ("undone", "correct", "Nothing of it has left: schedule the corrected text instead."),
    ],
)
def test_an_old_link_to_what_cannot_be_done_any_more_says_what_is_so(
    desk: Desk, how: str, act: str, said: str
) -> None:
    send = over(how)
    answer = desk("sender").get(f"/desk/sends/{send.pk}/{act}", follow=True)
    assert answer.redirect_chain == [(f"/desk/sends/{send.pk}", 303)]
    assert said in answer.content.decode()


def test_a_text_that_comes_too_late_to_be_sent_is_still_there(desk: Desk) -> None:
    send = over("done")
    answer = desk("sender").post(f"/desk/sends/{send.pk}/correct", {"text": "an hour of work"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It is done: nobody is left to correct." in page
    assert "an hour of work</textarea>" in page
    assert "The press is" not in page
    assert "Hold it now" not in page


def test_nobody_is_told_of_a_button_that_they_have_not(desk: Desk) -> None:
    send = running()
    told = {role: desk(role).get(f"/desk/sends/{send.pk}").content.decode() for role in ("editor", "sender")}
    assert "Pause takes seconds and loses nothing. Stop the press" in told["editor"]
    assert "Cancel ends it for good." in told["sender"]
    assert "Pause takes" not in desk("viewer").get(f"/desk/sends/{send.pk}").content.decode()
