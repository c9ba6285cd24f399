import datetime as dt
import html
import re
import xml.etree.ElementTree as ET

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.http import http_date
from pytest_django import DjangoAssertNumQueries

from mailer.web.archive.feeds import ENTRIES
from subscribers import changing, curating
from subscribers.models import List
from tests.archive.editions import corrected, many, published
from tests.stage import EDITION, NOW, a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

RSS, ATOM = "/archive/space-digest/rss.xml", "/archive/space-digest/atom.xml"
NAMES = {"a": "http://www.w3.org/2005/Atom"}
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def digest() -> List:
    return a_list()


def answer(path: str, **headers: str) -> HttpResponse:
    response = Client(headers=headers).get(path)
    assert isinstance(response, HttpResponse)
    return response


def feed(path: str) -> ET.Element:
    return ET.fromstring(answer(path).content)  # noqa: S314 - our own


def said(element: ET.Element, name: str) -> str:
    found = element.find(name, NAMES)
    assert found is not None
    return found.text or ""


def test_rss_brings_editions_in_full(digest: List) -> None:
    edition = published(digest)
    channel = feed(RSS).find("channel")
    assert channel is not None
    assert (said(channel, "title"), said(channel, "language")) == ("Space Digest", "en")
    assert said(channel, "link") == f"{BASE}/archive/space-digest/"
    [item] = channel.findall("item")
    assert said(item, "title") == "Space, seen from elsewhere"
    assert said(item, "guid") == said(item, "link") == f"{BASE}/archive/space-digest/{edition.pk}/"
    assert said(item, "pubDate") == "Tue, 01 Dec 2026 09:00:00 +0000"
    written = said(item, "description")
    assert "<p>1 December 2026</p>" in written
    assert '<h3><a href="https://a.example/nairobi">A station over Nairobi</a></h3>' in written
    assert "<small>a.example · Africa</small>" in written
    assert "<p>The dish turned.</p>" in written
    assert answer(RSS).headers["Content-Type"] == "application/rss+xml; charset=utf-8"


def test_atom_brings_the_same_as_content(digest: List) -> None:
    edition = corrected(digest, EDITION.replace(b"turned", b"fell"))
    atom = feed(ATOM)
    [entry] = atom.findall("a:entry", NAMES)
    assert said(entry, "a:id") == f"{BASE}/archive/space-digest/{edition.pk}/"
    assert said(entry, "a:published") == "2026-12-01T09:00:00+00:00"
    assert said(entry, "a:updated") == said(atom, "a:updated") == "2026-12-01T10:00:00+00:00"
    assert "<p>The dish turned.</p>" in said(entry, "a:content")
    assert entry.find("a:summary", NAMES) is None
    assert said(atom, "a:author/a:name") == "Space Digest"
    itself = atom.find("a:link[@rel='self']", NAMES)
    assert itself is not None
    assert itself.get("href") == f"{BASE}{ATOM}"
    assert answer(ATOM).headers["Content-Type"] == "application/atom+xml; charset=utf-8"


@pytest.mark.parametrize("kind", [RSS, ATOM])
def test_an_interest_has_a_feed_of_its_own(digest: List, kind: str) -> None:
    edition = published(digest)
    published(digest, EDITION[: EDITION.index(b"## [A station")], weeks=1)
    written = answer(f"{kind}?interest=africa").content.decode()
    assert "Space Digest · Africa" in written
    assert "Nairobi" in written
    assert "Wenchang" not in written
    assert f"/archive/space-digest/{edition.pk}/?interest=africa" in written
    assert answer(f"{kind}?interest=nothing").content == answer(kind).content


@pytest.mark.parametrize("kind", [RSS, ATOM])
def test_an_interest_under_another_name_brings_nothing_anew(digest: List, kind: str) -> None:
    edition = published(digest)

    def ids() -> list[str]:
        written = answer(f"{kind}?interest=africa").content.decode()
        return re.findall(r"<(?:id|guid[^>]*)>(.*?)<", written)

    before = ids()
    curating.rename(digest, "africa", new_slug="africas", by="vera", at=NOW)
    assert ids() == before
    assert before[-1].startswith(f"{BASE}/archive/space-digest/{edition.pk}/#interest-")
    assert 'isPermaLink="true"' not in answer(f"{RSS}?interest=africa").content.decode()


