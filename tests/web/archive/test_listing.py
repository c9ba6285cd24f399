import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mailer.archive.publishing import PAGE
from subscribers import curating
from subscribers.models import List
from tests.archive.editions import corrected, many, published
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

ARCHIVE = "/archive/space-digest/"


def page(path: str = ARCHIVE, status: int = 200, accept: str = "") -> str:
    response = Client(headers={"accept-language": accept}).get(path)
    assert response.status_code == status
    return response.content.decode()


def headings(written: str) -> list[str]:
    return re.findall(r'<h2><a href="[^"]*"><time datetime="([^"]*)"', written)


@pytest.fixture
def digest() -> List:
    return a_list()


def test_before_the_first_edition_the_page_says_so(digest: List) -> None:
    assert digest.public
    assert "No edition has been sent yet." in page()


def test_the_date_is_the_headline_and_the_stories_stand_beneath(digest: List) -> None:
    edition = published(digest)
    written = page()
    assert (
        f'<h2><a href="{ARCHIVE}{edition.pk}/"><time datetime="2026-12-01">1 December 2026</time>' in written
    )
    assert "Space, seen from elsewhere</bdi> · 4 stories</p>" in written
    for place, title in enumerate(("A launch from Wenchang", "A station over Nairobi", "Vostochny waits"), 1):
        assert f'<a href="{ARCHIVE}{edition.pk}/#s{place}"><bdi lang="en">{title}</bdi>' in written
    assert '<b class="c3"><bdi>Africa</bdi></b>' in written


def test_many_stories_are_folded_and_none_is_left_out(digest: List) -> None:
    story = b"\n## [Story %d](https://a.example/%d)\nSaid.\n"
    published(digest, EDITION + b"".join(story % (number, number) for number in range(5)))
    written = page()
    assert "<summary>and 5 more stories</summary>" in written
    assert written.count('<li><a href="') == 9


def test_a_correction_is_dated_in_the_list(digest: List) -> None:
    corrected(digest, EDITION.replace(b"The dish turned.", b"It fell."))
    assert "· corrected 1 December 2026</p>" in page()


def test_an_interest_shows_its_editions_and_stories_alone(digest: List) -> None:
    published(digest)
    published(digest, EDITION[: EDITION.index(b"## [A station")], weeks=1)
    written = page(f"{ARCHIVE}?interest=africa")
    assert headings(written) == ["2026-12-01"]
    assert "Nairobi" in written
    assert "Wenchang" not in written
    assert (
        f'<a href="{ARCHIVE}?interest=africa" aria-current="true"><bdi lang="en">Africa</bdi></a>' in written
    )


def test_an_interest_without_stories_says_so(digest: List) -> None:
    published(digest, EDITION[: EDITION.index(b"## [A station")])
    assert 'No edition has a story on <bdi lang="en">Russia</bdi> yet.' in page(f"{ARCHIVE}?interest=russia")


def test_an_interests_address_lasts_when_it_is_renamed_or_retired(digest: List) -> None:
    published(digest)
    curating.rename(digest, "africa", new_slug="africas", by="vera", at=NOW)
    assert headings(page(f"{ARCHIVE}?interest=africa")) == ["2026-12-01"]
    digest.interests.filter(slug="africas").update(retired_at=NOW)
    assert headings(page(f"{ARCHIVE}?interest=africa")) == ["2026-12-01"]


@pytest.mark.parametrize("query", ["interest=nothing", "interest=%00", "interest=", "before=x", "before=-1"])
def test_what_makes_no_sense_is_passed_over(digest: List, query: str) -> None:
    published(digest)
    assert headings(page(f"{ARCHIVE}?{query}")) == ["2026-12-01"]


def test_pages_lead_on_and_back(digest: List) -> None:
    editions = many(digest, PAGE + 2)
    first = page()
    assert len(headings(first)) == PAGE
    older = f"{ARCHIVE}?before={editions[2].pk}"
    assert f'<a href="{older}" rel="next">Older editions</a>' in first
    second = page(older)
    assert headings(second) == ["2026-12-08", "2026-12-01"]
    assert f'<a href="{ARCHIVE}">Newest editions</a>' in second
    assert "Older editions" not in second
    page(f"{ARCHIVE}?before={editions[0].pk}", 404)
    page(f"{ARCHIVE}?before={'9' * 30}")
    page(f"{ARCHIVE}?before={10**18}", 404)


def test_search_shows_what_was_found_in_bold(digest: List) -> None:
    edition = published(digest)
    written = page(f"{ARCHIVE}?q=DISH+station")
    assert "1 story with “<bdi>DISH station</bdi>”" in written
    title = '<bdi lang="en">A <mark>station</mark> over Nairobi</bdi>'
    assert f'<h3><a href="{ARCHIVE}{edition.pk}/#s2">{title}</a></h3>' in written
    assert '<p lang="en" dir="ltr">The <mark>dish</mark> turned.</p>' in written
    assert '<meta name="robots" content="noindex">' in written
    assert 'value="DISH station"' in written
    assert f"{ARCHIVE}?interest=africa&amp;q=DISH+station" in written


def test_what_is_searched_is_text_and_not_markup(digest: List) -> None:
    published(digest)
    written = page(f"{ARCHIVE}?q=%22%3E%3Cscript%3E")
    assert "<script>" not in written
    assert "No story with “<bdi>&#34;&gt;&lt;script&gt;</bdi>”" in written


@pytest.mark.parametrize("query", ["%00", "%ff", "%", "'", "%25" * 100, "x" * 3_000, "+" * 50, "%20"])
def test_nothing_that_is_searched_breaks_the_page(digest: List, query: str) -> None:
    published(digest)
    page(f"{ARCHIVE}?q={query}")


