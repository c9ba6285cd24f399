"""A new edition at the desk."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from mailer import editions
from mailer.models import Edition
from subscribers import changes
from tests.stage import EDITION, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Desk = Callable[..., Client]
NEW = "/desk/editions/new"


def field_of(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_where_there_is_no_list_that_is_said(desk: Desk) -> None:
    assert "There is no list yet" in desk("editor").get(NEW).content.decode()


def test_the_one_list_there_is_need_not_be_chosen(desk: Desk) -> None:
    a_list()
    assert "Space Digest" in desk("editor").get(NEW).content.decode()


def test_of_several_lists_one_is_chosen(desk: Desk) -> None:
    a_list()
    a_list("other-digest")
    page = desk("editor").get(NEW).content.decode()
    assert f'href="{NEW}?list=other-digest"' in page
    assert desk("editor").get(f"{NEW}?list=nonsense").status_code == 404


@pytest.mark.parametrize("beginning", ["empty", "headings", "whole"])
def test_what_one_begins_with_becomes_an_edition_as_it_is(desk: Desk, beginning: str) -> None:
    owner = a_list()
    an_edition(owner)
    client = desk("editor")
    text = field_of(client.get(f"{NEW}?list={owner.slug}&from={beginning}").content.decode())
    answer = client.post(NEW, {"list": owner.slug, "text": text.replace("\n", "\r\n")})
    made = Edition.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/editions/{made.pk}")
    assert Edition.objects.count() == 2
    assert editions.newest(made).text == text
    assert editions.newest(made).author == "Edda Lind"
    [line] = [line for line in changes.listing() if line["what"] == "editions import"]
    assert (line["who"], line["subject"]) == ("Edda Lind", f"edition {made.pk}")


def test_a_pasted_newsletter_becomes_an_edition_with_doubts_beside_it(desk: Desk) -> None:
    owner = a_list()
    pasted = "Space News\n\nDecember 1, 2026\n\nA launch from Wenchang\n\nThe rocket flew far over the sea.\n"
    answer = desk("editor").post(NEW, {"list": owner.slug, "text": pasted.replace("\n", "\r\n")})
    page = desk("editor").get(answer["Location"]).content.decode()
    assert field_of(page).startswith("---\nlist: space-digest\n")
    assert "What the import was unsure of" in page


def test_what_does_not_read_is_shown_by_its_lines_and_what_was_typed_stays(desk: Desk) -> None:
    owner = a_list()
    faulty = EDITION.decode().replace("{africa}", "{atlantis}")
    answer = desk("editor").post(NEW, {"list": owner.slug, "text": faulty})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert field_of(page) == faulty
    assert 'href="#L10"' in page
    assert not Edition.objects.exists()


def test_nothing_pasted_is_no_edition(desk: Desk) -> None:
    owner = a_list()
    answer = desk("editor").post(NEW, {"list": owner.slug, "text": ""})
    assert answer.status_code == 422
    assert "is empty" in answer.content.decode()


def test_the_same_text_again_leads_to_the_edition_there_is(desk: Desk) -> None:
    owner = a_list()
    edition = an_edition(owner)
    answer = desk("editor").post(NEW, {"list": owner.slug, "text": EDITION.decode()})
    assert answer["Location"] == f"/desk/editions/{edition.pk}"
    assert "is an edition already" in desk("editor").get(answer["Location"]).content.decode()


def test_whoever_may_only_look_begins_nothing(desk: Desk) -> None:
    a_list()
    assert desk("viewer").get(NEW).status_code == 403
    assert desk("viewer").post(NEW, {"list": "space-digest", "text": EDITION.decode()}).status_code == 403
    assert not Edition.objects.exists()
