"""`mailer pictures`, as an editor uses it."""

from pathlib import Path

import pytest

from mailer import pictures
from mailer.models import Picture
from tests.commands.conftest import Mailer
from tests.pictures.images import drawing, taken_somewhere

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def dish(tmp_path: Path) -> str:
    (tmp_path / "dish.png").write_bytes(drawing())
    return str(tmp_path / "dish.png")


def test_adding_one_prints_the_line_that_shows_it(mailer: Mailer, dish: str) -> None:
    ran = mailer("pictures", "add", dish, "--alt", " The dish,\n seen from  below ")
    assert (ran.status, ran.err) == (0, "")
    name = Picture.objects.get().pk
    assert ran.out == f"![The dish, seen from below](picture:{name})\n"
    assert mailer("pictures", "add", dish, "--alt", "The dish").status == 0
    assert Picture.objects.get().source == "dish.png"


def test_a_script_gets_its_size_too(mailer: Mailer, dish: str) -> None:
    described = mailer("pictures", "add", dish, "--alt", "The dish", "--json").json
    assert described["bytes"] == len(pictures.kept(described["name"]) or b"")
    assert (described["width"], described["height"]) == (400, 300)


@pytest.mark.parametrize("alt", ["", "  "])
def test_without_words_nothing_is_kept(mailer: Mailer, dish: str, alt: str) -> None:
    ran = mailer("pictures", "add", dish, "--alt", alt)
    assert ran.status == 2
    assert "say in words what it shows" in ran.err
    assert not Picture.objects.exists()


def test_what_is_no_image_is_refused_with_its_name(mailer: Mailer, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    ran = mailer("pictures", "add", str(tmp_path / "notes.txt"), "--alt", "x")
    assert ran.status == 1
    assert "notes.txt: This is none of the kinds" in ran.err


def test_they_are_listed_and_an_empty_house_says_how_to_begin(
    mailer: Mailer, dish: str, tmp_path: Path
) -> None:
    assert "mailer pictures add" in mailer("pictures", "ls").err
    (tmp_path / "red.jpg").write_bytes(taken_somewhere())
    mailer("pictures", "add", dish, "--alt", "The dish")
    mailer("pictures", "add", str(tmp_path / "red.jpg"), "--alt", "Red")
    assert {row["source"] for row in mailer("pictures", "ls", "--json").json} == {"dish.png", "red.jpg"}
    assert "dish.png" in mailer("pictures", "ls").out
