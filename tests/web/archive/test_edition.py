import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mailer.models import Send
from mailer.vocabulary import BatchState, SendStatus
from subscribers import curating
from subscribers.models import List
from subscribers.vocabulary import NoStory, UnchosenStories
from tests.archive.editions import WEEK, a_send_of, corrected, left, many, published
from tests.stage import EDITION, NOW, a_list, an_edition
from tests.web.archive.reading import page, path

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

WHOLE = """---
list: space-digest
title: Orbit <b>& more</b>
subtitle: What moved
date: 2026-12-01
---
# 🔭 Trends
## Rising
- Antennas in **Kigali** {africa}
- Patience

# View
Who owns the antenna?

# Outlook
A calm winter.

# News
## [A launch from Wenchang](https://www.a.example/wenchang) {china}
The rocket flew. ![The pad](picture:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1072x603.jpg)

## [A station over Nairobi](https://a.example/nairobi) {africa}
The dish turned.

## No link {russia}
<script>alert(1)</script>

## [电站](https://a.example/zh)
电站将建成。
""".encode()


@pytest.fixture
def digest() -> List:
    return a_list()


def stories(written: str) -> list[str]:
    """Return the titles of the stories in full."""
    articles = re.findall(r'<article class="story".*?</article>', written, re.DOTALL)
    return [re.sub("<[^>]+>", "", re.findall(r"<h3>(.*?)</h3>", each)[0]) for each in articles]


def elsewhere(written: str) -> list[str]:
    _, _, rest = written.partition('<h2 id="elsewhere">')
    return re.findall(r'<li id="s\d+"[^>]*><(?:a|span)[^>]*>(.*?)</(?:a|span)>', rest)


def test_an_edition_stands_there_whole(digest: List) -> None:
    written = page(path(published(digest, WHOLE)))
    assert "<h1>Orbit &lt;b&gt;&amp; more&lt;/b&gt;</h1>" in written
    assert '<p class="lede">What moved</p>' in written
    assert '<h2><span aria-hidden="true">🔭</span> Trends</h2>' in written
    assert '<h3 class="trend">Rising</h3>' in written
    assert "<li>Antennas in <strong>Kigali</strong></li>" in written
    assert '<section id="p2" class="view">\n<h2>View</h2>' in written
    assert '<a href="https://www.a.example/wenchang" rel="noreferrer">A launch from Wenchang</a>' in written
    assert '<bdi>a.example</bdi> · <b class="c1"><bdi>China</bdi></b>' in written
    assert 'src="/pictures/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1072x603.jpg" alt="The pad"' in written
    assert "<h3>No link</h3>" in written
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in written
    assert re.findall(r'<article class="story" id="(s\d)"', written) == ["s1", "s2", "s3", "s4"]


def test_a_story_in_another_language_says_so(digest: List) -> None:
    written = page(path(published(digest, WHOLE)))
    assert '<article class="story" id="s4" lang="zh">' in written
    assert '<article class="story" id="s1">' in written
    assert '<div class="edition" lang="en" dir="ltr">' in page(path(published(digest, WHOLE), "?lang=ar"))


def test_what_is_in_it_is_listed_with_its_interests(digest: List) -> None:
    edition = published(digest, WHOLE)
    written = page(path(edition))
    assert '<li><a href="#p4">News</a></li>' in written
    assert f'<a href="{path(edition)}" aria-current="true">All stories (4)</a>' in written
    assert (
        f'<a href="{path(edition)}?interest=china"><span><bdi lang="en">China</bdi> (1)</span></a>' in written
    )
    assert "South Asia" not in written


def test_an_interest_shows_it_as_its_readers_get_it(digest: List) -> None:
    edition = published(digest, WHOLE)
    written = page(path(edition, "?interest=africa"))
    assert stories(written) == ["A station over Nairobi", "电站"]
    assert elsewhere(written) == ["A launch from Wenchang", "No link"]
    assert 'aria-current="true"><span><bdi lang="en">Africa</bdi> (1)</span></a>' in written
    assert f'<a href="{path(edition)}">All stories (4)</a>' in written
    assert stories(page(path(edition, "?interest=russia"))) == ["No link", "电站"]
    assert "Antennas" not in page(path(edition, "?interest=russia"))


