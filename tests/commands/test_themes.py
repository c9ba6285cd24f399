"""`mailer themes`, as an admin uses it."""

from pathlib import Path

import pytest

from mailer import editions
from subscribers.models import List
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

GOOD = '[colours]\naccent = { light = "#7a1f1f", dark = "#f0a8a7" }\n'
BAD = '[colours]\naccent = "blue"\n[type]\ntext = "Papyrus"\n'


@pytest.fixture
def owner(db: None) -> List:  # noqa: ARG001 - its rows need the database
    return a_list()


@pytest.fixture
def good(tmp_path: Path) -> str:
    (tmp_path / "theme.toml").write_text(GOOD)
    return str(tmp_path / "theme.toml")


@pytest.fixture
def bad(tmp_path: Path) -> str:
    (tmp_path / "bad.toml").write_text(BAD)
    return str(tmp_path / "bad.toml")


@pytest.mark.usefixtures("owner")
def test_a_theme_is_checked_set_shown_listed_and_restored(mailer: Mailer, good: str, tmp_path: Path) -> None:
    assert mailer("themes", "check", "space-digest", good).status == 0
    assert mailer("themes", "set", "space-digest", good).out == "space-digest has theme 1.\n"
    again = mailer("themes", "set", "space-digest", good)
    assert (again.status, again.out) == (0, "")
    assert "this very theme" in again.err
    shown = mailer("themes", "show", "space-digest", "--json").json
    assert shown["colours"]["accent"] == {"light": "#7a1f1f", "dark": "#f0a8a7"}
    (tmp_path / "empty.toml").write_text("")
    assert mailer("themes", "set", "space-digest", str(tmp_path / "empty.toml"), "--json").json == {
        "list": "space-digest",
        "version": 2,
    }
    assert mailer("themes", "restore", "space-digest", "1").out == "space-digest has theme 3.\n"
    assert [row["version"] for row in mailer("themes", "ls", "space-digest", "--json").json] == [3, 2, 1]
    assert "#7a1f1f" in mailer("themes", "show", "space-digest", "--version", "1").out
    assert "#7a1f1f" not in mailer("themes", "show", "space-digest", "--version", "2").out


def test_what_was_approved_in_another_look_is_to_be_approved_anew(
    mailer: Mailer, owner: List, good: str
) -> None:
    edition = an_edition(owner)
    editions.approve(edition, by="ed", now=NOW)
    told = f"Approved before this change, and to be approved anew: edition {edition.pk}\n"
    assert mailer("themes", "set", "space-digest", good).err == told
    editions.approve(editions.find(edition.pk), by="ed", now=NOW)
    (Path(good).parent / "other.toml").write_text('[type]\ntext = "serif"\n')
    assert mailer("themes", "set", "space-digest", str(Path(good).parent / "other.toml")).err == told
    # Somebody approved it in that look before, and that word holds again.
    assert mailer("themes", "restore", "space-digest", "1").err == ""


@pytest.mark.usefixtures("owner")
def test_a_bad_one_is_told_line_by_line_and_changes_nothing(mailer: Mailer, bad: str) -> None:
    checked = mailer("themes", "check", "space-digest", bad, "--json")
    assert checked.status == 1
    assert [fault["where"] for fault in checked.json["faults"]] == ["type.text", "colours.accent.light"] or [
        fault["where"] for fault in checked.json["faults"]
    ] == ["colours.accent.light", "type.text"]
    ran = mailer("themes", "set", "space-digest", bad)
    assert ran.status == 1
    assert 'colours.accent.light: write a colour as "#rrggbb"' in ran.err
    assert List.objects.get().theme == {}


@pytest.mark.usefixtures("owner")
def test_a_preview_writes_the_letter(mailer: Mailer, good: str, tmp_path: Path) -> None:
    an_edition(List.objects.get())
    folder = tmp_path / "look"
    ran = mailer("themes", "preview", "space-digest", good, "-o", str(folder))
    assert ran.status == 0
    assert "#7a1f1f" in (folder / "edition.html").read_text()
    assert "The dish turned." in (folder / "edition.txt").read_text()


def test_a_list_without_a_theme_says_how_to_begin(mailer: Mailer, owner: List) -> None:
    assert f"mailer themes set {owner.slug} FILE" in mailer("themes", "ls", owner.slug).err
