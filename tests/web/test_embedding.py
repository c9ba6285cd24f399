import re

import pytest

from mailer.web.embedding import form_of
from subscribers.models import List
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def test_the_form_needs_nothing_of_the_page_it_stands_in() -> None:
    newsletter = a_list()
    newsletter.interests.filter(slug="russia").update(retired_at=NOW)
    html = form_of(newsletter, "https://news.example.org/")
    assert html.startswith('<form method="post" action="https://news.example.org/subscribe/space-digest"')
    assert re.findall(r'name="interest" value="([^"]+)"', html) == ["china", "africa", "south-asia"]
    assert "until you confirm, you get no letters" in html
    assert 'name="site"' in html
    for foreign in ("<script", "style=", "class=", "checked", "ticket", "<link", "src="):
        assert foreign not in html


def test_every_field_that_is_seen_has_its_label() -> None:
    html = form_of(a_list(), "https://news.example.org")
    fields = set(re.findall(r'<input (?!type="hidden")[^>]*id="([^"]+)"', html))
    assert fields == set(re.findall(r'<label for="([^"]+)"', html))
    assert len(fields) == len(re.findall(r'<input (?!type="hidden")', html)) == 6


def test_it_speaks_the_lists_language() -> None:
    newsletter = a_list()
    newsletter.language = "ar-EG"
    html = form_of(newsletter, "https://news.example.org")
    assert 'lang="ar" dir="rtl"' in html
    assert 'name="lang" value="ar"' in html


def test_names_are_text_and_not_markup() -> None:
    newsletter = a_list()
    List.objects.update(name='"><script>alert(1)</script>')
    newsletter.refresh_from_db()
    newsletter.interests.update(name="<img src=x>")
    html = form_of(newsletter, "https://news.example.org")
    assert "<script" not in html
    assert "<img" not in html


def test_a_list_without_interests_asks_for_the_address_alone() -> None:
    newsletter = a_list()
    newsletter.interests.all().delete()
    assert "<fieldset>" not in form_of(newsletter, "https://news.example.org")
