"""An edition is read, written, saved and merged at the desk."""

import html
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from mailer import batches, drafts, editions
from mailer.merging import END, OURS, THEIRS
from mailer.models import Draft, Edition, Revision, Send
from mailer.transports.answers import Accepted
from subscribers.vocabulary import Status
from tests.stage import (
    EDITION,
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    batches_of,
    fired,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Desk = Callable[..., Client]
TEXT = EDITION.decode()


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert old in text
    return text.replace(old, new)


def path_of(edition: Edition, more: str = "") -> str:
    return f"/desk/editions/{edition.pk}{more}"


def save(client: Client, edition: Edition, text: str, base: int = 1, **more: Any) -> Any:  # noqa: ANN401 - Django's own
    # As a browser sends it.
    return client.post(
        path_of(edition), {"text": text.replace("\n", "\r\n"), "base": base, "do": "save", **more}
    )


def field_of(page: str) -> str:
    """What a browser has in the field: the line break after the tag is none of the text."""
    found = re.search(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_the_page_holds_the_text_byte_for_byte(desk: Desk) -> None:
    edition = an_edition(a_list())
    page = desk("editor").get(path_of(edition))
    assert page.status_code == 200
    assert field_of(page.content.decode()) == TEXT
    assert 'name="base" value="1"' in page.content.decode()


def test_whoever_may_only_look_sees_the_text_and_no_field(desk: Desk) -> None:
    page = desk("viewer").get(path_of(an_edition(a_list()))).content.decode()
    assert "The rocket flew." in page
    assert "<textarea" not in page
    assert "edition.js" not in page


def test_whoever_may_only_look_saves_nothing(desk: Desk) -> None:
    edition = an_edition(a_list())
    assert save(desk("viewer"), edition, changed("flew", "flies")).status_code == 403
    assert editions.newest(edition).number == 1


def test_what_was_typed_is_saved_as_a_revision_of_whoever_typed(desk: Desk) -> None:
    edition = an_edition(a_list())
    answer = save(desk("editor"), edition, changed("The rocket flew.", "It flew."))
    assert (answer.status_code, answer["Location"]) == (303, path_of(edition))
    newest = editions.newest(edition)
    assert (newest.number, newest.author) == (2, "Edda Lind")
    assert newest.text == changed("The rocket flew.", "It flew.")
    assert "Saved as revision 2" in desk("editor").get(path_of(edition)).content.decode()


def test_a_text_that_does_not_read_is_shown_with_its_lines_and_kept(desk: Desk) -> None:
    edition = an_edition(a_list())
    faulty = changed("{africa}", "{atlantis}")
    answer = save(desk("editor"), edition, faulty)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert field_of(page) == faulty
    assert 'href="#L10"' in page
    assert "“atlantis” is no interest of this list" in page
    assert re.search(r'<li id="L10" class="error heading">', page)
    assert editions.newest(edition).number == 1
    assert Draft.objects.get().text == faulty


def test_the_page_goes_on_with_text_that_is_not_saved(desk: Desk) -> None:
    edition = an_edition(a_list())
    client = desk("editor")
    kept = client.post(path_of(edition, "/draft"), {"text": changed("flew", "flies"), "base": 1})
    assert kept.json()["newest"] == 1
    page = client.get(path_of(edition)).content.decode()
    assert "which is not saved" in page
    assert field_of(page) == changed("flew", "flies")
    # Beside it the saved text can be read, and not written over it.
    beside = client.get(path_of(edition, "?saved=1")).content.decode()
    assert "that is not saved" in beside
    assert "<textarea" not in beside
    assert "not saved" not in desk("admin").get(path_of(edition)).content.decode()
    client.post(path_of(edition, "/draft"), {"do": "drop", "draft": kept.json()["draft"]})
    assert not Draft.objects.exists()


def test_keeping_the_saved_text_is_no_draft(desk: Desk) -> None:
    edition = an_edition(a_list())
    client = desk("editor")
    kept = client.post(path_of(edition, "/draft"), {"text": "half", "base": 1}).json()
    as_saved = {"text": TEXT.replace("\n", "\r\n"), "base": 1, "draft": kept["draft"]}
    assert client.post(path_of(edition, "/draft"), as_saved).json()["draft"] == ""
    assert not Draft.objects.exists()


def test_without_scripts_another_letter_is_shown_and_what_was_typed_stays(desk: Desk) -> None:
    edition = an_edition(a_list())
    typed = changed("flew", "flies")
    asked = {"do": "show", "interest": ["africa"], "as": "desktop", "mode": "dark"}
    answer = desk("editor").post(path_of(edition), {"text": typed, "base": 1, **asked})
    assert answer.status_code == 303
    assert answer["Location"] == path_of(edition, "?draft=1&interest=africa&as=desktop&mode=dark")
    page = desk("editor").get(answer["Location"]).content.decode()
    assert field_of(page) == typed
    assert re.search(r'value="africa" checked', page)
    assert re.search(r'id="mode-dark" value="dark" checked', page)
    assert "letter?mode=dark&amp;interest=africa&amp;draft=1" in page
    assert Revision.objects.count() == 1


def test_changes_of_two_that_do_not_touch_are_both_saved_and_that_is_said(desk: Desk) -> None:
    edition = an_edition(a_list())
    save(desk("editor"), edition, changed("The rocket flew.", "The rocket flew far."))
    save(desk("sender"), edition, changed("The orbiter spoke.", "The orbiter sang."))
    text = editions.newest(edition).text
    assert "The rocket flew far." in text
    assert "The orbiter sang." in text
    page = desk("sender").get(path_of(edition)).content.decode()
    assert "Saved as revision 3, together with what Edda Lind saved meanwhile" in page


def test_changes_of_the_same_line_are_shown_both_to_be_settled(desk: Desk) -> None:
    edition = an_edition(a_list())
    save(desk("editor"), edition, changed("The rocket flew.", "Edda's rocket."))
    mine = changed("The rocket flew.", "Sam's rocket.")
    answer = save(desk("sender"), edition, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"{OURS}\nSam's rocket.\n{THEIRS}\nEdda's rocket.\n{END}" in field_of(page)
    assert 'name="base" value="2"' in page
    assert 'href="#L8"' in page
    assert editions.newest(edition).number == 2
    assert Draft.objects.get().text == mine
    unsettled = save(desk("sender"), edition, field_of(page), base=2)
    assert unsettled.status_code == 422
    assert "a mark of the conflict still stands" in unsettled.content.decode()
    save(desk("sender"), edition, changed("The rocket flew.", "Their rocket."), base=2)
    assert "Their rocket." in editions.newest(edition).text


@pytest.mark.django_db(transaction=True)
def test_two_browsers_that_save_at_once_lose_nothing(desk: Desk) -> None:
    edition = an_edition(a_list())
    works = [
        (desk("editor"), changed("The rocket flew.", "Edda's rocket.")),
        (desk("sender"), changed("The orbiter spoke.", "Sam's orbiter.")),
        (desk("admin"), changed("The dish turned.", "Ada's dish.")),
    ]
    gate, answers = threading.Barrier(len(works)), []

    def run(client: Client, text: str) -> None:
        gate.wait()
        try:
            answers.append(save(client, edition, text).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303, 303, 303]
    text = editions.newest(edition).text
    assert all(words in text for words in ("Edda's rocket.", "Sam's orbiter.", "Ada's dish."))
    assert Revision.objects.filter(edition=edition).count() == 4


def test_a_base_that_is_none_and_a_text_that_is_too_much_are_refused(desk: Desk) -> None:
    edition = an_edition(a_list())
    client = desk("editor")
    for base in ("nonsense", "0", "-1", "9" * 30, "7"):
        answer = save(client, edition, changed("flew", "flies"), base=base)  # type: ignore[arg-type]  # what a stranger may send
        assert answer.status_code in {303, 409, 422}, base
    too_much = save(client, edition, TEXT + "x" * 2_000_000)
    assert too_much.status_code == 422
    assert "at most 2,000,000" in too_much.content.decode()


@pytest.mark.parametrize("number", [0, 7, 2**63, 10**30])
def test_an_edition_that_is_not_there_is_not_found(desk: Desk, number: int) -> None:
    assert desk("admin").get(f"/desk/editions/{number}").status_code == 404


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></textarea><svg onload=alert(1)>"


def test_every_field_of_a_text_is_shown_as_text(desk: Desk) -> None:
    hostile = (
        f"---\nlist: space-digest\ntitle: {HOSTILE}\nsubtitle: {HOSTILE}\nsubject: {HOSTILE}\n"
        f"preheader: {HOSTILE}\n---\n# {HOSTILE}\n{HOSTILE}\n## G {HOSTILE}\n- {HOSTILE} {{china}}\n"
        f"# News\n## [{HOSTILE}](https://a.example/) {{china}}\n{HOSTILE}\n"
    )
    edition = an_edition(a_list(), hostile.encode())
    client = desk("editor")
    save(client, edition, hostile.replace("# News", f"# News {HOSTILE}"))
    for text in (hostile.replace("{china}", "{" + HOSTILE + "}"), hostile):
        for path, posted in (
            (path_of(edition), None),
            (path_of(edition, "/history?one=1&other=2"), None),
            (path_of(edition), {"text": text, "base": 1}),
        ):
            answer = client.get(path) if posted is None else client.post(path, posted)
            page = answer.content.decode()
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<svg onload" not in page
    seen = client.post(path_of(edition, "/preview"), {"text": hostile.replace("{china}", "{<script>}")})
    assert "<script>" not in seen.json()["findings"]


def test_where_an_edition_stands_is_said_with_the_next_thing_to_do(desk: Desk) -> None:
    owner = a_list()
    a_reader(owner, "r@x.example")
    edition = an_edition(owner)
    client = desk("sender")
    assert '<button class="btn go">Test to myself</button>' in client.get(path_of(edition)).content.decode()
    broken = changed("(https://a.example/nairobi)", "(https://localhost/nairobi)")
    save(client, edition, broken)
    page = client.get(path_of(edition)).content.decode()
    assert '<a class="btn go" href="#L10">Mend 1 error</a>' in page
    save(client, edition, TEXT, base=2)
    editions.approve(editions.find(edition.pk), by="Ada Obi", now=NOW)
    page = client.get(path_of(edition)).content.decode()
    assert f'<a class="btn go" href="{path_of(edition, "/schedule")}">Schedule</a>' in page
    assert "Approved by Ada Obi" in page
    # An editor does not schedule, and is shown no button that would refuse.
    assert "btn go" not in desk("editor").get(path_of(edition)).content.decode()


def test_who_would_get_it_is_said_until_there_is_a_send(desk: Desk) -> None:
    owner = a_list()
    a_reader(owner, "r@x.example")
    a_reader(owner, "s@x.example", status=Status.PENDING)
    edition = an_edition(owner)
    client = desk("sender")
    assert "1 reader of 2 candidates, as they stood at " in client.get(path_of(edition)).content.decode()
    a_send(edition, NOW)
    page = client.get(path_of(edition)).content.decode()
    assert "candidates" not in page
    assert "Who will get it" in page


@pytest.mark.django_db(transaction=True)  # a freeze begins one of its own
def test_whoever_had_it_before_it_was_cancelled_is_left_out(desk: Desk) -> None:
    owner = a_list()
    a_reader(owner, "r@x.example")
    send = a_frozen_send(owner)
    [batch] = batches_of(send)
    batches.settle(batch.pk, fired(batch).attempt, Accepted(202, "m1"), now=NOW)
    a_reader(owner, "s@x.example")
    Send.objects.update(status="cancelled")
    page = desk("sender").get(path_of(send.edition)).content.decode()
    assert "1 reader of 2 candidates" in page


def test_doubts_of_the_import_lead_to_the_lines_that_they_are_about(desk: Desk) -> None:
    pasted = (
        b"Contents\n\nSpace News\n\nDecember 1, 2026\n\nA launch from Wenchang in China\n"
        b"The rocket flew far over the sea, and came down where nobody had asked it to come down.\n"
    )
    edition = an_edition(a_list(), pasted)
    page = desk("editor").get(path_of(edition)).content.decode()
    assert "What the import was unsure of" in page
    assert re.search(r'<a href="#L\d+">Line \d+</a><span>“A launch from Wenchang in China” is proposed', page)
    assert re.search(r'<a href="#S1">Pasted 1</a><span>“Contents”', page)
    assert '<li id="S1">' in page


def test_a_page_takes_a_handful_of_statements(desk: Desk, django_assert_max_num_queries: Any) -> None:  # noqa: ANN401 - pytest-django's own
    edition = an_edition(a_list())
    client = desk("editor")
    client.get(path_of(edition))
    drafts.keep(edition, "half", based_on=1, who="Edda Lind", now=NOW)
    with django_assert_max_num_queries(16):
        client.get(path_of(edition))
