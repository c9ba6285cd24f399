import re

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import editions
from mailer.archive import searching
from mailer.archive.searching import asked, excerpt, marked
from mailer.vocabulary import SendStatus
from subscribers.models import List
from tests.archive.editions import a_send_of, many, published
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

MANY_SCRIPTS = """---
list: space-digest
title: Scripts
---
# News
## [Россия строит](https://a.example/1) {russia}
Ракета OneWeb стоит 100% своей цены, а_б.

## [Élan spatial](https://a.example/2)
La fusée d’ÉTÉ monte.

## [محطة في نيروبي](https://a.example/3) {africa}
بدأ تشغيل المحطة.

## [月球电站](https://a.example/4) {china}
电站将在二〇三五年建成。

## [Straße zum Mond](https://a.example/5)
See **the dish** at [a page](https://hidden.example/needle), dear reader.
""".encode()


@pytest.fixture
def digest() -> List:
    return a_list()


@pytest.fixture
def scripts(digest: List) -> List:
    published(digest, MANY_SCRIPTS)
    return digest


def titles(newsletter: List, query: str, interest: str = "") -> list[str]:
    key = newsletter.interests.get(slug=interest).pk if interest else None
    found = searching.search(newsletter.pk, asked(query), interest=key)
    return [re.sub("<[^>]+>", "", hit.title) for hit in found.hits]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("россия", "Россия строит"),
        ("РОССИЯ", "Россия строит"),
        ("Ракета", "Россия строит"),
        ("ракета строит", "Россия строит"),
        ("oneweb", "Россия строит"),
        ("ONEWEB россия", "Россия строит"),
        ("осси", "Россия строит"),
        ("100%", "Россия строит"),
        ("а_б", "Россия строит"),
        ("élan", "Élan spatial"),
        ("ÉLAN", "Élan spatial"),
        ("été", "Élan spatial"),
        ("E\u0301lan", "Élan spatial"),
        ("المحطة", "محطة في نيروبي"),
        ("电站", "月球电站"),
        ("二〇三五", "月球电站"),
        ("straße", "Straße zum Mond"),
        ("the dish", "Straße zum Mond"),
        ("see the DISH", "Straße zum Mond"),
    ],
)
def test_case_and_script_do_not_matter(scripts: List, query: str, title: str) -> None:
    assert titles(scripts, query) == [title]


@pytest.mark.parametrize(
    "query",
    [
        "%",
        "_",
        "&amp;",
        "\\",
        "\u200b",
        "o%b",
        "а%б",
        "rocket",
        "needle",
        "hidden.example",
        "**",
        "!",
        "россия nairobi",
    ],
)
def test_what_no_story_says_is_not_found(scripts: List, query: str) -> None:
    expected = ["Россия строит"] if query in {"%", "_"} else []
    assert titles(scripts, query) == expected


def test_an_interest_narrows_it(scripts: List) -> None:
    assert titles(scripts, "е", "russia") == ["Россия строит"]
    assert titles(scripts, "е", "china") == []


def test_only_the_text_that_was_sent_is_searched(digest: List) -> None:
    edition = published(digest)
    editions.revise(edition, EDITION.replace(b"The dish turned.", b"A secret."), author="ed", now=NOW)
    unsent = an_edition(digest, EDITION.replace(b"The rocket flew.", b"Another secret."))
    a_send_of(unsent, status=SendStatus.CANCELLED)
    assert titles(digest, "secret") == []
    assert titles(digest, "dish") == ["A station over Nairobi"]
    assert titles(a_list("second"), "dish") == []


