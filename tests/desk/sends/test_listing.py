"""All sends, a page at a time."""

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import sends
from mailer.desk.sends import listing
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, busy, now, running, scheduled

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_each_send_is_a_row_with_its_ledger(desk: Desk) -> None:
    send = busy()
    page = desk("viewer").get("/desk/sends/").content.decode()
    assert f'href="/desk/sends/{send.pk}"' in page
    assert "23,418" in page
    assert 'aria-label="23,418 accepted' in page
    assert "x.example" not in page


def test_tests_are_shown_where_they_are_asked_for(desk: Desk) -> None:
    _, edition = a_house()
    sends.test(edition, ["nia@news.example"], None, by="Nia", now=now())
    client = desk("viewer")
    assert "Nothing has been sent yet" in client.get("/desk/sends/").content.decode()
    page = client.get("/desk/sends/?tests=1").content.decode()
    assert "· Test ·" in page
    assert "nia@news.example" not in page


def test_older_ones_are_a_page_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    _, edition = a_house()
    numbers = [scheduled(edition).pk for _ in range(3)]
    client = desk("viewer")
    page = client.get("/desk/sends/").content.decode()
    assert f"/desk/sends/?before={numbers[1]}" in page
    older = client.get(f"/desk/sends/?before={numbers[1]}").content.decode()
    assert [number for number in numbers if f'"/desk/sends/{number}"' in older] == numbers[:1]
    assert "Older sends" not in older


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣", "1;"])
def test_nonsense_in_the_address_is_the_first_page(desk: Desk, before: str) -> None:
    send = running()
    page = desk("viewer").get("/desk/sends/", {"before": before})
    assert page.status_code == 200
    assert f"/desk/sends/{send.pk}" in page.content.decode()


@pytest.mark.parametrize("many", [1, 9])
def test_it_costs_the_same_statements_however_many_there_are(
    desk: Desk, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _, edition = a_house()
    for _ in range(many):
        scheduled(edition)
    client = desk("viewer")
    client.get("/desk/sends/")
    with django_assert_num_queries(4):
        client.get("/desk/sends/")
