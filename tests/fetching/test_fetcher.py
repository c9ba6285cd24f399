"""Asking servers on loopback, which these tests alone call public."""

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailer.fetching.values import Hop, Outcome, Question, Refusal
from mailer.fetching.wire import Limits
from tests.fetching.street import (
    AGENT,
    GOOD,
    PUBLIC,
    Names,
    Street,
    a_certificate,
    a_fetcher,
    a_street,
    answer,
    redirect,
)

TOKEN = "t0ken-of-somebody"


@pytest.fixture
def street() -> Iterator[Street]:
    with a_street({"/": GOOD, "/gone": answer(410), "/broken": answer(503)}) as street:
        yield street


def test_a_page_is_asked_once_and_openly(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    street.says["/?a=1"] = GOOD
    fetched = a_fetcher(street).fetch(Question(street.url("/?a=1")))
    assert (fetched.outcome, fetched.status, fetched.kind) == (Outcome.ANSWERED, 200, "text/html")
    assert fetched.is_well
    assert (fetched.size, fetched.hops) == (None, ())
    assert 0 < fetched.seconds < 2
    assert street.asked[0].split("\r\n") == [
        "GET /?a=1 HTTP/1.1",
        f"Host: news.example:{street.port}",
        f"User-Agent: {AGENT}",
        "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    ]


@pytest.mark.parametrize(("path", "status"), [("/gone", 410), ("/broken", 503), ("/none", 404)])
def test_what_a_server_answers_is_told(street: Street, path: str, status: int) -> None:
    fetched = a_fetcher(street).fetch(Question(street.url(path)))
    assert (fetched.outcome, fetched.status, fetched.is_well) == (Outcome.ANSWERED, status, False)


def test_the_address_that_was_checked_is_connected_to_and_none_looked_up_again(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names({"news.example": [[PUBLIC], ["127.0.0.2"]]})
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("looked up again"))
    assert a_fetcher(street, names=names).fetch(Question(street.url())).is_well
    assert names.asked == ["news.example"]


def test_a_name_that_leads_elsewhere_at_the_next_hop_is_checked_anew(street: Street) -> None:
    street.says["/on"] = redirect("/")
    names = Names({"news.example": [[PUBLIC], ["127.0.0.2"]]})
    fetched = a_fetcher(street, names=names).fetch(Question(street.url("/on")))
    assert (fetched.outcome, fetched.refusal) == (Outcome.REFUSED, Refusal.NETWORK)
    assert (names.asked, len(street.asked)) == (["news.example"] * 2, 1)


def test_production_refuses_this_very_street(street: Street) -> None:
    from mailer.fetching.networks import is_public  # noqa: PLC0415 - only this test is as production

    fetched = a_fetcher(street, allows=is_public).fetch(Question(street.url()))
    assert (fetched.outcome, fetched.refusal, street.asked) == (Outcome.REFUSED, Refusal.NETWORK, [])


def test_one_address_of_two_that_is_not_public_is_enough(street: Street) -> None:
    names = Names({"news.example": [PUBLIC, "127.0.0.2"]})
    fetched = a_fetcher(street, names=names).fetch(Question(street.url()))
    assert (fetched.refusal, street.asked) == (Refusal.NETWORK, [])


def test_of_two_public_addresses_the_second_is_tried_where_the_first_is_closed(street: Street) -> None:
    names = Names({"news.example": ["127.0.0.9", PUBLIC]})
    fetcher = a_fetcher(street, names=names, allows=lambda address: address.is_loopback)
    assert fetcher.fetch(Question(street.url())).is_well
    assert len(street.asked) == 1


HOSTILE_REDIRECTS = {
    "file:///etc/passwd": Refusal.SCHEME,
    "gopher://127.0.0.1:6379/_FLUSHALL": Refusal.SCHEME,
    "javascript:alert(1)": Refusal.SCHEME,
    "java\tscript:alert(1)": Refusal.CHARACTERS,
    "//127.0.0.2/": Refusal.NETWORK,
    "///127.0.0.2/": Refusal.NETWORK,
    "http://169.254.169.254/latest/meta-data/": Refusal.NETWORK,
    "http://2130706433/": Refusal.NUMBER,
    "http://localhost/": Refusal.NAME,
    "http://inner.example/": Refusal.NETWORK,
    "http://news.example@127.0.0.2/": Refusal.USER,
    "http://news.example\\@127.0.0.2/": Refusal.CHARACTERS,
    "\\\\127.0.0.2\\": Refusal.CHARACTERS,
    "http://[::ffff:127.0.0.2]/": Refusal.NETWORK,
    "http://[::1": Refusal.HOST,
    "http://news.example:6379/": Refusal.PORT,
    "https://news.example:22/": Refusal.PORT,
    f"/{'a' * 3_000}": Refusal.LENGTH,
}


@pytest.mark.parametrize("to", HOSTILE_REDIRECTS, ids=lambda to: ascii(to)[:50])
def test_a_redirect_is_a_new_address_and_refused_as_one(street: Street, to: str) -> None:
    street.says["/on"] = redirect(to)
    names = Names({"news.example": [PUBLIC], "inner.example": ["10.0.0.7"]})
    fetched = a_fetcher(street, names=names).fetch(Question(street.url("/on")))
    assert (fetched.outcome, fetched.refusal) == (Outcome.REFUSED, HOSTILE_REDIRECTS[to])
    assert len(fetched.hops) == len(street.asked) == 1
    assert fetched.hops[0].url.isascii()


def test_redirects_are_followed_and_each_is_told(street: Street) -> None:
    there = street.url("/there", "other.example")
    street.says |= {
        "/on": redirect(there, 301),
        "/there": redirect("../a b/é?q=é", 308),
        "/a%20b/%C3%A9?q=%C3%A9": GOOD,
    }
    fetched = a_fetcher(street).fetch(Question(street.url("/on")))
    end = street.url("/a%20b/%C3%A9?q=%C3%A9", "other.example")
    assert fetched.is_well
    assert fetched.hops == (Hop(301, there), Hop(308, end))
    assert [head.partition("Host: ")[2].partition(":")[0] for head in street.asked] == [
        "news.example",
        "other.example",
        "other.example",
    ]


@pytest.mark.parametrize("status", [300, 304, 305, 306])
def test_other_answers_of_their_kind_are_answers(street: Street, status: int) -> None:
    street.says["/on"] = redirect("/", status)
    assert a_fetcher(street).fetch(Question(street.url("/on"))).status == status


def test_a_redirect_to_nowhere_is_an_answer(street: Street) -> None:
    street.says["/on"] = redirect("", 302)
    fetched = a_fetcher(street).fetch(Question(street.url("/on")))
    assert (fetched.outcome, fetched.status) == (Outcome.ANSWERED, 302)


def test_a_circle_is_found(street: Street) -> None:
    street.says |= {"/a": redirect("/b"), "/b": redirect("/a#again")}
    fetched = a_fetcher(street).fetch(Question(street.url("/a")))
    assert (fetched.outcome, len(street.asked)) == (Outcome.LOOP, 2)


def test_five_redirects_are_followed_and_no_sixth(street: Street) -> None:
    street.says |= {f"/{n}": redirect(f"/{n + 1}") for n in range(20)}
    fetched = a_fetcher(street).fetch(Question(street.url("/0")))
    assert (fetched.outcome, len(street.asked), len(fetched.hops)) == (Outcome.TOO_MANY, 6, 5)
    street.says["/5"] = GOOD
    assert a_fetcher(street).fetch(Question(street.url("/0"))).is_well


def test_no_cookie_password_or_page_of_before_is_told_to_the_next(street: Street) -> None:
    said = b"HTTP/1.1 302 On\r\nSet-Cookie: a=b\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    street.says["/on"] = said
    assert a_fetcher(street).fetch(Question(street.url("/on"))).is_well
    assert not any(word in street.asked[1].lower() for word in ("cookie", "referer", "authorization"))


def test_an_image_can_be_had_with_what_is_in_it(street: Street) -> None:
    street.says |= {"/on": redirect("/i.png"), "/i.png": answer(200, "image/png", b"picture")}
    fetched, content = a_fetcher(street).read(Question(street.url("/on"), image=True))
    assert (fetched.is_well, fetched.kind, fetched.size, content) == (True, "image/png", 7, b"picture")
    assert "Accept: image/*,*/*;q=0.5\r\n" in street.asked[1]
    assert a_fetcher(street).read(Question(street.url("/i.png")))[1] == b""
    assert a_fetcher(street).read(Question("http://10.0.0.7/i.png", image=True))[1] == b""


def test_who_is_not_there_is_told_apart_from_who_does_not_exist(free_port: int) -> None:
    fetcher = a_fetcher(ports=frozenset({80, free_port}))
    assert fetcher.fetch(Question(f"http://news.example:{free_port}/")).outcome is Outcome.CLOSED
    assert fetcher.fetch(Question("http://nobody.example/")).outcome is Outcome.UNKNOWN_HOST
    assert fetcher.fetch(Question("http://silent.example/")).outcome is Outcome.NO_LOOKUP


def test_a_name_without_an_address_does_not_exist() -> None:
    fetcher = a_fetcher(names=Names({"news.example": []}))
    assert fetcher.fetch(Question("http://news.example/")).outcome is Outcome.UNKNOWN_HOST


def test_who_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        raise OSError(113, "No route to host")

    monkeypatch.setattr("socket.socket.connect", connect)
    assert a_fetcher().fetch(Question("http://news.example/")).outcome is Outcome.UNREACHABLE


def test_who_takes_no_connection_is_not_waited_for() -> None:
    with socket.socket() as deaf:
        deaf.bind((PUBLIC, 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        fetcher = a_fetcher(ports=frozenset({port}), limits=Limits(connect=0.2, whole=0.4))
        full = [socket.create_connection((PUBLIC, port)) for _ in range(1)]
        fetched = fetcher.fetch(Question(f"http://news.example:{port}/"))
        for one in full:
            one.close()
    assert fetched.outcome is Outcome.SILENT
    assert fetched.seconds < 1


@contextmanager
def a_secure_street(
    folder: Path, *names: str, days: int = 1, ca: bool = True
) -> Iterator[tuple[Street, object]]:
    server, trust = a_certificate(folder, *names, days=days, ca=ca)
    with a_street({"/": GOOD}, server) as street:
        yield street, trust


def test_a_certificate_is_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    with a_secure_street(tmp_path, "news.example") as (street, trust):
        fetched = a_fetcher(street, trust=trust).fetch(Question(street.url()))
        assert fetched.is_well
        assert street.greeted == ["news.example"]
        assert f"Host: news.example:{street.port}\r\n" in street.asked[0]
        # Not with the trust of somebody who does not know its maker.
        assert a_fetcher(street).fetch(Question(street.url())).outcome is Outcome.UNTRUSTED


@pytest.mark.parametrize(
    ("names", "made"),
    [(("other.example",), {}), (("news.example",), {"days": -1}), (("news.example",), {"ca": False})],
)
def test_a_certificate_of_another_an_old_one_and_ones_own_are_wrong(
    tmp_path: Path, names: tuple[str, ...], made: dict[str, bool]
) -> None:
    with a_secure_street(tmp_path, *names, **made) as (street, trust):
        fetched = a_fetcher(street, trust=trust).fetch(Question(street.url()))
        assert (fetched.outcome, street.asked) == (Outcome.CERTIFICATE, [])


def test_what_speaks_no_tls_is_broken(street: Street) -> None:
    url = street.url().replace("http://", "https://")
    assert a_fetcher(street).fetch(Question(url)).outcome is Outcome.BROKEN


def test_production_trusts_who_the_machine_trusts_and_checks_names() -> None:
    context = a_fetcher()._trusted
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_no_address_ends_in_a_log(
    street: Street, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    street.says[f"/{TOKEN}"] = redirect(f"http://10.0.0.7/{TOKEN}")
    for url in (street.url(f"/{TOKEN}"), f"http://nobody.example/{TOKEN}", f"https://news.example:9/{TOKEN}"):
        a_fetcher(street).fetch(Question(url))
    assert TOKEN not in caplog.text + "".join(capfd.readouterr())
