"""Open redirects: our good name must not lead anybody elsewhere. No page of ours leads anywhere by itself.

Links of letters that are counted do: to what stands in the letter, whatever else the address says.
"""

import pytest
from django.test import Client

from tests.attacks.addresses import LEADING, ROUTES, Address, address

pytestmark = [pytest.mark.usefixtures("db")]

EVIL = [
    *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example"),
    *(
        "javascript:alert(1)",
        "data:text/html,evil.example",
        "http://localhost@evil.example",
        "/%09/evil.example",
    ),
]
NAMES = [
    *("next", "url", "redirect", "redirect_uri", "return", "returnTo", "continue", "to", "goto", "back"),
    *("dest", "u", "r", "rurl", "target", "list", "lang", "ask", "action", "referer"),
]
# As proxies and programs write what they were asked for.
HEADERS = ["x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "referer", "origin"]


def leads_nowhere(response: object) -> None:
    found = {name.lower() for name in response.headers}  # type: ignore[attr-defined]  # of whatever Django's test client brings back
    assert found.isdisjoint({"location", "refresh", "content-location", "link"})
    assert not 300 <= response.status_code < 400  # type: ignore[attr-defined]  # the same
    written = response.content.decode(errors="replace").lower()  # type: ignore[attr-defined]  # the same
    assert 'http-equiv="refresh"' not in written
    # It may stand there as text; nothing may lead there.
    for attribute in ("href", "action", "formaction", "src", "content"):
        assert f'{attribute}="https://evil' not in written
        assert f'{attribute}="//evil' not in written
        assert f'{attribute}="javascript:' not in written
        assert f'{attribute}="/\\evil' not in written


def tries(there: Address, evil: str, only: str | None = None) -> None:
    client = Client()
    query = dict.fromkeys(NAMES, evil)
    answer = client.get(there.path, query, headers=dict.fromkeys(HEADERS, evil))
    if only is None:
        leads_nowhere(answer)
    else:
        assert (answer.status_code, answer.headers["Location"], answer.content) == (302, only, b"")
    leads_nowhere(client.post(there.path, {**query, **(there.form or {})}))
    leads_nowhere(client.post(there.path, query, query_params=query))


@pytest.mark.parametrize("route", ROUTES)
def test_no_answer_leads_elsewhere(route: str) -> None:
    there = address(route)
    for evil in EVIL:
        tries(there, evil, LEADING.get(route))


@pytest.mark.parametrize("route", ROUTES)
def test_no_spelling_of_an_address_is_redirected(route: str) -> None:
    """RFC 8058, section 3.1: a redirected POST does not work reliably."""
    path = address(route).path
    for spelled in (
        f"{path}/",
        f"/{path}",
        f"/{path}//evil.example/..",
        path.upper(),
        f"{path}//evil.example",
    ):
        leads_nowhere(Client().get(spelled))
        leads_nowhere(Client().post(spelled))


@pytest.mark.parametrize("evil", EVIL)
def test_a_host_that_is_not_ours_is_refused(evil: str) -> None:
    for host in (evil, "evil.example", "evil.example:80", "localhost.evil.example", "localhost:evil"):
        answer = Client(headers={"host": host}).get("/")
        assert answer.status_code == 400
        leads_nowhere(answer)
