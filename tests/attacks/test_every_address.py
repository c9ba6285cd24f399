"""That every address of the product is attacked, and that each row of the table works when nobody attacks."""

import pytest
from django.test import Client

from mailer.web.headers import THEIR_PATHS
from tests.attacks.addresses import (
    KNOWN,
    LEADING,
    PUBLIC,
    ROUTES,
    address,
    send,
    with_forms,
    with_tokens,
)
from tests.web.stored import every_row

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def test_every_address_has_its_row() -> None:
    assert set(ROUTES) == KNOWN


def test_every_address_with_a_token_is_one_readers_own() -> None:
    assert {f"/{route.partition('<')[0]}" for route in with_tokens()} == set(THEIR_PATHS)


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_answers(route: str) -> None:
    there = address(route)
    response = Client().get(there.path)
    leads = 302 if route in LEADING else 200
    assert response.status_code == (405 if route.startswith("webhooks/") else leads)


@pytest.mark.parametrize("route", with_forms())
def test_every_form_changes_something(route: str) -> None:
    there = address(route)
    before = every_row()
    assert send(there).status_code == 200
    assert every_row() != before


@pytest.mark.parametrize("pattern", PUBLIC, ids=ROUTES)
def test_no_address_asks_for_a_cookie_to_prove_where_a_form_came_from(pattern: object) -> None:
    # Django would ask for one, and set it; what proves it instead is test_forgery.py's.
    assert getattr(pattern.callback, "csrf_exempt", False)  # type: ignore[attr-defined]  # every pattern here is one
