"""Any reader's letter, before and after it is saved, in a frame that runs nothing."""

from collections.abc import Callable

import pytest
from django.test import Client

from mailer import drafts
from tests.stage import EDITION, NOW, a_list, an_edition, readers
from tests.web.stored import every_row

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Desk = Callable[..., Client]
TEXT = EDITION.decode()


def test_the_letter_is_a_document_that_runs_nothing_and_stands_in_our_frames_alone(desk: Desk) -> None:
    edition = an_edition(a_list())
    answer = desk("viewer").get(f"/desk/editions/{edition.pk}/letter")
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer["Cache-Control"]


def test_it_is_the_letter_of_the_interests_asked_for(desk: Desk) -> None:
    edition = an_edition(a_list())
    client = desk("viewer")
    africa = client.get(
        f"/desk/editions/{edition.pk}/letter?interest=africa&interest=nonsense"
    ).content.decode()
    assert "The dish turned." in africa
    assert "The rocket flew." not in africa
    assert "The rocket flew." in client.get(f"/desk/editions/{edition.pk}/letter").content.decode()


def test_it_is_light_or_dark_as_asked_whatever_the_browser_is(desk: Desk) -> None:
    edition = an_edition(a_list())
    for mode in ("light", "dark"):
        page = desk("viewer").get(f"/desk/editions/{edition.pk}/letter?mode={mode}").content.decode()
        assert "prefers-color-scheme" not in page
        assert f"color-scheme: {mode}" in page
        assert f'content="{mode}"' in page


def test_the_draft_is_seen_by_whoever_wrote_it(desk: Desk) -> None:
    edition = an_edition(a_list())
    drafts.keep(edition, TEXT.replace("flew", "flies"), based_on=1, who="Edda Lind", now=NOW)
    path = f"/desk/editions/{edition.pk}/letter?draft=1"
    assert "The rocket flies." in desk("editor").get(path).content.decode()
    assert "The rocket flew." in desk("sender").get(path).content.decode()


def test_a_draft_that_does_not_read_shows_the_saved_letter(desk: Desk) -> None:
    edition = an_edition(a_list())
    drafts.keep(edition, "nothing of an edition", based_on=1, who="Edda Lind", now=NOW)
    page = desk("editor").get(f"/desk/editions/{edition.pk}/letter?draft=1").content.decode()
    assert "The rocket flew." in page


def test_what_is_typed_is_seen_and_checked_and_no_row_is_written(desk: Desk) -> None:
    owner = a_list()
    readers(owner, 2, ["china"])
    edition = an_edition(owner)
    client = desk("editor")
    client.get(f"/desk/editions/{edition.pk}")
    before = every_row()
    typed = TEXT.replace("The rocket flew.", "The rocket flies.").replace(
        "(https://a.example/nairobi)", "(https://localhost/)"
    )
    asked = {"text": typed, "interest": ["china"], "base": 1}
    seen = client.post(f"/desk/editions/{edition.pk}/preview", asked).json()
    letter = client.post(f"/desk/editions/{edition.pk}/letter", asked).content.decode()
    assert every_row() == before
    assert seen["reads"]
    assert seen["errors"] == 1
    assert 'href="#L10"' in seen["findings"]
    assert "<bdi>China</bdi>: 1 story in full, 3 as headlines; 2 readers" in seen["caption"]
    assert "The rocket flies." in seen["text"]
    assert "The rocket flies." in letter


def test_what_does_not_read_is_told_and_the_saved_letter_stays(desk: Desk) -> None:
    edition = an_edition(a_list())
    client = desk("editor")
    asked = {"text": TEXT.replace("{china}", "{mars}")}
    seen = client.post(f"/desk/editions/{edition.pk}/preview", asked).json()
    assert not seen["reads"]
    assert "“mars” is no interest of this list" in seen["findings"]
    assert "The rocket flew." in client.post(f"/desk/editions/{edition.pk}/letter", asked).content.decode()


def test_whoever_may_only_look_previews_nothing_of_their_own(desk: Desk) -> None:
    edition = an_edition(a_list())
    for page in ("preview", "letter", "draft"):
        answer = desk("viewer").post(f"/desk/editions/{edition.pk}/{page}", {"text": TEXT, "base": 1})
        assert answer.status_code == 403, page


def test_a_stranger_sees_no_letter() -> None:
    edition = an_edition(a_list())
    answer = Client().get(f"/desk/editions/{edition.pk}/letter")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/desk/account/login/")
