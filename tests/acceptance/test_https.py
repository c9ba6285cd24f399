"""The desk as production has it: https before it, on a host of its own, and a provider to sign in by."""

import dataclasses
import html
import re
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from mailer.accounts.roles import Role
from tests.accounts.cast import HOME, LOGIN, PASSWORD, a_user
from tests.accounts.provider import CLIENT, SECRET, Provider, provided
from tests.accounts.terminator import Certificate, terminating
from tests.surroundings import KEYS, database, fresh
from tests.web.served import served

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

HOST, STRANGE_HOST = "desk.news.example", "other.news.example"
NAME = "Zürich & “Söhne” <b>"


@dataclasses.dataclass(frozen=True)
class House:
    """A running product: its address, the port behind it, and who else people sign in by."""

    url: str
    behind: int
    certificate: Certificate
    provider: Provider


@dataclasses.dataclass
class Answer:
    status: int
    url: str
    headers: Any
    text: str

    @property
    def cookies(self) -> dict[str, Morsel[str]]:
        found: SimpleCookie = SimpleCookie()
        for line in self.headers.get_all("Set-Cookie") or ():
            found.load(line)
        return dict(found)


class Person:
    """Somebody with a browser's manners: keeps cookies, follows redirects, says where a form came from."""

    def __init__(self, house: House) -> None:
        trusting = ssl.create_default_context(cafile=str(house.certificate.file))
        self._kept = _Kept()
        self._ask = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=trusting),
            urllib.request.HTTPCookieProcessor(CookieJar()),
            self._kept,
        )
        self.url = house.url

    @property
    def cookies(self) -> dict[str, Morsel[str]]:
        """All that were set since, redirects included."""
        return self._kept.cookies

    def get(self, path: str) -> Answer:
        url = path if "://" in path else f"{self.url}{path}"
        return self._answer(urllib.request.Request(url))  # noqa: S310 - our own servers

    def token(self) -> str:
        """What the forms of the first page have hidden."""
        page = self.get(LOGIN).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, page
        return found[1]

    def sign_in(self, email: str, *, origin: str = "") -> Answer:
        form = {"login": email, "password": PASSWORD}
        return self.send(LOGIN, origin=origin, csrfmiddlewaretoken=self.token(), **form)

    def send(self, path: str, *, origin: str = "", **form: str) -> Answer:
        body = urlencode(form).encode()
        asked = urllib.request.Request(f"{self.url}{path}", body)  # noqa: S310 - our own server
        asked.add_header("Origin", origin or self.url)
        return self._answer(asked)

    def _answer(self, asked: urllib.request.Request) -> Answer:
        try:
            answer = self._ask.open(asked, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Answer(answer.status, answer.url, answer.headers, answer.read().decode())


class _Kept(urllib.request.BaseHandler):
    handler_order = 400  # before redirects are followed

    def __init__(self) -> None:
        self.cookies: dict[str, Morsel[str]] = {}

    def https_response(self, _: object, answer: Any) -> Any:  # noqa: ANN401 - urllib's own
        self.cookies |= Answer(0, "", answer.headers, "").cookies
        return answer

    http_response = https_response


@pytest.fixture(autouse=True)
def _hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of the example's, which no resolver knows, are this machine."""
    ask = socket.getaddrinfo

    def found(host: Any, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - the library's own
        return ask("127.0.0.1" if host in (HOST, STRANGE_HOST) else host, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.fixture(scope="module")
def house(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:  # noqa: ARG001 - the database is there
    """The product behind https, on the tests' own database."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    certificate = Certificate.made(HOST, folder)
    with provided() as provider, terminating(certificate) as proxy:
        url = f"https://{HOST}:{proxy.server_port}"
        environ = fresh(folder) | {
            **KEYS,
            "DATABASE_URL": database(),
            "MAILER_BASE_URL": url,
            "MAILER_OIDC_URL": f"{provider.url}/",
            "MAILER_OIDC_CLIENT_ID": CLIENT,
            "MAILER_OIDC_CLIENT_SECRET_FILE": str(folder / "secret"),
            "MAILER_OIDC_NAME": NAME,
        }
        with served(environ, folder) as web:
            proxy.behind = web.port
            yield House(url, web.port, certificate, provider)


def bound_to_the_host(cookie: Morsel[str]) -> bool:
    """RFC 6265bis 4.1.3.2, and what no script and no other site's form may carry."""
    return (
        cookie.key.startswith("__Host-")
        and bool(cookie["secure"])
        and bool(cookie["httponly"])
        and cookie["samesite"] == "Lax"
        and cookie["path"] == "/"
        and not cookie["domain"]
    )


def test_who_signs_in_has_cookies_that_belong_to_this_very_host(house: House) -> None:
    vera, person = a_user(Role.VIEWER), Person(house)
    page = person.get(LOGIN)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert person.sign_in(vera.email).url == f"{house.url}/desk/"
    assert "Vera Cole" in person.get(HOME).text
    assert {"__Host-desk", "__Host-desk-form"} == person.cookies.keys()
    assert [cookie for cookie in person.cookies.values() if not bound_to_the_host(cookie)] == []


def test_readers_get_no_cookie_and_are_kept_to_https_too(house: House) -> None:
    reader = Person(house)
    page = reader.get("/")
    assert (page.status, page.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert reader.cookies == {}


def test_one_signs_in_by_the_provider_and_comes_back_by_https(house: House) -> None:
    a_user(Role.VIEWER, email="nina@news.example", name="Nina")
    person = Person(house)
    assert f"Sign in by {html.escape(NAME)}" in person.get(LOGIN).text
    going = person.send("/desk/account/oidc/login/", csrfmiddlewaretoken=person.token())
    there = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', going.text)
    assert there, going.text
    assert person.get(html.unescape(there[1])).url == f"{house.url}/desk/"
    assert "Nina" in person.get(HOME).text
    asked = house.provider.asked[-1]
    assert asked["redirect_uri"] == f"{house.url}/desk/account/oidc/login/callback/"


def test_another_sites_form_is_refused_there_too(house: House) -> None:
    vera, person = a_user(Role.VIEWER), Person(house)
    assert person.sign_in(vera.email, origin=f"https://{HOST}").status == 403  # another port, another origin
    assert "__Host-desk" not in person.cookies


def test_by_http_on_that_host_nobody_signs_in_and_another_host_is_nobodys(house: House) -> None:
    vera = a_user(Role.VIEWER)
    plain = Person(dataclasses.replace(house, url=f"http://{HOST}:{house.behind}"))
    answer = plain.sign_in(vera.email)
    assert answer.status == 403  # what was set for https alone does not come back
    assert "__Host-desk" not in plain.cookies
    assert all(cookie["secure"] for cookie in plain.cookies.values())
    assert urlsplit(plain.get(HOME).url).path == LOGIN
    elsewhere = Person(dataclasses.replace(house, url=f"http://{STRANGE_HOST}:{house.behind}"))
    assert elsewhere.get(LOGIN).status == 400
