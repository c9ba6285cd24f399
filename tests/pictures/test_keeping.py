"""Pictures are kept once, and found by name."""

import datetime as dt

import pytest

from mailer import pictures
from mailer.manuscript.inline import block_html
from mailer.manuscript.pictures import referred
from mailer.models import Picture
from tests.pictures.images import drawing, photograph
from tests.stage import NOW

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_the_same_picture_is_kept_once_as_it_came_first() -> None:
    encoded = pictures.encode(drawing())
    first = pictures.keep(encoded, source="a.png", by="ed", now=NOW)
    assert pictures.keep(encoded, source="b.png", by="vera", now=NOW + dt.timedelta(days=1)) == first
    kept = Picture.objects.get()
    assert (kept.source, kept.by, kept.created_at) == ("a.png", "ed", NOW)
    assert pictures.kept(first) == encoded.data


def test_what_is_not_there_is_nothing() -> None:
    name = pictures.encode(drawing()).name
    assert pictures.kept(name) is None
    assert pictures.kept("../../etc/passwd") is None
    assert pictures.missing([name]) == {name}
    assert pictures.missing([]) == set()
    pictures.keep(pictures.encode(drawing()), source="", by="ed", now=NOW)
    assert pictures.missing([name, "other"]) == {"other"}


def test_they_are_listed_newest_first() -> None:
    old = pictures.keep(pictures.encode(drawing()), source="a.png", by="ed", now=NOW)
    later = NOW + dt.timedelta(hours=1)
    new = pictures.keep(pictures.encode(photograph()), source="b.jpg", by="vera", now=later)
    assert [row["name"] for row in pictures.listing()] == [new, old]
    assert pictures.listing()[0]["bytes"] == len(pictures.kept(new) or b"")


@pytest.mark.parametrize("alt", ["A dish", "A [big] dish", r"back\slash]", "*stars* & <b>"])
def test_the_line_that_shows_it_survives_whatever_words_it_has(alt: str) -> None:
    name = pictures.encode(drawing()).name
    html = block_html(pictures.markdown(name, alt))
    assert html.count("<img ") == 1
    assert name in html


def test_a_reference_names_a_picture_or_nothing() -> None:
    name = "ab" * 16 + "-1072x603.jpg"
    found = referred(f"picture:{name}")
    assert found is not None
    assert (found.name, found.width, found.height, found.reference) == (name, 1072, 603, f"picture:{name}")
    for other in (
        name,
        f"https://a.example/{name}",
        f"picture:{name}/",
        "picture:",
        f"picture:{name[:-4]}.svg",
    ):
        assert referred(other) is None
