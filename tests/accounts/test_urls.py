"""Every address of one's own account: what a stranger gets, what a forged post gets, and nothing inline."""

import contextlib
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern

from mailer.accounts.roles import Role
from mailer.accounts.urls import urlpatterns
from tests.accounts.cast import LOGIN, a_person, signed_in

pytestmark = pytest.mark.usefixtures("db")

PREFIX = "/desk/account/"
# What strangers may see: all that leads in.
OPEN = {
    "login/",
    "logout/",
    "inactive/",
    "locked-out/",
    "invitation/1-a-b/",
    "invitation/done/",
    "2fa/authenticate/",
    "passkey/",
    "oidc/login/",
    "oidc/login/callback/",
}


def address(pattern: URLPattern) -> str:
    """Return an address that a pattern stands for."""
    route = str(pattern.pattern)
    if route.startswith("^"):
        return "invitation/1-a-b/"
    return route.replace("<int:number>", "1").replace("<int:pk>", "1").replace("<str:provider_id>", "oidc")


ADDRESSES = [address(pattern) for pattern in urlpatterns]


def test_what_allauth_has_beside_is_not_here() -> None:
    for gone in ("signup/", "email/", "confirm-email/", "password/reset/", "3rdparty/", "login/code/"):
        assert Client().get(f"{PREFIX}{gone}").status_code == 404


@pytest.mark.parametrize("path", sorted(set(ADDRESSES) - OPEN))
def test_a_stranger_gets_no_further_than_the_door(path: str) -> None:
    for answer in (Client().get(f"{PREFIX}{path}"), Client().post(f"{PREFIX}{path}")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize("path", ADDRESSES)
def test_what_another_site_posts_in_ones_name_is_refused(path: str) -> None:
    sam = a_person(Role.SENDER)
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = signed_in(sam).cookies
    before = Authenticator.objects.count()
    assert forged.post(f"{PREFIX}{path}").status_code == 403
    elsewhere = signed_in(a_person(Role.ADMIN))
    assert elsewhere.post(f"{PREFIX}{path}", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert Authenticator.objects.count() == before + 2


def test_a_form_that_is_too_old_says_so() -> None:
    answer = Client(enforce_csrf_checks=True).post(LOGIN, {"login": "x"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_with_its_token_a_form_works() -> None:
    sam, client = a_person(Role.SENDER), Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(LOGIN).content.decode())
    assert token
    form = {"login": sam.user.email, "password": "x", "csrfmiddlewaretoken": token[1]}
    assert client.post(LOGIN, form).status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_page_holds_a_script_or_a_style(path: str) -> None:
    for client in (Client(), signed_in(a_person(Role.EDITOR))):
        answer = client.get(f"{PREFIX}{path}")
        assert answer.status_code < 500
        shown = answer.content.decode()
        for script in re.findall(r"<script([^>]*)>", shown):
            assert "src=" in script or 'type="application/json"' in script
        assert " style=" not in shown
        assert "<style" not in shown
        assert not re.search(r"\son\w+=", shown)
        assert "javascript:" not in shown


@pytest.mark.parametrize(
    "path",
    ["mfa/js/webauthn.js", "mfa/js/webauthn-json.js", "account/js/onload.js", "passkeys.js", "account.css"],
)
def test_what_pages_load_is_there(path: str) -> None:
    with contextlib.closing(Client().get(f"/static/{path}")) as answer:
        assert answer.status_code == 200
