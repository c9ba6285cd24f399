"""Mail gateways and browsers open links before people do: looking must never do what pressing does."""

import pytest
from django.test import Client

from tests.attacks.addresses import LEADING, NOTING, ROUTES, address
from tests.web.stored import every_row

pytestmark = [pytest.mark.usefixtures("db")]

PREFETCH = [
    {},
    {"sec-purpose": "prefetch;prerender", "purpose": "prefetch", "x-moz": "prefetch"},
    {"user-agent": "Mozilla/5.0 (compatible; Barracuda Link Protection)", "sec-fetch-site": "cross-site"},
    {"x-http-method-override": "POST", "x-method-override": "POST", "x-http-method": "POST"},
]
LOOKING = ["GET", "HEAD", "OPTIONS", "TRACE"]
NOT_TAKEN = ["PUT", "PATCH", "DELETE", "PROPFIND", "CONNECT", "POSTED"]
FORM = "application/x-www-form-urlencoded"


def rows_but_of_lookers(route: str) -> dict[str, object]:
    """Return every row; where that somebody looks is noted, those notes are left out."""
    return {name: rows for name, rows in every_row().items() if not (route in NOTING and name == "glimpse")}


@pytest.mark.parametrize("route", ROUTES)
def test_looking_changes_nothing(route: str) -> None:
    there = address(route)
    before = rows_but_of_lookers(route)
    for method in LOOKING:
        for headers in PREFETCH:
            for _ in range(2):
                answer = Client(headers=headers).generic(method, there.path)
                assert answer.status_code in ({302, 403, 405} if route in LEADING else {200, 403, 405})
    assert rows_but_of_lookers(route) == before


@pytest.mark.parametrize("route", ROUTES)
def test_a_form_in_the_address_or_in_the_body_of_a_look_is_no_form(route: str) -> None:
    there = address(route)
    fields = {**(there.form or {}), "_method": "POST", "List-Unsubscribe": "One-Click", "whole": "yes"}
    before = rows_but_of_lookers(route)
    for method in LOOKING:
        Client().generic(method, there.path, b"List-Unsubscribe=One-Click&whole=yes", FORM)
        Client().generic(method, there.path, query_params=fields)
    assert rows_but_of_lookers(route) == before


@pytest.mark.parametrize("route", ROUTES)
def test_other_methods_are_not_taken(route: str) -> None:
    there = address(route)
    before = every_row()
    for method in NOT_TAKEN:
        assert Client().generic(method, there.path, b"List-Unsubscribe=One-Click", FORM).status_code == 405
    assert every_row() == before
