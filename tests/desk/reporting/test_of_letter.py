"""The letter as it left, with its clicks on it, in a frame that may do nothing."""

import datetime as dt

import pytest

from mailer import events
from mailer.models import Delivery, Send
from mailer.webhooks.told import Told
from tests.desk.conftest import Desk
from tests.desk.reporting.cast import CLICKED, a_told_send
from tests.desk.sends.cast import a_house, scheduled
from tests.stage import NOW

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
HOUR = dt.timedelta(hours=1)
BADGE = 'aria-label="Link 1: clicked by people in 2 copies, by machines in 1"'


def body(desk: Desk, path: str) -> str:
    answer = desk("viewer").get(path)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_the_clicks_of_a_link_stand_on_the_letter_and_beside_it(desk: Desk) -> None:
    here = f"/desk/sends/{a_told_send().pk}/report/letter"
    page = body(desk, here)
    assert f'src="{here}/shown?mode=light"' in page
    assert "sandbox></iframe>" in page
    assert page.count('<span class="place number">') == 3
    answer = desk("viewer").get(f"{here}/shown")
    letter = answer.content.decode()
    assert BADGE in letter
    assert letter.count('class="desk-clicks"') == 3
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_scale_is_of_the_links_that_it_stands_above(desk: Desk) -> None:
    send = a_told_send()
    copies = Delivery.objects.filter(send=send).values_list("pk", "batch__attempt")
    followed = [
        Told(CLICKED, NOW + HOUR, "", copy, attempt, link="https://elsewhere.example/")
        for copy, attempt in copies
    ]
    events.take(followed, source="sendgrid", now=NOW + 2 * HOUR)
    here = f"/desk/sends/{send.pk}/report/letter"
    assert 'data-heat="4" role="img" aria-label="Link 1: clicked by people in 2 ' in body(
        desk, f"{here}/shown"
    )
    assert '<b class="h4">2</b></p>' in body(desk, here)


def test_another_choice_of_interests_shows_the_letter_that_it_got(desk: Desk) -> None:
    here = f"/desk/sends/{a_told_send().pk}/report/letter"
    assert f'src="{here}/shown?mode=dark&amp;interest=china"' in body(
        desk, f"{here}?interest=china&mode=dark"
    )
    letter = body(desk, f"{here}/shown?interest=china")
    assert "For you" in letter
    assert BADGE in letter
    assert "Nobody who chose exactly this" not in body(desk, f"{here}?interest=china")


def test_a_choice_that_nobody_made_is_said_to_be_none(desk: Desk) -> None:
    here = f"/desk/sends/{a_told_send().pk}/report/letter"
    assert "Nobody who chose exactly this was written to" in body(desk, f"{here}?interest=africa")
    assert "For you" not in body(desk, f"{here}/shown?interest=africa")
    assert body(desk, f"{here}/shown?interest=nonsense&mode=purple") == body(desk, f"{here}/shown")


def test_what_is_still_being_counted_has_no_figure_on_it(desk: Desk) -> None:
    here = f"/desk/sends/{a_told_send().pk}/report/letter"
    Send.objects.update(tallied=False)
    assert "desk-clicks" not in body(desk, f"{here}/shown")
    assert "still being counted" in body(desk, here)


def test_before_it_begins_there_is_no_letter_yet(desk: Desk) -> None:
    _, edition = a_house()
    here = f"/desk/sends/{scheduled(edition).pk}/report/letter"
    assert "Its letters are set when it begins." in body(desk, here)
    assert desk("viewer").get(f"{here}/shown").status_code == 404
