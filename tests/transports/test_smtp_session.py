"""How a connection begins: greeted, encrypted by a certificate that is trusted, signed in, or not at all."""

import ssl
from pathlib import Path

import pytest

from mailer.transports.answers import NotAccepted, Refused
from mailer.transports.relay import parse
from mailer.transports.smtp import Smtp
from mailer.vocabulary import AnswerKind
from tests.relay import HANG_UP, certificate, relay
from tests.transports.cast import partly, smtp, submit


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"greeting": "554 5.7.1 your network is not welcome"}, AnswerKind.REFUSED),
        ({"greeting": "421 4.3.2 too busy"}, AnswerKind.NOT_ACCEPTED),
        ({"greeting": HANG_UP}, AnswerKind.NOT_ACCEPTED),
        ({"EHLO": "502 5.5.2 what?"}, AnswerKind.REFUSED),
        ({"RCPT": "530 5.7.0 authentication required"}, AnswerKind.REFUSED),
    ],
)
def test_a_session_that_does_not_begin_takes_nothing(said: dict[str, str], kind: AnswerKind) -> None:
    with relay(said) as server:
        answer = submit(smtp(server))
    assert answer.kind is kind


def test_nobody_listening_is_no_connection(free_port: int) -> None:
    answer = submit(Smtp(parse(f"smtp://127.0.0.1:{free_port}?tls=none"), 5))
    assert isinstance(answer, NotAccepted)
    assert answer.detail == "no connection: Connection refused"


@pytest.mark.parametrize("ways", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH PLAIN"])
def test_a_user_signs_in_whichever_way_the_relay_offers(ways: str) -> None:
    with relay(offers=(ways,), user=("us@er", "wörd:/@")) as server:
        transport = smtp(server, user="us%40er:w%C3%B6rd%3A%2F%40")
        assert partly(submit(transport)).accepted == (11, 12, 13, 14)


@pytest.mark.parametrize(
    ("offers", "words"),
    [
        (("AUTH PLAIN LOGIN",), "535 5.7.8 wrong password"),
        (("AUTH LOGIN",), "535 5.7.8 wrong password"),
        (("AUTH XOAUTH2",), "the relay offers neither AUTH PLAIN nor LOGIN"),
    ],
)
def test_a_password_that_is_refused_is_for_a_person(offers: tuple[str, ...], words: str) -> None:
    with relay(offers=offers, user=("user", "right")) as server:
        answer = submit(smtp(server, user="user:wrong"))
    assert isinstance(answer, Refused)
    assert answer.detail.startswith(words)
    assert "wrong" not in answer.detail.removeprefix("535 5.7.8 wrong password")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "implicit"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    made: tuple[ssl.SSLContext, Path], *, implicit: bool
) -> None:
    with relay(tls=made[0], implicit=implicit) as server:
        answer = submit(smtp(server))
    assert isinstance(answer, Refused)
    assert answer.detail.startswith("the relay's certificate was not verified (self")
    assert server.taken == []


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "implicit"])
def test_a_certificate_the_machine_trusts_is_taken(
    made: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch, *, implicit: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(made[1]))
    with relay(tls=made[0], implicit=implicit) as server:
        transport = smtp(server)
        for _ in range(2):
            assert partly(submit(transport)).accepted == (11, 12, 13, 14)
    assert server.connections == 1
    assert bool("STARTTLS" in server.commands) is not implicit


def test_a_relay_without_starttls_gets_nothing() -> None:
    with relay() as server:
        answer = submit(Smtp(parse(server.url.removesuffix("?tls=none")), 5))
    assert isinstance(answer, Refused)
    assert answer.detail.startswith("the relay offers no STARTTLS, so nothing was sent")


def test_words_before_the_encryption_are_nobodys() -> None:
    """Whoever stands in the way could add replies of their own in front of the relay's."""
    with relay({"STARTTLS": "220 begin\r\n250 injected"}) as server:
        transport = Smtp(parse(server.url.removesuffix("?tls=none")), 5)
        server.offers = ("PIPELINING", "STARTTLS")
        answer = submit(transport)
    assert isinstance(answer, NotAccepted)
    assert answer.detail == "no connection: the relay spoke out of turn at STARTTLS"
