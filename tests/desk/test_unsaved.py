"""What is tested, approved and scheduled is the saved text; where there is other text, it is said."""

import pytest

from mailer.models import Draft, Edition, Send
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, now
from tests.stage import EDITION

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SAVED = "revision 1, as saved on Tue 1 December 2026, 09:00 UTC"
DOES = {"test": "tests", "approve": "approves", "schedule": "schedules", "board": "shows"}


@pytest.fixture
def edition() -> Edition:
    return a_house()[1]


def typed(edition: Edition, who: str, text: bytes = EDITION.replace(b"flew", b"fell")) -> None:
    Draft.objects.create(edition=edition, who=who, based_on=1, text=text.decode(), changed_at=now())


def page_of(desk: Desk, edition: Edition, page: str) -> str:
    shown: str = desk("sender").get(f"/desk/editions/{edition.pk}/{page}").content.decode()
    return shown


@pytest.mark.parametrize("page", DOES)
def test_own_text_that_is_not_saved_is_told_with_a_way_to_it(desk: Desk, edition: Edition, page: str) -> None:
    assert "not saved" not in page_of(desk, edition, page)
    typed(edition, "Sam Njoroge")
    assert (
        f"You have text that is not saved. This {DOES[page]} {SAVED}."
        f' <a href="/desk/editions/{edition.pk}">Save it first.</a>'
    ) in page_of(desk, edition, page)


def test_the_text_of_others_is_told_by_their_names(desk: Desk, edition: Edition) -> None:
    typed(edition, "Ada Obi")
    typed(edition, "Edda Lind")
    typed(edition, "Ann Same", EDITION)
    page = page_of(desk, edition, "approve")
    assert "<bdi>Ada Obi and Edda Lind</bdi> have text that is not saved." in page
    assert f"This approves {SAVED}." in page
    assert "You have text" not in page
    assert "Ann Same" not in page


@pytest.mark.parametrize("who", ["Sam Njoroge", "Edda Lind"])
def test_a_test_to_oneself_waits_for_a_word_while_other_text_stands(
    desk: Desk, edition: Edition, who: str
) -> None:
    typed(edition, who)
    path = f"/desk/editions/{edition.pk}/test"
    told = desk("sender").post(path, follow=True)
    assert told.redirect_chain == [(path, 303)]
    assert "Nothing was sent: look first at what would be tested." in told.content.decode()
    assert not Send.objects.exists()
    sent = desk("sender").post(path, {"me": "1"}, follow=True).content.decode()
    assert "The test of revision 1 leaves as soon as a worker takes it." in sent
