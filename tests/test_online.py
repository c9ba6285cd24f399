"""What an installation asks, and what it remembers of it."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

import mailer
from mailer import online
from mailer.fetching.names import system
from mailer.fetching.networks import is_public
from mailer.fetching.remembered import Remembered
from mailer.fetching.values import Outcome, Question
from tests.fetching.street import GOOD, Street, a_fetcher, a_street, answer
from tests.stage import NOW

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Iterator[Street]:
    settings.DATA_DIR = tmp_path
    with a_street({"/": GOOD, "/broken": answer(503)}) as street:
        monkeypatch.setattr(online, "fetcher", lambda: a_fetcher(street))
        yield street


def test_an_address_is_asked_once_an_hour_and_trouble_again_after_five_minutes(street: Street) -> None:
    well, broken = Question(street.url()), Question(street.url("/broken"))
    found = online.Asking(NOW)([well, broken, well])
    assert [found[one].status for one in (well, broken)] == [200, 503]
    assert online.Asking(NOW + 4 * MINUTE)([well, broken]) == found
    assert len(street.asked) == 2
    again = online.Asking(NOW + 6 * MINUTE)([well, broken])
    assert (again[well], len(street.asked)) == (found[well], 3)
    online.Asking(NOW + 61 * MINUTE)([well])
    assert len(street.asked) == 4


def test_each_answer_is_told_with_how_many_there_are(street: Street) -> None:
    pages = [Question(street.url()), Question(street.url("/broken"))]
    told: list[tuple[str, int, int | None]] = []
    online.Asking(NOW)(pages[:1])
    online.Asking(NOW, lambda *progress: told.append(progress))(pages)
    assert told == [("asking", 2, 2)]


def test_what_came_before_an_interruption_is_kept(street: Street, tmp_path: Path) -> None:
    pages = [Question(street.url()), Question(street.url("/broken"))]

    def interrupt(_: str, __: int, ___: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        online.Asking(NOW, interrupt)(pages)
    kept = Remembered(tmp_path / "fetched.json").recall(pages, NOW)
    assert kept
    assert online.Asking(NOW)(pages).items() >= kept.items()


def test_nothing_to_ask_leaves_nothing_behind(street: Street, tmp_path: Path) -> None:
    assert online.Asking(NOW)([]) == {}
    assert (list(tmp_path.iterdir()), street.asked) == ([], [])


def test_an_installation_asks_the_public_internet_alone() -> None:
    fetcher = online.fetcher()
    assert (fetcher.resolve, fetcher.allows) == (system, is_public)
    assert sorted(fetcher.ports) == [80, 443]
    limits = fetcher.limits
    assert (limits.connect, limits.whole, limits.redirects, limits.body) == (5, 15, 5, 5_000_000)
    refused = fetcher.fetch(Question("http://127.0.0.1/"))
    assert refused.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("base", "where"),
    [("https://news.example.org", "; +https://news.example.org"), ("http://127.0.0.1:8000", "")],
)
def test_it_says_who_asks_where_anybody_can_look(settings: Settings, base: str, where: str) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, base_url=base)
    said = f"mailer/{mailer.__version__} (looks whether a newsletter's links work{where})"
    assert online.fetcher().agent == said
