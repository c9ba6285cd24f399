"""What an edition's page says of its send, and by whose clock."""

import pytest

from mailer import drafts, editions, sends
from mailer.models import Edition
from mailer.timetable import resolve
from subscribers.models import List
from tests.desk.conftest import Desk
from tests.stage import EDITION, NOW, a_list, a_reader, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NEWER = "this text is newer, and reaches nobody by that send"


@pytest.fixture
def edition() -> Edition:
    """An edition of which the first text is scheduled, by a clock in India."""
    owner = a_list()
    List.objects.update(zone="Africa/Nairobi")
    a_reader(owner, "r@x.example")
    edition = editions.find(an_edition(owner).pk)
    sends.schedule(edition, resolve("2026-12-02 09:30", "Asia/Kolkata"), by="ed", now=NOW)
    return edition


def page_of(desk: Desk, edition: Edition) -> str:
    shown: str = desk("viewer").get(f"/desk/editions/{edition.pk}").content.decode()
    return shown


def test_a_newer_text_is_said_to_reach_nobody_and_the_same_one_is_not(desk: Desk, edition: Edition) -> None:
    assert NEWER not in page_of(desk, edition)
    editions.revise(edition, EDITION.replace(b"flew", b"fell"), author="ed", now=NOW)
    assert f"What leaves is revision 1, as it was approved; {NEWER}." in page_of(desk, edition)
    # The third revision is the first text again.
    assert drafts.restore(edition, 1, over=2, by="ed", now=NOW).number == 3
    assert NEWER not in page_of(desk, edition)


def test_all_times_are_by_the_clock_of_the_list_which_is_named(desk: Desk, edition: Edition) -> None:
    page = page_of(desk, edition)
    assert "saved Tue 1 December 2026, 12:00 by ed · times in Nairobi · " in page
    assert "Leaves Wed 2 December 2026, 07:00" in page