def test_the_newest_stand_first_and_there_is_an_end(digest: List, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [edition.pk for edition in many(digest, 4)][::-1]
    found = searching.search(digest.pk, "dish")
    assert [hit.edition.edition for hit in found.hits] == numbers
    assert [hit.position for hit in found.hits] == [1] * 4
    assert not found.more
    monkeypatch.setattr(searching, "MOST_FOUND", 3)
    found = searching.search(digest.pk, "dish")
    assert [hit.edition.edition for hit in found.hits] == numbers[:3]
    assert found.more


def test_hits_are_marked_in_title_and_summary(digest: List) -> None:
    published(digest)
    [hit] = searching.search(digest.pk, "DISH station").hits
    assert hit.title == "A <mark>station</mark> over Nairobi"
    assert hit.excerpt == "The <mark>dish</mark> turned."


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("  two   words ", "two words"),
        ("nul\0 and\r\nline", "nul and line"),
        ("", ""),
        ("   ", ""),
        ("\x00\x01", ""),
        ("x" * 5_000, "x" * 100),
        ("\ud800a", "a"),
    ],
)
def test_what_is_typed_becomes_one_short_line(typed: str, query: str) -> None:
    assert asked(typed) == query


def test_many_words_are_not_all_looked_for(digest: List) -> None:
    published(digest)
    assert titles(digest, "a b c d e f g h " * 5) == []
    assert titles(digest, "dish " * 20) == ["A station over Nairobi"]


def test_marks_overlap_and_markup_stays_text() -> None:
    terms = ("anten", "tenna", "<b>")
    assert marked("An Antenna & <b>", terms) == "An <mark>Antenna</mark> &amp; <mark>&lt;b&gt;</mark>"


def test_an_excerpt_is_cut_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(100))
    cut = excerpt(text, ["word50"])
    assert cut.startswith("… word4")
    assert cut.endswith(" …")
    assert "word50" in cut
    assert len(cut) < 200
    assert excerpt("short", ["x"]) == "short"
    assert excerpt("月" * 400, ["x"]) == "月" * 180 + " …"


CUT = """---
list: space-digest
title: Cut
---
# News
## [Café on Mars](https://a.example/1)
**Chang’e**-7 lands; AT\\&T R&amp;D snow\\_man, soft­ly, un*believ*able.

## [Nothing](https://a.example/2)
电**站**将[建成](https://a.example/3)。
""".encode()


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("café", "Café on Mars"),
        ("café mars", "Café on Mars"),
        ("CHANG'E-7", "Café on Mars"),
        ("chang’e-7", "Café on Mars"),
        ("at&t r&d", "Café on Mars"),
        ("snow_man", "Café on Mars"),
        ("softly", "Café on Mars"),
        ("unbelievable", "Café on Mars"),
        ("电站将建成", "Nothing"),
    ],
)
def test_words_are_found_however_markdown_or_a_keyboard_writes_them(
    digest: List, query: str, title: str
) -> None:
    published(digest, CUT)
    assert titles(digest, query) == [title]


def test_capitals_of_any_length_are_found_and_marked(digest: List) -> None:
    published(digest, MANY_SCRIPTS)
    assert titles(digest, "STRASSE") == ["Straße zum Mond"]
    assert marked("Die Straße", ["strasse"]) == "Die <mark>Straße</mark>"
    assert marked("Café", ["café"]) == "<mark>Café</mark>"
    assert excerpt(f"{'x ' * 200}Straße", ["strasse"]).endswith("Straße")


def test_addresses_of_newer_links_hide_no_older_word(digest: List) -> None:
    published(digest, EDITION.replace(b"The dish", b"The Reuters dish"))
    stories = b"".join(
        b"## [S%d](https://a.example/%d)\nSee [it](https://reuters.com/%d).\n\n" % ((number,) * 3)
        for number in range(121)
    )
    published(digest, b"---\nlist: space-digest\ntitle: T\n---\n# N\n" + stories, weeks=1)
    assert titles(digest, "reuters") == ["A station over Nairobi"]


def test_a_process_reads_a_text_once_and_forgets_the_oldest(
    digest: List, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(digest, 4)
    monkeypatch.setattr(searching, "_kept", {})
    monkeypatch.setattr(searching, "_KEPT", 3)
    monkeypatch.setattr(searching, "_AT_ONCE", 2)
    for _ in range(2):
        assert len(titles(digest, "dish")) == 4
        assert len(searching._kept) == 3
    monkeypatch.setattr(searching, "_KEPT", 9)
    assert titles(digest, "nowhere") == []
    with django_assert_num_queries(1):
        assert titles(digest, "nowhere") == []
