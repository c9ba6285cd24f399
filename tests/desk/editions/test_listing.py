"""What the desk opens with: where each edition stands, what it waits for, and what was sent."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mailer import editions, sends
from mailer.timetable import Instant
from subscribers.models import List
from tests.desk.conftest import Desk
from tests.stage import EDITION, a_frozen_send, a_list, a_reader, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SOON = dt.timedelta(hours=30)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def owner() -> List:
    made = a_list()
    for name in ("ada", "bo", "cy"):
        a_reader(made, f"{name}@example.org")
    return made


def test_an_empty_desk_says_how_to_begin(desk: Desk) -> None:
    page = desk("editor").get("/desk/").content.decode()
    assert "Nothing is on the desk." in page
    assert 'href="/desk/editions/new"' in page
    assert "/desk/editions/new" not in desk("viewer").get("/desk/").content.decode()


def test_each_edition_names_its_next_step(desk: Desk, owner: List) -> None:
    draft = an_edition(owner)
    approved = an_edition(owner, EDITION.replace(b"Vostochny", b"Plesetsk"))
    editions.approve(approved, by="Bob", now=now())
    due = an_edition(owner, EDITION.replace(b"Vostochny", b"Kourou"))
    send = sends.schedule(due, Instant(now() + SOON), by="Ann", now=now())
    page = desk("sender").get("/desk/").content.decode()
    assert f'href="/desk/editions/{draft.pk}">Write on' in page
    assert f'href="/desk/editions/{approved.pk}/schedule">Schedule' in page
    assert f'href="/desk/sends/{send.pk}">Move or undo' in page
    assert "By Bob" in page
    seen = desk("viewer").get("/desk/").content.decode()
    assert "Schedule<" not in seen
    assert f'href="/desk/sends/{send.pk}">See when' in seen


def test_what_is_under_way_and_needs_somebody_comes_first(desk: Desk, owner: List) -> None:
    send = a_frozen_send(owner)
    sends.pause(send.pk, by="Ann", now=now(), reason="a wrong figure")
    page = desk("sender").get("/desk/").content.decode()
    assert "One edition needs a decision." in page
    assert "Resume or cancel" in page
    # Who may not decide is told of no button that they have not.
    assert f'href="/desk/sends/{send.pk}">See why' in desk("editor").get("/desk/").content.decode()
    assert "0 accepted of 3" in page


def test_an_approval_that_does_not_hold_any_more_is_said(desk: Desk, owner: List) -> None:
    edition = an_edition(owner)
    editions.approve(edition, by="Bob", now=now())
    List.objects.update(postal_address="2 Other Road")
    page = desk("editor").get("/desk/").content.decode()
    assert "Not as it stands now" in page
    assert "Approve anew" in page


def test_one_list_may_be_chosen_and_older_ones_paged_to(desk: Desk, owner: List) -> None:
    other = a_list("moon-digest")
    mine, theirs = an_edition(owner), an_edition(other, EDITION.replace(b"space-digest", b"moon-digest"))
    page = desk("viewer").get("/desk/?list=moon-digest").content.decode()
    table = page.partition("On the desk")[2]
    assert f"/desk/editions/{theirs.pk}" in table
    assert f"/desk/editions/{mine.pk}" not in table
    type(mine).objects.update(status="done")
    older = desk("viewer").get(f"/desk/?before={theirs.pk}").content.decode()
    assert f"/desk/editions/{mine.pk}" in older
    assert f"/desk/editions/{theirs.pk}" not in older
    assert desk("viewer").get("/desk/?before=nonsense&list=nowhere").status_code == 200


def test_it_takes_the_same_statements_however_many_editions(desk: Desk, owner: List) -> None:
    client = desk("viewer")

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/desk/")
        return len(asked)

    for word in (b"Plesetsk", b"Kourou"):
        edition = an_edition(owner, EDITION.replace(b"Vostochny", word))
        sends.schedule(edition, Instant(now() + SOON), by="Ann", now=now())
    few = statements()
    for word in (b"Wenchang", b"Jiuquan", b"Xichang", b"Naro", b"Tanegashima"):
        edition = an_edition(owner, EDITION.replace(b"Vostochny", word))
        sends.schedule(edition, Instant(now() + SOON), by="Ann", now=now())
    assert statements() == few <= 20
