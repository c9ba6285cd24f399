"""OpenID Connect, against a provider that really answers: known people get in, and nothing that is forged."""

import datetime as dt
import html
import re
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from django.test import Client, override_settings

from mailer.accounts import making, oidc
from mailer.accounts.making import Wanted
from mailer.accounts.models import User
from mailer.accounts.roles import Role
from tests.accounts.cast import CODE, a_person, a_user, is_signed_in
from tests.accounts.provider import CLIENT, SECRET, STRANGERS_KEY, Provider, provided

pytestmark = pytest.mark.usefixtures("db")

START = "/desk/account/oidc/login/"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The organisation's own sign-in, as the settings would name it."""
    monkeypatch.setitem(registry.provider_map, "openid_connect", oidc.Provider)
    with provided() as running:
        app = {
            "provider_id": "oidc",
            "name": "the example's own",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": running.url},
        }
        known = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        with override_settings(SOCIALACCOUNT_PROVIDERS=known):
            yield running


@pytest.fixture
def nina(db: None) -> User:  # noqa: ARG001 - users are rows
    return a_user(Role.VIEWER, email="nina@news.example", name="Nina")


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def there(client: Client, **form: str) -> str:
    """Press the button; return where the page leads."""
    shown = client.post(START, form).content.decode()
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', shown)
    assert found, shown
    return html.unescape(found[1])


def back(url: str) -> str:
    """Sign in at the provider; return the path by which one comes back."""
    try:
        urllib.request.build_opener(_Stays).open(url)
    except urllib.error.HTTPError as answer:
        with answer:
            parts = urlsplit(str(answer.headers["Location"]))
            return f"{parts.path}?{parts.query}"
    raise AssertionError(url)


def come(client: Client, **form: str) -> Any:  # noqa: ANN401 - what Django's test client brings back
    return client.get(back(there(client, **form)))


def test_whom_we_know_gets_in(provider: Provider, nina: User) -> None:
    client = Client()
    answer = come(client, next="/desk/account/sessions/")
    assert answer.headers["Location"] == "/desk/account/sessions/"
    assert "Nina" in client.get("/desk/account/").content.decode()
    assert not SocialAccount.objects.exists()
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 32
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    nina.refresh_from_db()
    assert nina.last_login is not None


@pytest.mark.usefixtures("nina")
def test_the_address_may_stand_in_what_is_asked_for_afterwards(provider: Provider) -> None:
    provider.claims = {}
    provider.userinfo = {"email": "Nina@News.example", "email_verified": True}
    client = Client()
    come(client)
    assert is_signed_in(client)


@pytest.mark.usefixtures("provider")
def test_a_second_factor_is_asked_for_all_the_same() -> None:
    nina, client = a_person(Role.SENDER, email="nina@news.example"), Client()
    assert come(client).headers["Location"] == CODE
    assert not is_signed_in(client)
    client.post(CODE, {"code": nina.code})
    assert is_signed_in(client)


@pytest.mark.usefixtures("provider")
def test_a_stranger_is_refused_in_one_sentence_and_not_added() -> None:
    client = Client()
    answer = come(client)
    assert answer.status_code == 403
    assert (
        "no user of this desk has that address, verified: ask an admin to add you." in answer.content.decode()
    )
    assert not User.objects.exists()
    assert not is_signed_in(client)


@pytest.mark.usefixtures("provider")
def test_whoever_is_inactive_is_refused_too(nina: User) -> None:
    a_user(Role.ADMIN)
    making.change(nina, Wanted(active=False), by="test", at=dt.datetime.now(dt.UTC))
    client = Client()
    assert come(client).status_code == 403
    assert not is_signed_in(client)


@pytest.mark.parametrize("verified", [False, None, "false", 0])
def test_an_address_that_nobody_verified_is_nobodys(provider: Provider, nina: User, verified: object) -> None:
    provider.claims = {"email": nina.email, "email_verified": verified}
    client = Client()
    assert come(client).status_code == 403
    assert not is_signed_in(client)


