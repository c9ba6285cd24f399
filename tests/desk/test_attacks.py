"""What an editor, a reader or a provider writes is shown as text; what another site posts is refused."""

import pytest

from mailer.models import Edition, Revision, Send
from subscribers.models import Change, Consent, Subscriber, Suppression
from tests.desk.addresses import ROWS, World, a_world, path_of
from tests.desk.attacks import MARKUP, SUM, a_hostile_world, seen
from tests.desk.conftest import Desk

# A freeze wants a transaction of its own.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_url"),
]

PAGES = sorted(route for route, row in ROWS.items() if row.look and row.page)
FORMS = sorted(route for route, row in ROWS.items() if row.post)
# Those whose answer to a form is a page with what somebody wrote.
ANSWERING = {
    "subscribers/": {"name": ""},
    "lists/<slug:slug>/count": {},
    "log/": {},
    "log/check": {},
    "subscribers/<int:number>/suppress": {"reason": ""},
    "subscribers/<int:number>/set": {"name": MARKUP, "locale": MARKUP, "address": MARKUP},
    "subscribers/<int:number>/erase": {"address": MARKUP},
    "lists/<slug:slug>/edit": {"name": MARKUP, "zone": MARKUP, "description": MARKUP},
    "users/": {"name": MARKUP, "email": MARKUP, "role": MARKUP},
    "users/<int:number>/set": {"name": "", "role": MARKUP},
}


def _is_harmless(page: str, path: str) -> None:
    found = seen(page)
    assert found.ran == [], path
    assert SUM not in page, path
    assert [way for way in found.ways if way.strip().lower().startswith(("javascript:", "vbscript:"))] == []
    assert [way for way in found.ways if "@" in way or "%40" in way.lower()] == [], path


def test_hostile_texts_are_shown_as_texts_on_every_page(desk: Desk) -> None:
    world, admin = a_hostile_world(), desk("admin")
    shown = {route: admin.get(path_of(ROWS[route], world)) for route in PAGES}
    assert {route: answer.status_code for route, answer in shown.items()} == dict.fromkeys(PAGES, 200)
    for route, answer in shown.items():
        _is_harmless(answer.content.decode(), route)
    # The attempt has arrived where it was to be seen, or this test would prove nothing.
    for route in ("sends/<int:number>", "subscribers/<int:number>", "lists/", "log/", "users/"):
        assert "&lt;script&gt;alert(1)" in shown[route].content.decode(), route


def test_hostile_texts_come_back_from_forms_as_texts(desk: Desk) -> None:
    world, admin = a_hostile_world(), desk("admin")
    for route, form in ANSWERING.items():
        answer = admin.post(path_of(ROWS[route], world), form)
        assert answer.status_code in {200, 422}, route
        _is_harmless(answer.content.decode(), route)
        silent = {"log/check", "subscribers/<int:number>/erase"}
        assert "alert(1)" in answer.content.decode() or route in silent, route


def test_every_page_forbids_what_is_inline_and_what_is_elsewhere(desk: Desk) -> None:
    world, admin = a_world(), desk("admin")
    for route in PAGES:
        answer = admin.get(path_of(ROWS[route], world))
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, route
        assert "default-src 'none'" in policy, route
        assert "form-action 'self'" in policy, route
        assert "frame-ancestors 'none'" in policy, route
        assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}, route
        assert "no-store" in answer.headers["Cache-Control"], route
        _is_harmless(answer.content.decode(), route)
        ours = [way for way in seen(answer.content.decode()).ways if not way.startswith(("/", "#", "?"))]
        assert [way for way in ours if not way.startswith(("data:,", "https://a.example/"))] == [], route


@pytest.mark.parametrize("route", FORMS)
def test_what_another_site_posts_is_refused(desk: Desk, route: str) -> None:
    world = a_world()
    strict, row = desk("admin", check_csrf=True), ROWS[route]
    before = _all_that_counts()
    for form in (row.form, row.form | {"csrfmiddlewaretoken": "x" * 64}):
        assert strict.post(path_of(row, world), form).status_code == 403
    # A browser says so itself where it comes from.
    elsewhere = desk("admin").post(path_of(row, world), row.form, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert _all_that_counts() == before


def test_every_form_of_every_page_carries_its_token(desk: Desk) -> None:
    world, admin = a_world(), desk("admin")
    for route in PAGES:
        page = admin.get(path_of(ROWS[route], world)).content.decode()
        forms = [part.partition("</form>")[0] for part in page.split("<form")[1:]]
        posted = [form for form in forms if 'method="post"' in form.partition(">")[0].lower()]
        assert [form for form in posted if "csrfmiddlewaretoken" not in form] == [], route


def test_no_redirect_leads_to_another_site(desk: Desk) -> None:
    world: World = a_world()
    path = path_of(ROWS["subscribers/<int:number>/set"], world)
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = desk("admin").post(f"{path}?next={elsewhere}", {"name": "N", "next": elsewhere})
        assert answer.headers["Location"] == f"/desk/subscribers/{world.nina.pk}"


def _all_that_counts() -> list[int]:
    return [
        each.objects.count() for each in (Change, Consent, Subscriber, Suppression, Edition, Revision, Send)
    ]
