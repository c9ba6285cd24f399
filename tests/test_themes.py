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


def test_a_footer_is_looked_at_as_the_text_of_an_edition_is(owner: List) -> None:
    lines = (
        f"{'TO'}DO: write this",
        "[here](http://127.0.0.1/) and [x](javascript:alert)",
        "[rel](/about) by {{ sender }}",
        "[us](https://ed:pw@news.example/)",
        "РљРёС‚Р°Р№",
    )
    said = [str(fault) for fault in themes.check(owner, {"footer": list(lines)})[1]]
    assert [line.split(": ")[1] for line in said] == [
        "line 1",
        "line 2",
        "line 2",
        "line 3",
        "line 3",
        "line 4",
        "line 5",
    ]
    assert "footer: line 2: “http://127.0.0.1/” can be reached from your own network only" in said[1]
    good = {
        "footer": "[Write to us](mailto:desk@news.example)\n[About](https://news.example/about), since 2019"
    }
    assert themes.check(owner, good)[1] == ()


def test_what_may_be_meant_in_a_footer_is_a_warning_of_every_edition(owner: List) -> None:
    themes.put(
        owner, {"footer": "Kept short.\n\nBy [us](https://bit.ly/x). Copyright 2024"}, by="ed", now=NOW
    )
    found = editions.check(an_edition(owner), now=NOW).findings
    assert [(each.rule, each.line, each.column) for each in found] == [
        ("link-shortened", 1, 1),
        ("year-old", 1, 1),
    ]
    assert found[0].message.startswith("Theme footer, line 2: “https://bit.ly/x” goes through")


def test_a_footer_of_before_a_rule_blocks_and_the_advice_is_not_to_mend_the_text(owner: List) -> None:
    List.objects.filter(pk=owner.pk).update(theme={"footer": "[rel](/about)"})
    checked = editions.check(an_edition(List.objects.get(pk=owner.pk)), now=NOW)
    (error,) = checked.errors
    assert (error.rule, error.in_text) == ("link-relative", False)
    assert "Theme footer, line 1" in error.message


DARK = {
    "colours": {
        name: {"light": light, "dark": light}
        for name, light in {
            "paper": "#101010",
            "ink": "#eeeeee",
            "muted": "#cccccc",
            "accent": "#aaccff",
            "quiet": "#111111",
            "ground": "#000000",
        }.items()
    }
}


def test_a_dark_paper_wants_a_colour_for_each_interest_that_the_list_has_and_no_other(owner: List) -> None:
    slugs = [interest.slug for interest in owner.interests.all()]
    assert [fault.where for fault in themes.check(owner, DARK)[1]] == [f"interests.{slug}" for slug in slugs]
    labels = {"interests": dict.fromkeys(slugs, "#ffcccc")}
    assert themes.check(owner, DARK | labels)[1] == ()
    assert themes.put(owner, DARK | labels, by="ed", now=NOW) == 1
    del labels["interests"][slugs[0]]
    (fault,) = themes.check(owner, DARK | labels)[1]
    assert fault.where == f"interests.{slugs[0]}"
    assert "which is given no colour, (#903b3f) on paper (#101010)" in fault.said


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"footer": "By\x00us"}, "footer"),
        ({"order": ["Out\x1blook"]}, "order"),
        ({"sections": {"Out\x00look": {"style": "plain"}}}, "sections"),
    ],
)
def test_a_character_that_no_letter_carries_is_refused(owner: List, data: dict[str, Any], where: str) -> None:
    assert [fault.where for fault in themes.check(owner, data)[1]] == [where]
    with pytest.raises(ThemeError, match=r"U\+00"):
        themes.put(owner, data, by="ed", now=NOW)


def test_brackets_within_brackets_are_refused_in_a_line() -> None:
    with pytest.raises(ThemeError, match="nested deeper"):
        themes.parse(b"x = " + b"[" * 9_000 + b"]" * 9_000)
