"""Subscribers, lists, users and the log in a real browser: on every screen, and with JavaScript off."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from mailer.accounts.models import User
from mailer.models import Send
from subscribers import leaving, people, suppressions
from subscribers.models import Subscriber, Subscription
from tests.axe import SCREENS, problems
from tests.desk.conftest import Desk
from tests.stage import NOW, a_frozen_send, a_list, a_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.database,
    pytest.mark.timeout(280),
    pytest.mark.django_db(transaction=True),
]

SHOTS = os.environ.get("DESK_SHOTS", "")
Open = Callable[..., Page]


@pytest.fixture
def open_(browser: Browser, url: str, desk: Desk) -> Open:
    """Open a page as the admin; there is no script on any of these pages, and none would run."""

    def opened(path: str, *, width: int = 1280, scheme: str = "light") -> Page:
        # axe itself is a script.
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
        context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": f"{url}/desk/"}
                for name, morsel in desk("admin").cookies.items()
            ]
        )
        page = context.new_page()
        page.goto(f"{url}{path}")
        return page

    return opened


@pytest.fixture
def nina(url: str) -> Subscriber:  # noqa: ARG001 - what the server shows
    """Nina, of whom much is known."""
    digest = a_list()
    for address, name, chosen in (
        ("nina.okafor@example.org", "Nina Okafor", ["africa", "china"]),
        ("li.jing@observatory.example", "李静", []),
        (
            "a.very.long.local.part.indeed@a-very-long-domain-name.example.org",
            "Константин Черных",
            ["russia"],
        ),
    ):
        people.add(
            digest,
            address,
            name=name,
            interests=chosen,
            consent="paper form at the IAC 2025 stand",
            by="ada",
            at=NOW,
        )
    a_reader(digest, "omar@example.org", ["south-asia"])
    nina = Subscriber.objects.get(canonical="nina.okafor@example.org")
    a_frozen_send(digest)
    suppressions.by_hand(nina.address_key, "asked by letter", NOW, by="ada", newsletter=digest)
    li = Subscription.objects.get(subscriber__canonical="li.jing@observatory.example")
    leaving.unsubscribe(li.pk, "one-click", NOW)
    return nina


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_pages_read_well_on_every_screen(
    open_: Open, desk: Desk, nina: Subscriber, width: int, scheme: str
) -> None:
    desk("admin")
    person = f"/desk/subscribers/{nina.pk}"
    pages = {
        "people": "/desk/subscribers/",
        "person": person,
        "explain": f"{person}/sends/{Send.objects.get().pk}",
        "erase": f"{person}/erase",
        "lists": "/desk/lists/",
        "list": "/desk/lists/space-digest",
        "list-edit": "/desk/lists/space-digest/edit",
        "users": "/desk/users/",
        "user": f"/desk/users/{User.objects.get().pk}",
        "log": "/desk/log/",
    }
    for name, path in pages.items():
        page = open_(path, width=width, scheme=scheme)
        if name == "people":
            page.get_by_role("button", name="Find").click()
            assert page.get_by_role("link", name="nina.okafor@example.org").count() == 1
        if name == "person":
            for summary in page.locator("summary").all():
                summary.click()
        assert page.get_by_role("navigation", name="Desk").count() == 1, name
        assert problems(page) == [], name
        if SHOTS and width != 320:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
        page.context.close()


def test_a_person_is_found_suppressed_and_erased(open_: Open, nina: Subscriber) -> None:
    page = open_("/desk/subscribers/")
    page.get_by_label("Address").fill("nina")
    page.get_by_role("button", name="Find").click()
    assert "nina" not in page.url
    page.get_by_role("link", name="nina.okafor@example.org").click()
    assert page.url.endswith(f"/desk/subscribers/{nina.pk}")
    page.get_by_text("Suppress this address").click()
    page.get_by_label("Why kept as evidence").fill("asked on the telephone")
    page.get_by_role("button", name="Suppress", exact=True).click()
    assert page.get_by_role("status").inner_text() == "Suppressed on every list."
    page.get_by_role("link", name="Erase").click()
    page.get_by_label("Type their address").fill("nina.okafor@example.org")
    page.get_by_role("button", name="Erase this person").click()
    assert page.get_by_role("heading", name="Erased").count() == 1
    assert not Subscriber.objects.filter(pk=nina.pk).exists()
