"""The history of an edition at the desk."""

from collections.abc import Callable

import pytest
from django.test import Client

from mailer import drafts, editions
from mailer.models import Edition
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Desk = Callable[..., Client]
TEXT = EDITION.decode()


@pytest.fixture
def edition() -> Edition:
    edition = an_edition(a_list())
    drafts.save(
        edition, TEXT.replace("The rocket flew.", "The rocket flew far."), based_on=1, by="Boris", now=NOW
    )
    return edition


def test_each_revision_is_told_with_who_and_how_much(desk: Desk, edition: Edition) -> None:
    page = desk("viewer").get(f"/desk/editions/{edition.pk}/history").content.decode()
    assert "Boris" in page
    assert ">+1</td>" in page
    assert ">−1</td>" in page
    assert "Restore" not in page  # who looks restores nothing


def test_two_are_compared_word_by_word(desk: Desk, edition: Edition) -> None:
    page = desk("viewer").get(f"/desk/editions/{edition.pk}/history?one=2&other=1").content.decode()
    assert "Revision 1 and revision 2" in page
    assert "The rocket flew<ins> far</ins>." in page
    assert "lines are the same" in page


def test_a_revision_with_itself_says_the_same(desk: Desk, edition: Edition) -> None:
    page = desk("viewer").get(f"/desk/editions/{edition.pk}/history?one=2&other=2").content.decode()
    assert "Both say the same" in page


@pytest.mark.parametrize(
    "query", ["?one=1&other=9", "?one=0&other=x", "?before=1", "?before=nonsense", "?one=1"]
)
def test_nonsense_is_no_fault_of_ours(desk: Desk, edition: Edition, query: str) -> None:
    answer = desk("viewer").get(f"/desk/editions/{edition.pk}/history{query}")
    assert answer.status_code in {200, 404}


def test_an_old_text_is_restored_as_a_new_revision(desk: Desk, edition: Edition) -> None:
    client = desk("editor")
    answer = client.post(f"/desk/editions/{edition.pk}/history", {"revision": 1, "over": 2})
    assert answer.status_code == 303
    newest = editions.newest(edition)
    assert (newest.number, newest.text, newest.author) == (3, TEXT, "Edda Lind")
    assert (
        "Restored: revision 3 has the text of revision 1" in client.get(answer["Location"]).content.decode()
    )


def test_nothing_is_restored_over_what_one_has_not_seen(desk: Desk, edition: Edition) -> None:
    answer = desk("editor").post(f"/desk/editions/{edition.pk}/history", {"revision": 1, "over": 1})
    assert answer.status_code == 409
    assert "Boris saved revision 2 meanwhile" in answer.content.decode()
    assert editions.newest(edition).number == 2


def test_a_text_that_reads_no_more_is_not_restored(desk: Desk, edition: Edition) -> None:
    edition.list.interests.filter(slug="china").update(retired_at=NOW)
    drafts.save(edition, TEXT.replace(" {china}", ""), based_on=2, by="Boris", now=NOW)
    answer = desk("editor").post(f"/desk/editions/{edition.pk}/history", {"revision": 1, "over": 3})
    assert answer.status_code == 422
    assert "does not read any more: line 7" in answer.content.decode()


def test_whoever_may_only_look_restores_nothing(desk: Desk, edition: Edition) -> None:
    answer = desk("viewer").post(f"/desk/editions/{edition.pk}/history", {"revision": 1, "over": 2})
    assert answer.status_code == 403
    assert editions.newest(edition).number == 2
