import pytest
from django.test import Client

from subscribers.models import List
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def front(path: str = "/") -> str:
    return Client().get(path).content.decode()


def test_the_front_page_shows_what_there_is_to_read() -> None:
    newsletter = a_list()
    newsletter.description = "Space news, by the places you follow."
    newsletter.save()
    newsletter.interests.filter(slug="russia").update(retired_at=NOW)
    written = front()
    assert "Space Digest" in written
    assert "by the places you follow" in written
    assert "<bdi>China</bdi> · <bdi>Africa</bdi> · <bdi>South Asia</bdi></p>" in written


def test_each_list_leads_to_its_own_page_in_the_same_language() -> None:
    a_list()
    a_list("africa-weekly")
    assert 'href="/subscribe/space-digest"' in front()
    assert 'href="/subscribe/africa-weekly"' in front()
    assert 'href="/subscribe/africa-weekly?lang=fr"' in front("/?lang=fr")


def test_a_private_list_is_not_shown() -> None:
    newsletter = a_list()
    newsletter.public = False
    newsletter.save()
    assert "Space Digest" not in front()
    assert "No newsletter is open to the public yet." in front()


def test_what_people_wrote_is_text_and_not_markup() -> None:
    newsletter = a_list()
    newsletter.name = "<script>alert(1)</script> & {{ 7 * 7 }}"
    newsletter.save()
    written = front()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}" in written
    assert "<script" not in written


def test_a_name_written_from_right_to_left_turns_nothing_around_it() -> None:
    List.objects.filter(pk=a_list().pk).update(name="דיוור", description="חדשות (2026)", language="he")
    written = front()
    assert '<h2><bdi lang="he">דיוור</bdi></h2>' in written
    assert "<bdi>חדשות (2026)</bdi>" in written
    assert 'Subscribe to <bdi lang="he">דיוור</bdi>' in written


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_page_that_only_shows_takes_no_other_method(path: str, method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
