"""Many at once, and few at a host."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from mailer.fetching.asking import ask
from mailer.fetching.fetcher import Turn
from mailer.fetching.values import Fetched, Outcome, Question
from tests.fetching.street import GOOD, PUBLIC, Names, Street, a_fetcher, a_street, redirect

WELL = Fetched(Outcome.ANSWERED, 200)


def slowly() -> Iterator[bytes]:
    threading.Event().wait(0.1)
    yield GOOD


@pytest.fixture
def street() -> Iterator[Street]:
    with a_street({f"/{n}": slowly for n in range(8)}) as street:
        yield street


def test_each_is_asked_once_and_two_at_a_time_of_a_host(street: Street) -> None:
    hosts = [f"h{n}.example" for n in range(4)]
    fetcher = a_fetcher(street, names=Names({host: [PUBLIC] for host in hosts}))
    questions = [Question(street.url(f"/{n}", host)) for host in hosts for n in range(4)]
    found = dict(ask([*questions, *questions], fetcher.fetch))
    assert found.keys() == set(questions)
    assert all(fetched.is_well for fetched in found.values())
    assert len(street.asked) == 16
    assert street.most == dict.fromkeys(hosts, 2)


def test_hosts_that_redirect_to_one_do_not_crowd_it(street: Street) -> None:
    hosts = [f"h{n}.example" for n in range(8)]
    names = Names({host: [PUBLIC] for host in [*hosts, "news.example"]})
    street.says |= {f"/on{n}": redirect(street.url(f"/{n}")) for n in range(8)}
    fetcher = a_fetcher(street, names=names)
    found = dict(ask([Question(street.url(f"/on{n}", host)) for n, host in enumerate(hosts)], fetcher.fetch))
    assert all(fetched.is_well for fetched in found.values())
    assert street.most["news.example"] == 2
    # Waiting for one's turn is not the page's slowness.
    assert max(fetched.seconds for fetched in found.values()) < 0.35


def test_nothing_to_ask_is_nothing_asked() -> None:
    assert list(ask([], lambda *_: WELL)) == []


def test_what_nobody_foresaw_is_raised_and_ends_it() -> None:
    def fetch(_: Question, __: Turn) -> Fetched:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(ask([Question("http://a.example/")], fetch))


def test_who_stops_listening_stops_the_asking() -> None:
    asked: list[Question] = []
    heard = threading.Event()

    def fetch(question: Question, _: Turn) -> Fetched:
        if asked:
            heard.wait(5)
        asked.append(question)
        return WELL

    with closing(ask([Question(f"http://a.example/{n}") for n in range(50)], fetch, threads=1)) as told:
        next(told)
    heard.set()
    assert len(asked) <= 2


def test_an_address_that_cannot_be_read_is_asked_like_any() -> None:
    question = Question("http://[::1")
    assert dict(ask([question], a_fetcher().fetch))[question].outcome is Outcome.REFUSED
