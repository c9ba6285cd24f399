"""What names lead to."""

import socket
import threading
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from mailer.fetching.names import LookupFailedError, UnknownHostError, system, within
from mailer.fetching.targets import Address


def test_a_full_name_is_asked_for_and_each_address_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def getaddrinfo(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        four, six = ("192.0.2.1", 0), ("2001:db8::1", 0, 0, 0)
        return [(0, 0, 0, "", four), (0, 0, 0, "", four), (0, 0, 0, "", six)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert [str(address) for address in system("news.example")] == ["192.0.2.1", "2001:db8::1"]
    assert asked == ["news.example."]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), UnknownHostError),
        (socket.gaierror(socket.EAI_AGAIN, "later"), LookupFailedError),
        (socket.gaierror(socket.EAI_FAIL, "broken"), LookupFailedError),
        (OSError(), LookupFailedError),
        (UnicodeError(), LookupFailedError),
    ],
)
def test_no_such_name_is_another_thing_than_no_answer(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, told: type[Exception]
) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(told):
        system("news.example")


def test_a_resolver_that_never_answers_is_not_waited_for() -> None:
    never = threading.Event()

    def resolve(_: str) -> Sequence[Address]:
        never.wait(30)
        return []

    with pytest.raises(TimeoutError):
        within(0.05, resolve, "news.example")
    never.set()


def test_what_a_resolver_says_or_raises_comes_through() -> None:
    def unknown(_: str) -> Sequence[Address]:
        raise UnknownHostError

    assert within(5, lambda _: [ip_address("192.0.2.1")], "news.example") == [ip_address("192.0.2.1")]
    with pytest.raises(UnknownHostError):
        within(5, unknown, "news.example")