def test_several_interests_are_one_readers(digest: List) -> None:
    edition = published(digest, WHOLE)
    written = page(path(edition, "?interest=africa&interest=china"))
    assert stories(written) == ["A launch from Wenchang", "A station over Nairobi", "电站"]
    assert written.count('aria-current="true"><span>') == 2
    everything = page(path(edition, "?interest=africa&interest=china&interest=russia&interest=south-asia"))
    assert elsewhere(everything) == []
    assert 'aria-current="true">All stories (4)</a>' in everything


def test_none_of_its_interests_is_not_everything(digest: List) -> None:
    written = page(path(published(digest, WHOLE), "?interest="))
    assert stories(written) == ["电站"]
    assert len(elsewhere(written)) == 3


@pytest.mark.parametrize(
    ("rule", "full", "headlines"),
    [
        ({"unchosen_stories": UnchosenStories.HIDDEN}, ["A station over Nairobi"], []),
        (
            {"unchosen_stories": UnchosenStories.FULL},
            ["A station over Nairobi", "A launch from Wenchang", "Vostochny waits", "Chandrayaan calls home"],
            [],
        ),
    ],
)
def test_the_lists_rule_says_what_becomes_of_the_others(
    digest: List, rule: dict[str, str], full: list[str], headlines: list[str]
) -> None:
    List.objects.filter(pk=digest.pk).update(**rule)
    written = page(path(published(digest), "?interest=africa"))
    assert stories(written) == full
    assert elsewhere(written) == headlines
    assert "All stories (4)" in written


def test_who_has_no_story_sees_what_they_were_sent(digest: List) -> None:
    edition = published(
        digest, EDITION[: EDITION.index(b"## [A station")] + b"\n## [Two](https://a.example) {russia}\nT.\n"
    )
    List.objects.filter(pk=digest.pk).update(unchosen_stories=UnchosenStories.HIDDEN)
    written = page(path(edition, "?interest=africa"))
    assert "Nothing in this edition is about these interests." in written
    List.objects.filter(pk=digest.pk).update(no_story=NoStory.TOP_STORIES)
    assert stories(page(path(edition, "?interest=africa"))) == ["A launch from Wenchang", "Two"]


@pytest.mark.parametrize(
    "query", ["?interest=nothing", "?interest=%00", "?interest=%ff", "?interest=a%0d%0ab"]
)
def test_what_is_no_interest_is_passed_over(digest: List, query: str) -> None:
    edition = published(digest)
    assert stories(page(path(edition, query))) == stories(page(path(edition)))


def test_an_interest_keeps_its_address_under_another_name_and_retired(digest: List) -> None:
    edition = published(digest)
    curating.rename(digest, "africa", new_slug="africas", by="vera", at=NOW)
    assert stories(page(path(edition, "?interest=africa"))) == ["A station over Nairobi"]
    digest.interests.filter(slug="africas").update(retired_at=NOW)
    written = page(path(edition, "?interest=africa"))
    assert stories(written) == ["A station over Nairobi"]
    assert "Africa</bdi>" not in written


def test_the_pages_before_and_after_keep_the_interest(digest: List) -> None:
    first, second, third = many(digest, 3)
    written = page(path(second))
    assert f'<a href="{path(first)}" rel="prev">Previous: 1 December 2026</a>' in written
    assert f'<a href="{path(third)}" rel="next">Next: 15 December 2026</a>' in written
    narrowed = page(path(second, "?interest=africa"))
    assert f'<a href="{path(first)}?interest=africa" rel="prev">' in narrowed
    assert 'href="?interest=africa&amp;lang=fr"' in narrowed
    assert "Next:" not in page(path(third))


