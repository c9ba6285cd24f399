import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from subscribers.models import List
from tests.archive.editions import corrected, many, published
from tests.stage import EDITION, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
BASE = "http://127.0.0.1:8000"


def found() -> dict[str, str]:
    response = Client().get("/sitemap.xml")
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    urls = ET.fromstring(response.content).findall("s:url", NAMES)  # noqa: S314 - our own
    return {url.findtext("s:loc", "", NAMES): url.findtext("s:lastmod", "", NAMES) for url in urls}


def test_it_names_what_everybody_may_read() -> None:
    edition = corrected(a_list(), EDITION.replace(b"turned", b"fell"))
    an_edition(a_list(), EDITION.replace(b"flew", b"fell"))
    hidden = a_list("hidden")
    published(hidden, EDITION.replace(b"space-digest", b"hidden"))
    List.objects.filter(pk=hidden.pk).update(public=False)
    assert found() == {
        f"{BASE}/": "",
        f"{BASE}/subscribe/space-digest": "",
        f"{BASE}/archive/space-digest/": "2026-12-01T10:00:00+00:00",
        f"{BASE}/archive/space-digest/{edition.pk}/": "2026-12-01T10:00:00+00:00",
    }


def test_of_nothing_there_is_the_front_page() -> None:
    assert found() == {f"{BASE}/": ""}


def test_robots_are_told_where_it_is() -> None:
    response = Client().get("/robots.txt")
    assert response.content.decode() == (
        "User-agent: *\nDisallow: /archive/*?*q=\n\nSitemap: http://127.0.0.1:8000/sitemap.xml\n"
    )
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_it_costs_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    many(a_list(), 5)
    found()
    with django_assert_num_queries(2):
        found()
