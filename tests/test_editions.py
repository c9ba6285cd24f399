"""Editions as rows."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from mailer import editions
from mailer.editions import EditionError
from mailer.look import content_hash, look_of
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Edition, Revision, Story
from subscribers.interests import UnknownInterestError
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_what_was_imported_is_exported_byte_for_byte() -> None:
    edition = an_edition(a_list())
    assert editions.newest(edition).text.encode() == EDITION


def test_the_same_text_again_is_the_same_edition() -> None:
    owner = a_list()
    first = editions.import_text(owner, EDITION, author="ed", now=NOW)
    second = editions.import_text(owner, EDITION, author="ed", now=NOW)
    assert first.new
    assert not second.new
    assert first.edition == second.edition
    assert Edition.objects.count() == Revision.objects.count() == 1


def test_the_same_text_on_another_list_is_another_edition() -> None:
    text = EDITION.replace(b"list: space-digest\n", b"")
    first = editions.import_text(a_list(), text, author="ed", now=NOW)
    second = editions.import_text(a_list("other-digest"), text, author="ed", now=NOW)
    assert first.edition != second.edition


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "In this edition"),
        ("zh-Hans", "本期内容"),
        ("ar-EG", "في هذا العدد"),
        ("sw", "In this edition"),
    ],
)
def test_what_nothing_headed_is_headed_in_the_list_s_language(language: str, title: str) -> None:
    owner = a_list()
    owner.language = language
    pasted = "航天周报\n\n火箭从文昌发射。它飞得很远，越过了大海，又回到了地球上。\n".encode()
    made = editions.import_text(owner, pasted, author="ed", now=NOW)
    newest = editions.newest(made.edition)
    assert [section.title for section in editions.document_of(newest).sections] == [title]
    assert f"“{title}”" in newest.warnings[0]


def test_an_edition_is_described_in_the_shape_that_scripts_rely_on() -> None:
    described = editions.described(an_edition(a_list()))
    assert described == {
        "id": described["id"],
        "list": "space-digest",
        "title": "Space, seen from elsewhere",
        "subtitle": "",
        "date": "2026-12-01",
        "status": "draft",
        "sections": [{"title": "Selected news", "prose": "", "groups": [], "stories": 4}],
        "stories": described["stories"],
        "warnings": [],
    }
    assert described["stories"][0] == {
        "title": "A launch from Wenchang",
        "url": "https://a.example/wenchang",
        "interests": ["china"],
        "summary": "The rocket flew.",
    }
    assert len(described["stories"]) == 4


def test_stories_are_kept_with_their_interests() -> None:
    an_edition(a_list())
    story = Story.objects.get(position=1)
    assert story.title == "A station over Nairobi"
    assert [interest.slug for interest in story.interests.all()] == ["africa"]


def test_a_faulty_text_leaves_nothing_behind() -> None:
    faulty = EDITION.replace(b"# Selected news\n", b"# Selected news\n## [A](nowhere) {mars}\nx\n\n")
    with pytest.raises(ManuscriptError, match="line 7"):
        an_edition(a_list(), faulty)
    assert not Edition.objects.exists()


def test_pasted_text_is_kept_as_it_came_beside_what_it_became() -> None:
    pasted = "Space News\n\nDecember 1, 2026\n\nA launch from Wenchang\n\nThe rocket flew far over the sea.\n"
    revision = editions.newest(an_edition(a_list(), pasted.encode()))
    assert revision.source == pasted
    assert revision.text.startswith("---\nlist: space-digest\n")
    assert revision.warnings


def hash_of(edition: Edition) -> str:
    edition = editions.find(edition.pk)
    return content_hash(editions.newest(edition), look_of(edition.list))


def test_an_approval_is_bound_to_everything_that_a_reader_would_see() -> None:
    owner = a_list()
    edition = an_edition(owner)
    approval = editions.approve(edition, by="ed", now=NOW)
    assert edition.revisions.get().approvals.get() == approval
    edition.refresh_from_db()
    assert edition.status == "approved"
    for column, value in (
        ("postal_address", "Elsewhere"),
        ("sender_name", "Another"),
        ("sender_address", "other@news.example"),
        ("name", "Other Digest"),
        ("unchosen_stories", "hidden"),
        ("theme", {"type": {"text": "serif"}}),
        ("tracked", False),
    ):
        before = getattr(owner, column)
        setattr(owner, column, value)
        owner.save()
        assert hash_of(edition) != approval.content_hash, column
        setattr(owner, column, before)
        owner.save()
    assert hash_of(edition) == approval.content_hash


def test_a_letter_is_rendered_as_its_reader_gets_it() -> None:
    edition = an_edition(a_list())
    africa = editions.render(edition, ["africa"])
    everything = editions.render(edition, [])
    assert africa.subject == "Space, seen from elsewhere"
    assert "The dish turned." in africa.html
    assert "The rocket flew." not in africa.html
    assert "A launch from Wenchang" in africa.html
    assert "The rocket flew." in everything.html


def test_an_interest_that_is_none_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownInterestError, match="africa"):
        editions.render(an_edition(a_list()), ["mars"])


def test_an_edition_that_is_not_there_says_where_to_look() -> None:
    with pytest.raises(EditionError, match="mailer editions ls"):
        editions.find(404)


def test_a_corrected_text_is_the_newest_revision_and_the_same_text_again_is_no_other() -> None:
    edition = an_edition(a_list())
    corrected = EDITION.replace(b"flew", b"flew far")
    revision = editions.revise(edition, corrected, author="ed", now=NOW)
    assert (revision.number, revision.text.encode()) == (2, corrected)
    from_windows = b"\xef\xbb\xbf" + corrected.replace(b"\n", b"\r\n")
    again = editions.revise(edition, from_windows, author="bo", now=NOW)
    assert again == revision
    assert Story.objects.filter(revision=revision).count() == 4


def test_what_was_pasted_corrects_nothing_since_nobody_has_seen_what_was_understood() -> None:
    edition = an_edition(a_list())
    with pytest.raises(EditionError, match=f"mailer editions export {edition.pk}"):
        editions.revise(edition, b"Space Digest\n\nSelected news\n\nA rocket flew.\n", author="ed", now=NOW)
    assert Revision.objects.count() == 1


def test_an_approval_holds_on_a_host_that_says_otherwise_where_the_house_is(settings: Settings) -> None:
    """`mailer up --port` tells its workers another address than a command in another terminal has."""
    edition = an_edition(a_list())
    approval = editions.approve(edition, by="ed", now=NOW)
    settings.CONFIGURATION = replace(settings.CONFIGURATION, base_url="https://other.example")
    assert hash_of(edition) == approval.content_hash
    edition.list.public = False
    edition.list.save()
    assert hash_of(edition) != approval.content_hash, "letters lead to no page of a list that has none"
