"""A list's themes as rows: checked, versioned, bound to approvals, and what letters then look like."""

from dataclasses import replace
from typing import Any

import pytest

from mailer import editions, pictures, themes
from mailer.look import look_of
from mailer.models import Theme
from mailer.themes import ThemeError
from subscribers.models import Change, List
from tests.pictures.images import drawing
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

RED = {"colours": {"accent": {"light": "#7a1f1f", "dark": "#f0a8a7"}}}
ORDERED = {"order": ["Outlook"]}


@pytest.fixture
def owner() -> List:
    return a_list()


@pytest.fixture
def logo() -> str:
    return f"picture:{pictures.keep(pictures.encode(drawing()), source='', by='ed', now=NOW)}"


def test_each_theme_that_is_set_is_a_version_and_the_newest_counts(owner: List) -> None:
    assert themes.put(owner, RED, by="ed", now=NOW) == 1
    assert themes.put(owner, ORDERED, by="vera", now=NOW) == 2
    assert [(row["version"], row["by"]) for row in themes.versions(owner)] == [(2, "vera"), (1, "ed")]
    owner.refresh_from_db()
    assert owner.theme == ORDERED == themes.version(owner, 2)
    assert [
        (line.what, line.before, line.after)
        for line in Change.objects.filter(what="themes set").order_by("pk")
    ] == [
        ("themes set", {"theme": 0}, {"theme": 1}),
        ("themes set", {"theme": 1}, {"theme": 2}),
    ]


def test_the_same_again_changes_nothing(owner: List) -> None:
    themes.put(owner, RED, by="ed", now=NOW)
    assert themes.put(owner, RED, by="ed", now=NOW) is None
    assert Theme.objects.count() == 1
    assert Change.objects.filter(what="themes set").count() == 1


def test_an_earlier_one_comes_back_as_a_new_version(owner: List) -> None:
    themes.put(owner, RED, by="ed", now=NOW)
    themes.put(owner, {}, by="ed", now=NOW)
    assert themes.restore(owner, 1, by="ed", now=NOW) == 3
    owner.refresh_from_db()
    assert owner.theme == RED
    with pytest.raises(ThemeError, match="has no theme 9"):
        themes.restore(owner, 9, by="ed", now=NOW)


def test_how_it_looked_before_there_were_versions_is_the_first(owner: List) -> None:
    List.objects.filter(pk=owner.pk).update(theme=ORDERED)
    owner.refresh_from_db()
    assert themes.put(owner, RED, by="ed", now=NOW) == 2
    assert themes.version(owner, 1) == ORDERED


def test_a_theme_with_a_fault_changes_nothing_and_every_fault_is_named(owner: List) -> None:
    bad: dict[str, Any] = {"type": {"text": "Papyrus"}, "interests": {"mars": "#333333"}}
    with pytest.raises(ThemeError) as refused:
        themes.put(owner, bad, by="ed", now=NOW)
    lines = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["type.text", "interests.mars", "interests.mars"]
    assert not Theme.objects.exists()


def test_a_logo_must_be_kept_here(owner: List, logo: str) -> None:
    stranger = {"logo": {"light": "picture:" + "ab" * 16 + "-20x20.png"}}
    assert [fault.where for fault in themes.check(owner, stranger)[1]] == ["logo.light"]
    assert themes.check(owner, {"logo": {"light": logo}})[1] == ()


def test_a_theme_unapproves_what_was_approved(owner: List) -> None:
    edition = an_edition(owner)
    approval = editions.approve(edition, by="ed", now=NOW)
    themes.put(owner, RED, by="ed", now=NOW)
    checked = editions.check(editions.find(edition.pk), now=NOW)
    assert checked.content_hash != approval.content_hash


def test_a_preview_is_the_letter_as_it_would_look_and_changes_nothing(owner: List, logo: str) -> None:
    edition = an_edition(owner)
    letter = themes.preview(owner, RED | {"logo": {"light": logo, "alt": "The Digest"}, "footer": "By *us*."})
    assert letter.subject == editions.render(edition, []).subject
    assert "#7a1f1f" in letter.html
    assert f"/pictures/{logo.removeprefix('picture:')}" in letter.html
    assert 'alt="The Digest"' in letter.html
    assert "By <em>us</em>." in letter.html
    assert "By us." in letter.text
    assert not Theme.objects.exists()
    assert "#7a1f1f" not in editions.render(edition, []).html


def test_without_an_edition_the_sample_is_previewed(owner: List) -> None:
    assert "#7a1f1f" in themes.preview(owner, RED).html


def test_another_lists_edition_is_not(owner: List) -> None:
    other = an_edition(a_list("second"), EDITION.replace(b"list: space-digest", b"list: second"))
    with pytest.raises(ThemeError, match="is one of second"):
        themes.preview(owner, RED, edition=other.pk)


def test_what_is_described_is_everything_with_the_defaults(owner: List, logo: str) -> None:
    described = themes.described(owner, RED | {"logo": {"light": logo}})
    assert described["colours"]["accent"] == RED["colours"]["accent"]
    assert described["colours"]["paper"] == {"light": "#ffffff", "dark": "#15181d"}
    assert list(described["interests"]) == [interest.slug for interest in look_of(owner).interests]
    lines = dict(themes.told(described))
    assert (lines["logo.light"], lines["type.text"], lines["footer"]) == (logo, "sans", "")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"[logo", b"a" * 30_000])
def test_what_is_no_toml_is_refused_in_a_line(data: bytes) -> None:
    with pytest.raises(ThemeError):
        themes.parse(data)


def test_equal_looks_are_equal_whoever_read_them(owner: List) -> None:
    themes.put(owner, RED, by="ed", now=NOW)
    assert look_of(owner) == replace(look_of(List.objects.get(pk=owner.pk)))


def test_a_restored_theme_leaves_out_an_interest_that_the_list_has_no_more(owner: List) -> None:
    moon = {"interests": {"china": {"light": "#444444", "dark": "#dddddd"}}}
    themes.put(owner, moon | ORDERED, by="ed", now=NOW)
    themes.put(owner, {}, by="ed", now=NOW)
    owner.interests.filter(slug="china").update(retired_at=NOW)
    assert themes.restore(owner, 1, by="ed", now=NOW) == 3
    assert themes.version(owner, 3) == ORDERED | {"interests": {}}


def test_a_picture_in_the_foot_must_be_kept_here_and_is_shown(owner: List, logo: str) -> None:
    lost = {"footer": f"![A seal](picture:{'ab' * 16}-20x20.png)"}
    assert [fault.where for fault in themes.check(owner, lost)[1]] == ["footer"]
    letter = themes.preview(owner, {"footer": f"![A seal]({logo})"})
    assert f'src="http://127.0.0.1:8000/pictures/{logo.removeprefix("picture:")}" alt="A seal"' in letter.html