def test_who_asks_by_date_alone_hears_of_another_name(digest: List) -> None:
    published(digest)
    since = answer(ATOM).headers["Last-Modified"]
    later = NOW + dt.timedelta(days=1)
    changing.change(digest, by="vera", at=later, name="Orbit")
    renamed = answer(ATOM, **{"if-modified-since": since})
    assert renamed.status_code == 200
    assert "Orbit" in renamed.content.decode()
    assert renamed.headers["Last-Modified"] == http_date(later.timestamp())
    assert answer(ATOM, **{"if-modified-since": http_date(later.timestamp())}).status_code == 304


@pytest.mark.parametrize("kind", [RSS, ATOM])
def test_a_feed_runs_as_its_words_do(digest: List, kind: str) -> None:
    List.objects.filter(pk=digest.pk).update(language="ar")
    text = EDITION.replace(b"The rocket flew.", "انطلق الصاروخ.\n\nIt flew!".encode())
    published(digest, text)
    written = html.unescape(answer(kind).content.decode())
    assert '<div lang="ar" dir="rtl">' in written
    assert '<h3 lang="en" dir="ltr"><a href="https://a.example/nairobi">' in written
    assert "<p>انطلق الصاروخ.</p>" in written
    assert '<p lang="en" dir="ltr">It flew!</p>' in written


def test_a_long_head_is_read_whole(digest: List) -> None:
    head = b"---\nlist: space-digest\npreheader: " + b"long " * 900 + b"\ntitle: Late title\n---\n"
    published(digest, head + EDITION[EDITION.index(b"# Selected") :])
    [entry] = feed(ATOM).findall("a:entry", NAMES)
    assert said(entry, "a:title") == "Late title"


def test_pictures_have_whole_addresses(digest: List) -> None:
    name = f"{'a' * 32}-1072x603.jpg"
    published(digest, EDITION.replace(b"The dish turned.", f"![A dish](picture:{name})".encode()))
    assert f"{BASE}/pictures/{name}" in answer(RSS).content.decode()


def test_a_feed_holds_the_newest(digest: List) -> None:
    numbers = [edition.pk for edition in many(digest, ENTRIES + 2)][:1:-1]
    links = [said(entry, "a:id") for entry in feed(ATOM).findall("a:entry", NAMES)]
    assert links == [f"{BASE}/archive/space-digest/{number}/" for number in numbers]


def test_an_empty_feed_is_the_same_tomorrow(digest: List) -> None:
    List.objects.filter(pk=digest.pk).update(created_at=NOW)
    for kind in (RSS, ATOM):
        assert NOW.strftime("%Y" if kind == ATOM else "%d Dec %Y") in answer(kind).content.decode()
        assert answer(kind).headers["Last-Modified"] == http_date(NOW.timestamp())


@pytest.mark.parametrize("kind", [RSS, ATOM])
def test_a_program_that_has_it_gets_nothing_twice(digest: List, kind: str) -> None:
    published(digest)
    first = answer(kind)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    # When it was over, and not when it was due: one that was long in doubt comes in late.
    over = NOW + dt.timedelta(minutes=5)
    assert first.headers["Last-Modified"] == http_date(over.timestamp())
    assert answer(kind, **{"if-none-match": first.headers["ETag"]}).status_code == 304
    assert answer(kind, **{"if-modified-since": first.headers["Last-Modified"]}).status_code == 304
    assert answer(kind, **{"if-modified-since": http_date(NOW.timestamp())}).status_code == 200
    published(digest, EDITION.replace(b"flew", b"fell"), weeks=1)
    assert answer(kind, **{"if-none-match": first.headers["ETag"]}).status_code == 200


def test_it_is_the_same_for_all_and_sets_nothing(digest: List) -> None:
    published(digest)
    plain = answer(RSS)
    french = answer(f"{RSS}?lang=fr", **{"accept-language": "fr", "cookie": "a=b"})
    assert french.content == plain.content
    assert "Vary" not in french.headers
    assert not french.cookies


def test_what_is_not_public_has_no_feed(digest: List) -> None:
    published(digest)
    List.objects.filter(pk=digest.pk).update(public=False)
    assert answer(RSS).status_code == answer("/archive/nowhere/atom.xml").status_code == 404
    assert answer(RSS).content == answer("/archive/nowhere/rss.xml").content


def test_a_feed_costs_two_statements(digest: List, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    many(digest, 5)
    answer(RSS)
    for path in (RSS, ATOM, f"{ATOM}?interest=africa"):
        with django_assert_num_queries(2):
            answer(path)
