"""Every address of the desk, asked for and posted to, by each role and by a stranger."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from mailer.accounts.roles import Role, may
from subscribers.models import Change
from tests.desk.addresses import ROWS, Row, World, a_world, path_of, views
from tests.desk.conftest import Desk

# A freeze on PostgreSQL wants a transaction of its own.
pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_url"),
]

NOT_ALLOWED, FORBIDDEN = 405, 403


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - a world is rows
    return a_world()


def test_every_address_of_the_desk_has_its_row() -> None:
    assert set(views()) == set(ROWS)


@pytest.mark.parametrize("route", sorted(ROWS))
def test_every_view_says_what_it_asks_for(route: str) -> None:
    row, view = ROWS[route], views()[route]
    assert getattr(view, "permission", None) == (row.look or row.post)


@pytest.mark.parametrize("role", [*Role])
def test_each_role_gets_as_far_as_it_may_and_no_further(desk: Desk, world: World, role: Role) -> None:
    client = desk(role)
    # First all that is only looked at, since what is posted may change what is there.
    found = {
        f"{method} {route}": _answer(client, method, path_of(row, world), row)
        for method in ("GET", "POST")
        for route, row in sorted(ROWS.items())
    }
    wanted = {
        f"{method} {route}": _wanted(role, row, method)
        for method in ("GET", "POST")
        for route, row in ROWS.items()
    }
    assert found == wanted


def test_a_stranger_is_led_to_sign_in_and_learns_nothing(world: World) -> None:
    before = Change.objects.count()
    for row in ROWS.values():
        path = path_of(row, world)
        # What was typed goes back to whoever posted it (test_handing_back.py); nothing else is on that page.
        form = {name: value for name, value in row.form.items() if name != "text"}
        for answer in (Client().get(path), Client().post(path, form)):
            assert (answer.status_code, answer.content) == (302, b""), path
            assert answer.headers["Location"].startswith(f"{settings.LOGIN_URL}?next=")
    # What is there and what is not cannot be told apart.
    for nothing in ("subscribers/7000", "editions/7000", "lists/mars", "users/7000"):
        assert Client().get(f"/desk/{nothing}").status_code == 302
    assert Change.objects.count() == before


def test_whoever_may_not_is_told_what_it_would_need_and_changes_nothing(desk: Desk, world: World) -> None:
    client, before = desk("viewer"), Change.objects.count()
    for row in ROWS.values():
        if row.post and not may(Role.VIEWER, row.post):
            answer = client.post(path_of(row, world), row.form)
            assert f"the permission “{row.post}”" in answer.content.decode()
    assert Change.objects.count() == before


def test_nobody_s_address_is_on_a_page_that_all_may_see(desk: Desk, world: World) -> None:
    for row in ROWS.values():
        if row.look == "look" and row.page:
            assert world.nina.address not in desk("viewer").get(path_of(row, world)).content.decode()


def _answer(client: Client, method: str, path: str, row: Row) -> str:
    answer: Any = client.get(path) if method == "GET" else client.post(path, row.form)
    status: int = answer.status_code
    assert status < 500, path
    return {NOT_ALLOWED: "cannot", FORBIDDEN: "may not"}.get(status, "may")


def _wanted(role: Role, row: Row, method: str) -> str:
    asked = row.look if method == "GET" else row.post
    least = row.look or row.post
    if least is not None and not may(role, least):
        return "may not"
    if asked is None:
        return "cannot"
    return "may" if may(role, asked) else "may not"
