"""What a stranger's address means, or why it is refused; nothing is looked up for that."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.fetching.fetcher import Fetcher
from mailer.fetching.targets import target_of
from mailer.fetching.values import Outcome, Question, Refusal, RefusedError
from tests.fetching.hostile import HOSTILE, NAMES, SOUND
from tests.fetching.street import AGENT, Names

WEB = frozenset({80, 443})


@pytest.fixture
def names() -> Names:
    return Names(NAMES)


@pytest.fixture
def fetcher(names: Names) -> Fetcher:
    """As in production, but for the names."""
    return Fetcher(AGENT, resolve=names)


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        pytest.fail("something was connected to")

    monkeypatch.setattr("socket.socket.connect", connect)
    monkeypatch.setattr("socket.getaddrinfo", connect)


def test_the_corpus_is_no_smaller_than_it_was_and_has_each_reason() -> None:
    assert len({url for url, _ in HOSTILE}) == len(HOSTILE) >= 60
    assert {reason for _, reason in HOSTILE} == set(Refusal)


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize(("url", "reason"), HOSTILE, ids=lambda value: ascii(str(value))[:60])
def test_a_hostile_address_is_refused_before_anything_is_connected_to(
    fetcher: Fetcher, url: str, reason: Refusal
) -> None:
    with pytest.raises(RefusedError) as refused:
        fetcher.destination(url)
    assert refused.value.refusal is reason
    fetched = fetcher.fetch(Question(url))
    assert (fetched.outcome, fetched.refusal, fetched.hops) == (Outcome.REFUSED, reason, ())


@pytest.mark.parametrize(("url", "asked"), SOUND, ids=lambda value: ascii(str(value))[:60])
def test_a_sound_address_is_let_through_and_asked_as_browsers_would(
    fetcher: Fetcher, url: str, asked: str
) -> None:
    target, addresses = fetcher.destination(url)
    assert target.url == asked
    assert addresses
    assert target_of(asked, WEB) == target


def test_a_name_is_looked_up_once_and_a_number_never(fetcher: Fetcher, names: Names) -> None:
    _, addresses = fetcher.destination("http://rebinding.example/")
    assert [str(address) for address in addresses] == ["8.8.8.8"]
    fetcher.destination("http://8.8.8.8/")
    assert names.asked == ["rebinding.example"]


def test_what_is_no_address_is_not_even_looked_up(fetcher: Fetcher, names: Names) -> None:
    for url, reason in HOSTILE:
        if reason is not Refusal.NETWORK:
            with pytest.raises(RefusedError):
                fetcher.destination(url)
    assert names.asked == []


PIECES = (
    "http",
    "https",
    ":",
    "//",
    "/",
    "@",
    "\\",
    "[",
    "]",
    "%",
    "0x7f",
    "127",
    ".",
    "::",
    "1",
    "。",
    "#",
    "?",
    "xn--",
    "ü",
)


@given(st.lists(st.sampled_from(PIECES) | st.characters(), max_size=14).map("".join))
def test_whatever_is_written_is_refused_or_is_an_address_that_means_itself(words: str) -> None:
    for url in (words, f"http://{words}", f"https://news.example/{words}"):
        with suppress(RefusedError):
            target = target_of(url, WEB)
            assert target.url.isascii()
            assert target_of(target.url, WEB) == target
            assert not set(target.host) & set("/\\@?#% ")
