"""What is due as a month."""

import pytest

from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, now, scheduled

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_a_month_shows_its_sends_and_leads_to_its_neighbours(desk: Desk) -> None:
    send = scheduled(a_house()[1], days=0.01)
    month = f"{now():%Y-%m}"
    page = desk("viewer").get(f"/desk/calendar?month={month}").content.decode()
    assert f'href="/desk/sends/{send.pk}"' in page
    assert page.count('rel="next"') == page.count('rel="prev"') == 1


@pytest.mark.parametrize("month", ["", "2026-13", "x", "0001-01", "9999-12", "2026-02-30", "-1"])
def test_a_month_that_cannot_be_is_this_one(desk: Desk, month: str) -> None:
    answer = desk("viewer").get("/desk/calendar", {"month": month})
    assert answer.status_code == 200
    assert f"{now():%B %Y}" in answer.content.decode()


def test_clocks_that_change_stand_on_their_day(desk: Desk) -> None:
    owner = a_house()[0]
    type(owner).objects.update(zone="Europe/Berlin")
    assert (
        "Clocks go forward in Berlin" in desk("viewer").get("/desk/calendar?month=2031-03").content.decode()
    )
