import pytest

from mailer.models import Edition
from subscribers.models import List
from tests.archive.editions import corrected, published
from tests.stage import EDITION, a_list
from tests.web.archive.reading import notes, page, path

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def digest() -> List:
    return a_list()


MIXED = """---
list: fada
title: Rockets over Nairobi!
subtitle: What moved?
date: 2026-12-01
---
# أخبار
نص عربي للقسم.

A paragraph in English!

# Trends
## Rising!
- Antennas, everywhere!
- هوائيات في كيغالي

# News
## [محطة في نيروبي](https://a.example/1) {africa}
دار الطبق فوق المدينة كلها في الليل.

The dish turned, they said!
""".encode()


@pytest.fixture
def arabic() -> Edition:
    owner = a_list("fada")
    List.objects.filter(pk=owner.pk).update(language="ar", name="نشرة الفضاء")
    return published(List.objects.get(pk=owner.pk), MIXED)


def test_each_part_says_its_own_language_and_direction(arabic: Edition) -> None:
    written = page(f"/archive/fada/{arabic.pk}/?lang=en")
    english = ' lang="en" dir="ltr"'
    for part in (
        f"<h1{english}>Rockets over Nairobi!</h1>",
        f'<p class="lede"{english}>What moved?</p>',
        "<h2>أخبار</h2>",
        "<p>نص عربي للقسم.</p>",
        f"<p{english}>A paragraph in English!</p>",
        f'<a href="#p2"{english}>Trends</a>',
        f"<h2{english}>Trends</h2>",
        f'<h3 class="trend"{english}>Rising!</h3>',
        f"<li{english}>Antennas, everywhere!</li>",
        "<li>هوائيات في كيغالي</li>",
        '<article class="story" id="s1">',
        "<p>دار الطبق فوق المدينة كلها في الليل.</p>",
        f"<p{english}>The dish turned, they said!</p>",
    ):
        assert part in written
    assert " style=" not in written, "the policy forbids it"


def test_a_story_in_another_language_has_parts_in_the_lists(digest: List) -> None:
    text = """
## [محطة في نيروبي](https://a.example/1) {africa}
دار الطبق فوق المدينة كلها في الليل.

The dish turned!
""".encode()
    written = page(path(published(digest, EDITION + text)))
    assert '<article class="story" id="s5" lang="ar" dir="rtl">' in written
    assert '<b class="c3"><bdi lang="en">Africa</bdi></b>' in written
    assert '<p lang="en" dir="ltr">The dish turned!</p>' in written


def test_a_note_quotes_in_the_language_of_what_it_quotes(arabic: Edition) -> None:
    owner = arabic.list
    edition = corrected(owner, MIXED.replace(b"Antennas", b"Dishes"), MIXED)
    written = notes(page(f"/archive/fada/{edition.pk}/?lang=en"))
    assert '<bdi lang="en">Rising!</bdi>' in written
    assert '<dd lang="en" dir="ltr"><ins>Antennas,</ins> everywhere!' in written