def test_a_search_within_an_interest_stays_there_and_in_its_language(digest: List) -> None:
    published(digest)
    written = page(f"{ARCHIVE}?interest=africa&q=the&lang=fr")
    assert '<input type="hidden" name="interest" value="africa">' in written
    assert '<input type="hidden" name="lang" value="fr">' in written
    assert "Wenchang" not in written
    assert 'href="?interest=africa&amp;q=the&amp;lang=ar"' in written
    assert '<input type="hidden" name="lang"' not in page()


def test_a_link_to_a_story_leads_there_in_the_page_s_language(digest: List) -> None:
    edition = published(digest)
    assert f'<a href="{ARCHIVE}{edition.pk}/?lang=fr#s2">' in page(f"{ARCHIVE}?lang=fr")
    assert f'<a href="{ARCHIVE}{edition.pk}/?lang=ar#s2">' in page(f"{ARCHIVE}?q=dish&lang=ar")
    List.objects.filter(pk=digest.pk).update(language="fr")
    assert f'<a href="{ARCHIVE}{edition.pk}/?lang=fr#s2">' in page(accept="de")
    assert f'<a href="{ARCHIVE}{edition.pk}/#s2">' in page(accept="fr")


def test_a_title_in_another_language_says_so(digest: List) -> None:
    published(digest, EDITION.replace(b"A station over Nairobi", "电站将在月球建成".encode()))
    for path in (ARCHIVE, f"{ARCHIVE}?q=dish"):
        assert '<bdi lang="zh">电站将在月球建成</bdi>' in page(path)


def test_each_page_has_a_title_of_its_own(digest: List) -> None:
    last, *_ = many(digest, PAGE + 2)[2:]
    for query, title in (
        ("", ""),
        ("?interest=africa", "Africa · "),
        ("?q=dish", "“dish” · "),
        ("?q=dish&interest=africa", "“dish” · Africa · "),
        (f"?before={last.pk}", "8 December 2026 · "),
    ):
        written = page(f"{ARCHIVE}{query}")
        assert f"<title>{title}Archive · Space Digest</title>" in written
        assert f'<meta property="og:title" content="{title}Space Digest">' in written


def test_an_interest_offers_its_own_feed_first(digest: List) -> None:
    published(digest)
    feeds = re.findall(r'<link rel="alternate" [^>]*href="([^"]*)"', page(f"{ARCHIVE}?interest=africa"))
    own = [f"{ARCHIVE}{kind}.xml?interest=africa" for kind in ("rss", "atom")]
    assert feeds == [*own, f"{ARCHIVE}rss.xml", f"{ARCHIVE}atom.xml"]


def test_feeds_are_offered_to_eyes_and_to_programs(digest: List) -> None:
    written = page()
    assert digest.pk
    for kind in ("rss", "atom"):
        assert f'type="application/{kind}+xml" href="{ARCHIVE}{kind}.xml"' in written
        assert f'href="{ARCHIVE}{kind}.xml?interest=south-asia">' in written


def test_a_page_has_one_true_address(digest: List) -> None:
    published(digest)
    for path in (ARCHIVE, ARCHIVE.rstrip("/"), f"{ARCHIVE}?lang=fr", f"{ARCHIVE}?utm_source=x"):
        assert '<link rel="canonical" href="http://127.0.0.1:8000/archive/space-digest/">' in page(path)
    assert 'href="http://127.0.0.1:8000/archive/space-digest/?interest=africa">' in page(
        f"{ARCHIVE}?interest=africa"
    )


def test_search_engines_read_the_list_of_editions(digest: List) -> None:
    List.objects.update(name="</script><b>&")
    edition = published(digest)
    [said] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page())
    known = json.loads(said)
    assert known["name"] == "</script><b>&"
    assert known["mainEntity"]["itemListElement"] == [
        {
            "@type": "ListItem",
            "position": 1,
            "name": "Space, seen from elsewhere",
            "url": f"http://127.0.0.1:8000{ARCHIVE}{edition.pk}/",
        }
    ]


def test_what_is_not_public_is_not_there(digest: List) -> None:
    published(digest)
    nowhere = page("/archive/nowhere/", 404)
    List.objects.filter(pk=digest.pk).update(public=False, language="fr")
    assert page(status=404) == nowhere
    assert page(f"{ARCHIVE}?q=dish", 404)


def test_the_lists_own_language_speaks_where_the_browser_wants_none(digest: List) -> None:
    List.objects.filter(pk=digest.pk).update(language="ar")
    published(digest)
    written = page()
    assert '<html lang="ar" dir="rtl">' in written
    assert "<h1>الأرشيف</h1>" in written
    assert '<html lang="fr" dir="ltr">' in page(accept="fr")


def test_caches_may_keep_it_and_ask_whether_it_holds(digest: List) -> None:
    published(digest)
    first = Client().get(ARCHIVE)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Vary"] == "Accept-Language"
    assert "Set-Cookie" not in first.headers
    again = Client(headers={"if-none-match": first.headers["ETag"]}).get(ARCHIVE)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Vary"] == "Accept-Language"
    an_edition(digest, EDITION.replace(b"seen", b"unsent"))
    assert Client().get(ARCHIVE).headers["ETag"] == first.headers["ETag"]
    published(digest, EDITION.replace(b"flew", b"fell"), weeks=1)
    assert Client(headers={"if-none-match": first.headers["ETag"]}).get(ARCHIVE).status_code == 200


def test_a_page_costs_three_statements_and_a_search_four(
    digest: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(digest, 8)
    page()
    page(f"{ARCHIVE}?q=dish")
    for path, statements in ((ARCHIVE, 3), (f"{ARCHIVE}?interest=africa", 3), (f"{ARCHIVE}?q=dish", 4)):
        with django_assert_num_queries(statements):
            page(path)
