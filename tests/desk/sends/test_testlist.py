"""A letter before everybody's: to oneself, to the test list, to others."""

import pytest

from mailer import testers
from mailer.models import Edition, Send
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, now

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def edition() -> Edition:
    return a_house()[1]


def post(desk: Desk, edition: Edition, form: dict[str, object]) -> int:
    return desk("editor").post(f"/desk/editions/{edition.pk}/test", form).status_code


def invited() -> list[str]:
    send = Send.objects.get(kind="test")
    assert send.segment is not None
    return list(send.segment["addresses"])


def test_a_test_that_names_nobody_goes_to_whoever_asks(desk: Desk, edition: Edition) -> None:
    assert post(desk, edition, {}) == 303
    assert invited() == ["edda@news.example"]


def test_it_goes_to_the_ticked_of_the_list_and_to_others(desk: Desk, edition: Edition) -> None:
    testers.add(edition.list, ["nia@news.example", "bo@news.example"], by="ed", at=now())
    form: dict[str, object] = {
        "to": ["nia@news.example"],
        "others": "x@y.example, z@y.example",
        "interest": ["china"],
    }
    assert post(desk, edition, form) == 303
    assert invited() == ["nia@news.example", "x@y.example", "z@y.example"]
    assert (Send.objects.get().segment or {})["interests"] == 1


def test_the_list_is_kept_on_the_page(desk: Desk, edition: Edition) -> None:
    assert post(desk, edition, {"do": "add", "address": "nia@news.example bo@news.example"}) == 303
    assert testers.of(edition.list) == ["nia@news.example", "bo@news.example"]
    assert post(desk, edition, {"do": "remove", "to": ["nia@news.example"]}) == 303
    page = desk("editor").get(f"/desk/editions/{edition.pk}/test").content.decode()
    assert "bo@news.example" in page
    assert "nia@news.example" not in page
    assert not Send.objects.exists()


@pytest.mark.parametrize("form", [{"others": "nowhere"}, {"do": "add", "address": "nowhere"}])
def test_what_is_no_address_is_said_with_what_was_typed_still_there(
    desk: Desk, edition: Edition, form: dict[str, object]
) -> None:
    answer = desk("editor").post(f"/desk/editions/{edition.pk}/test", form)
    assert answer.status_code == 422
    assert 'value="nowhere"' in answer.content.decode()
    assert not Send.objects.exists()


def test_an_interest_that_the_list_does_not_have_is_refused(desk: Desk, edition: Edition) -> None:
    assert post(desk, edition, {"interest": ["mars"]}) == 422


def test_a_viewer_sends_no_test(desk: Desk, edition: Edition) -> None:
    assert desk("viewer").post(f"/desk/editions/{edition.pk}/test").status_code == 403
