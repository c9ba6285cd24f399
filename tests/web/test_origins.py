import hashlib
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.utils import translation

from mailer.web.origins import origin_of, wording
from subscribers.evidence import Origin
from subscribers.models import Consent

PAGE = Path(__file__).parents[2] / "templates" / "public" / "leave.html"


def test_the_wording_is_the_version_of_the_page() -> None:
    version = hashlib.sha256(PAGE.read_bytes()).hexdigest()[:12]
    assert wording("leave.html") == f"leave.html@{version}"


@pytest.mark.parametrize("language", ["zh-hans", "ru", "fr", "ar", "hi"])
def test_another_language_is_another_wording_and_fits_the_column(language: str) -> None:
    page, _, shown_in = wording("preferences.html", language).partition("/")
    assert shown_in == language
    assert page != wording("preferences.html")
    longest = Consent._meta.get_field("wording").max_length
    assert longest is not None
    assert len(wording("preferences.html", language)) <= longest


def test_a_page_shown_in_russian_is_evidence_of_its_russian_wording() -> None:
    with translation.override("ru"):
        origin = origin_of(RequestFactory().post("/u/x"), "leave.html")
    assert origin.wording == wording("leave.html", "ru")


@pytest.mark.parametrize(
    ("near", "forwarded", "network"),
    [
        ("203.0.113.9", "", "203.0.113.0/24"),
        # A proxy of ours wrote the last; what stands before it, anybody may have written.
        ("127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.0/24"),
        ("10.0.0.7", "2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", "203.0.113.9", "203.0.113.0/24"),
        # A stranger is no proxy of ours, whatever they write.
        ("9.9.9.9", "203.0.113.9", "9.9.9.0/24"),
        ("127.0.0.1", "unknown", ""),
    ],
)
def test_the_network_is_that_of_the_reader(near: str, forwarded: str, network: str) -> None:
    request = RequestFactory().post("/u/x", REMOTE_ADDR=near, HTTP_X_FORWARDED_FOR=forwarded)
    assert origin_of(request) == Origin(network=network)
    assert origin_of(request, "leave.html") == Origin(wording("leave.html"), network)