SPOILT: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "another-client"},
    "another party": {"aud": [CLIENT, "x"], "azp": "x"},
    "another nonce": {"nonce": "of-another-attempt"},
    "no nonce": {"nonce": ""},
    "over": {"exp": 1_000_000_000},
    "nobody": {"sub": None},
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_token_that_is_not_for_this_attempt_is_refused(provider: Provider, nina: User, spoilt: str) -> None:
    provider.spoil = lambda claims: {k: v for k, v in (claims | SPOILT[spoilt]).items() if v is not None}
    refused(Client())
    assert nina.is_active


def test_a_strangers_signature_is_refused(provider: Provider, nina: User) -> None:
    provider.key = STRANGERS_KEY
    refused(Client())
    assert nina.is_active


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_so_is_none_and_one_that_we_could_have_made(provider: Provider, nina: User, algorithm: str) -> None:
    provider.algorithm = algorithm
    refused(Client())
    assert nina.is_active


@pytest.mark.parametrize("token", ["", "x", "a.b.c", None])
def test_so_is_no_token(provider: Provider, nina: User, token: str | None) -> None:
    provider.answers = {"id_token": token}
    refused(Client())
    assert nina.is_active


def test_so_is_a_provider_that_calls_itself_by_another_name(provider: Provider, nina: User) -> None:
    provider.issuer = "https://evil.example"
    refused(Client())
    assert nina.is_active


def test_an_issuer_may_end_in_a_slash(provider: Provider, nina: User) -> None:
    provider.issuer = f"{provider.url}/"
    provider.spoil = lambda claims: claims | {"iss": provider.issuer}
    client = Client()
    come(client)
    assert is_signed_in(client)
    assert nina.is_active


def test_so_is_what_it_says_of_somebody_else(provider: Provider, nina: User) -> None:
    provider.claims = {}
    provider.userinfo = {"sub": "somebody-else", "email": nina.email, "email_verified": True}
    refused(Client())


@pytest.mark.usefixtures("provider")
def test_the_way_back_of_another_browser_signs_nobody_in(nina: User) -> None:
    path, victim = back(there(Client())), Client()
    assert victim.get(path).status_code == 401
    assert not is_signed_in(victim)
    assert nina.is_active


@pytest.mark.usefixtures("provider", "nina")
def test_it_works_once() -> None:
    client = Client()
    path = back(there(client))
    client.get(path)
    client.post("/desk/account/logout/")
    assert client.get(path).status_code == 401
    assert not is_signed_in(client)


def test_who_says_no_there_is_told_and_not_in(provider: Provider) -> None:
    client = Client()
    state = parse_qs(urlsplit(there(client)).query)["state"][0]
    answer = client.get(f"{START}callback/?error=access_denied&state={state}")
    assert answer.status_code == 401
    assert "You are not signed in" in answer.content.decode()
    assert provider.asked == []


@pytest.mark.usefixtures("provider", "nina")
def test_it_leads_nowhere_else_afterwards() -> None:
    assert come(Client(), next="https://evil.example/").headers["Location"] == "/desk/"


def test_no_link_alone_begins_it(provider: Provider) -> None:
    assert Client().get(START).status_code == 405
    assert provider.asked == []


def test_a_provider_that_is_away_is_said_plainly(nina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.provider_map, "openid_connect", oidc.Provider)
    with provided() as gone:
        settings = {"server_url": gone.url}
    app = {"provider_id": "oidc", "name": "x", "client_id": "x", "secret": "x", "settings": settings}
    with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [app]}}):
        assert Client().post(START).status_code == 502
    assert nina.is_active


def test_where_none_is_set_there_is_no_such_page() -> None:
    assert Client().post(START).status_code == 404
    assert Client().get(f"{START}callback/").status_code == 404


def refused(client: Client) -> None:
    answer = come(client)
    assert answer.status_code in (401, 403), answer.content.decode()
    assert not is_signed_in(client)