def test_only_what_everybody_was_sent_is_there(digest: List) -> None:
    edition = an_edition(digest)
    nowhere = page("/archive/space-digest/999/", 404)
    assert "It may have gone to some readers only" in nowhere
    assert 'href="/archive/space-digest/"' in nowhere
    assert page(path(edition), 404) == nowhere
    send = a_send_of(edition, status=SendStatus.CANCELLED)
    for said in (
        {},
        {"status": "done", "segment": {"slug": "x", "all": []}},
        {"segment": None, "kind": "test"},
    ):
        Send.objects.filter(pk=send.pk).update(**said)
        assert page(path(edition), 404) == nowhere
        page(f"{path(edition)}card.png", 404)
    Send.objects.filter(pk=send.pk).update(kind="send")
    page(path(edition))
    page(f"/archive/second/{edition.pk}/", 404)
    a_list("second")
    assert page(f"/archive/second/{edition.pk}/", 404) == page("/archive/second/999/", 404)
    List.objects.filter(pk=digest.pk).update(public=False)
    assert page(path(edition), 404) == page("/archive/nowhere/1/", 404)


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40, "9" * 5_000, "-1", "1e3", "١"])
def test_no_number_breaks_it(digest: List, number: str) -> None:
    published(digest)
    page(f"/archive/space-digest/{number}/", 404)


@pytest.mark.parametrize("status", [SendStatus.SENDING, SendStatus.PAUSED, SendStatus.SETTLING])
@pytest.mark.parametrize(
    "state",
    [BatchState.ACCEPTED, BatchState.SUBMITTING, BatchState.UNKNOWN, BatchState.NOT_CONFIRMED],
)
def test_one_that_is_under_way_is_open_as_soon_as_a_letter_may_have_left(
    digest: List, status: SendStatus, state: BatchState
) -> None:
    edition = an_edition(digest)
    send = left(a_send_of(edition, status=status), BatchState.CLAIMED)
    page(path(edition), 404)
    left(send, state)
    page(path(edition))


def test_one_that_is_under_way_is_kept_from_search_engines(digest: List) -> None:
    edition = an_edition(digest)
    left(a_send_of(edition, status=SendStatus.SENDING))
    assert '<meta name="robots" content="noindex">' in page(path(edition))
    Send.objects.update(status=SendStatus.DONE)
    assert "noindex" not in page(path(edition))


def test_an_edition_has_one_true_address(digest: List) -> None:
    edition = published(digest)
    canonical = f'<link rel="canonical" href="http://127.0.0.1:8000{path(edition)}">'
    for address in (path(edition), path(edition, "?interest=africa&lang=fr"), path(edition).rstrip("/")):
        assert canonical in page(address)


def test_a_long_head_is_shown_whole(digest: List) -> None:
    long = EDITION.replace(b"date: 2026-12-01", b"subtitle: " + b"long " * 900 + b"END\ndate: 2026-11-11")
    edition = published(digest, long)
    written = page(path(edition))
    assert "long END</p>" in written
    assert '<time datetime="2026-11-11">11 November 2026</time>' in written


def test_who_shares_it_shares_its_picture(digest: List) -> None:
    edition = published(digest, WHOLE)
    written = page(path(edition))
    assert f'<meta property="og:image" content="http://127.0.0.1:8000{path(edition)}card.png">' in written
    assert '<meta property="og:title" content="Orbit &lt;b&gt;&amp; more&lt;/b&gt;">' in written
    answer = Client().get(f"{path(edition)}card.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    tag = answer.headers["ETag"]
    again = Client(headers={"if-none-match": tag}).get(f"{path(edition)}card.png")
    assert again.status_code == 304
    # Programs show it inside pages of their own, as they do a letter's pictures.
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_search_engines_read_an_article_and_its_stories(digest: List) -> None:
    edition = published(digest, WHOLE)
    [said] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page(path(edition)))
    known = json.loads(said)
    assert (known["@type"], known["headline"]) == ("NewsArticle", "Orbit <b>& more</b>")
    assert (known["datePublished"], known["inLanguage"]) == ("2026-12-01T09:00:00+00:00", "en")
    parts = known["hasPart"]["itemListElement"]
    assert [part["name"] for part in parts] == [
        "A launch from Wenchang",
        "A station over Nairobi",
        "No link",
        "电站",
    ]
    assert "url" not in parts[2]


def test_a_page_costs_two_statements_and_a_correction_one_more(
    digest: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    editions = many(digest, 5)
    page(path(editions[2]))
    with django_assert_num_queries(2):
        page(path(editions[2], "?interest=africa"))
    wrong = corrected(digest, EDITION.replace(b"turned", b"fell"), EDITION.replace(b"turned", b"stood"))
    page(path(wrong))
    with django_assert_num_queries(3):
        page(path(wrong))
    assert WEEK
