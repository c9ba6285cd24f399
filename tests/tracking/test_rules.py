"""Who is a machine, by what it says of itself: whom each rule is meant for, and whom none is."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from mailer.tracking.rules import BOTH, CLICKS, GENERAL, OPENS, RULES, Verdict, by_machine, verdict
from mailer.vocabulary import EventKind

OPENED, CLICKED = EventKind.OPENED, EventKind.CLICKED
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
CUBOT = "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"

DECIDED = [
    (OPENED, "Mozilla/5.0", "apple-privacy-proxy"),
    (OPENED, GMAIL, "gmail-picture-proxy"),
    (OPENED, f"{EDGE} Edge/12.246 Mozilla/5.0", "gmail-beforehand"),
    (CLICKED, f"{EDGE} Edge/12.246 Gmail-content-sampling", "gmail-beforehand"),
    (OPENED, "Gmail-content-sampling", "gmail-beforehand"),
    (
        OPENED,
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "yahoo-picture-proxy",
    ),
    (OPENED, "Mozilla/5.0 SeznamEmailProxy/2.0.174", "seznam-picture-proxy"),
    (CLICKED, "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ BingPreview/1.0b", "microsoft-preview"),
    (CLICKED, "Mozilla/5.0 (compatible; Barracuda Link Protection)", "mail-gateway"),
    (CLICKED, "Mozilla/5.0 Proofpoint URL Defense", "mail-gateway"),
    (CLICKED, "Mimecast-URL-Protect/1.0", "mail-gateway"),
    (CLICKED, "Microsoft SafeLinks", "mail-gateway"),
    (CLICKED, "Mozilla/5.0 (compatible; LinkScanner/1.0)", "says-it-is-a-robot"),
    (OPENED, "examplebot/2.1", "says-it-is-a-robot"),
    (CLICKED, "a crawler", "says-it-is-a-robot"),
    (CLICKED, f"{EDGE} HeadlessChrome/119.0.6045.105", "browser-without-a-screen"),
    (CLICKED, "curl/8.7.1", "fetching-program"),
    (OPENED, "Wget/1.21", "fetching-program"),
    (CLICKED, "Go-http-client/2.0", "go-program"),
    (CLICKED, "python-requests/2.32.3", "program-of-a-library"),
    (CLICKED, "", "says-nothing"),
]
PEOPLE = [
    (OPENED, FIREFOX),
    (CLICKED, FIREFOX),
    (OPENED, CUBOT),
    (CLICKED, CUBOT),
    # Outlook fetches pictures as its reader's own program.
    (OPENED, "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"),
    (OPENED, "Microsoft Office/16.0 (Microsoft Outlook 16.0.8241; Pro)"),
    # The proxy of Apple's opens letters; what follows a link and is as curt is somebody else.
    (CLICKED, "Mozilla/5.0"),
    # Nobody told: not the same as a program that keeps it to itself.
    (CLICKED, None),
    (OPENED, None),
    (OPENED, ""),
    (CLICKED, f"{EDGE} Edge/12.246"),
]


@pytest.mark.parametrize(("kind", "agent", "slug"), DECIDED)
def test_each_rule_finds_whom_it_is_about(kind: EventKind, agent: str, slug: str) -> None:
    rule = verdict(kind, agent)
    assert rule is not None
    assert rule.slug == slug


@pytest.mark.parametrize(("kind", "agent"), PEOPLE)
def test_no_rule_finds_a_person(kind: EventKind, agent: str | None) -> None:
    assert verdict(kind, agent) is None
    assert not by_machine(verdict(kind, agent))


def test_a_proxy_that_fetches_because_a_person_opens_counts_as_the_person() -> None:
    rule = verdict(OPENED, GMAIL)
    assert rule is not None
    assert rule.verdict is Verdict.PERSON
    assert not by_machine(rule)


@pytest.mark.parametrize("kind", [OPENED, CLICKED])
@pytest.mark.parametrize("agent", [FIREFOX, GMAIL, ""])
def test_who_asks_for_the_head_or_beforehand_is_a_machine_whatever_it_calls_itself(
    kind: EventKind, agent: str
) -> None:
    assert by_machine(verdict(kind, agent, method="HEAD"))
    assert by_machine(verdict(kind, agent, purpose="prefetch;anonymous-client-ip"))
    assert by_machine(verdict(kind, agent, purpose="Prefetch"))
    assert by_machine(verdict(kind, agent, purpose="preview"))


def test_nothing_else_that_comes_back_is_judged() -> None:
    for kind in set(EventKind) - BOTH:
        assert verdict(kind, "curl/8.7.1", method="HEAD", purpose="prefetch") is None


def test_each_rule_says_who_it_is_about_and_where_that_is_documented() -> None:
    slugs = [rule.slug for rule in RULES]
    assert len(set(slugs)) == len(slugs)
    of_no_agent = {"asks-for-the-head", "loads-beforehand", "shows-beforehand"}
    assert {slug for _, _, slug in DECIDED} | of_no_agent == set(slugs)
    for rule in RULES:
        assert rule.about in (BOTH, OPENS, CLICKS)
        assert rule.agent or rule.method or rule.purpose
        assert rule.what
        assert rule.source == GENERAL or re.fullmatch(r"(https://\S+(, )?)+( \([^)]+\))?", rule.source)


def test_the_page_about_it_has_each_rule_in_order_with_its_source() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "tracking.md").read_text()
    written = re.findall(r"^\| `([a-z-]+)` \| \S+ \| (\w+) \| .* \| (.+) \|$", page, re.MULTILINE)
    sources = {GENERAL: "general knowledge"}
    assert written == [(rule.slug, rule.verdict, sources.get(rule.source, rule.source)) for rule in RULES]
