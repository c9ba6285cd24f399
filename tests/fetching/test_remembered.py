"""What was asked of late."""

import datetime as dt
from pathlib import Path

import pytest

from mailer.fetching.remembered import MOST, Remembered
from mailer.fetching.values import Fetched, Hop, Outcome, Question, Refusal

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
PAGE = Question("https://news.example/a?token=secret")
WELL = Fetched(Outcome.ANSWERED, 200, (Hop(301, "https://news.example/b"),), 0.5, "text/html", 7)
TROUBLE = Fetched(Outcome.REFUSED, refusal=Refusal.NETWORK)


@pytest.fixture
def memory(tmp_path: Path) -> Remembered:
    return Remembered(tmp_path / "fetched.json")


def test_an_answer_is_known_for_an_hour(memory: Remembered) -> None:
    memory.keep({PAGE: WELL}, NOW)
    other = Question("https://news.example/other")
    assert memory.recall([PAGE, other], NOW + 59 * MINUTE) == {PAGE: WELL}
    assert memory.recall([PAGE], NOW + 60 * MINUTE) == {}
    assert memory.recall([PAGE], NOW - MINUTE) == {}, "kept by a clock that went ahead"


def test_trouble_is_forgotten_sooner_since_somebody_may_be_mending_it(memory: Remembered) -> None:
    memory.keep({PAGE: TROUBLE}, NOW)
    assert memory.recall([PAGE], NOW + 4 * MINUTE) == {PAGE: TROUBLE}
    assert memory.recall([PAGE], NOW + 5 * MINUTE) == {}


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN_HOST, Outcome.CLOSED, Outcome.SILENT])
def test_whom_nobody_reached_is_asked_again_at_once(memory: Remembered, outcome: Outcome) -> None:
    memory.keep({PAGE: Fetched(outcome)}, NOW)
    assert memory.recall([PAGE], NOW) == {}
    assert not memory.path.exists()


def test_a_page_is_not_an_image(memory: Remembered) -> None:
    memory.keep({PAGE: WELL}, NOW)
    assert memory.recall([Question(PAGE.url, image=True)], NOW) == {}


def test_answers_of_before_stay(memory: Remembered) -> None:
    other = Question("https://news.example/other")
    memory.keep({PAGE: WELL}, NOW)
    memory.keep({other: TROUBLE}, NOW)
    assert memory.recall([PAGE, other], NOW) == {PAGE: WELL, other: TROUBLE}


def test_no_more_is_kept_than_there_is_room_for_and_the_oldest_goes(memory: Remembered) -> None:
    memory.keep({PAGE: WELL}, NOW)
    many = {Question(f"https://news.example/{n}"): WELL for n in range(MOST)}
    memory.keep(many, NOW + MINUTE)
    assert memory.recall([PAGE], NOW + MINUTE) == {}
    assert len(memory.recall(many, NOW + MINUTE)) == MOST


def test_the_file_is_its_owners_alone_and_holds_no_address_that_was_asked(memory: Remembered) -> None:
    memory.keep({PAGE: WELL}, NOW)
    assert memory.path.stat().st_mode & 0o777 == 0o600
    assert "secret" not in memory.path.read_text()
    assert [path.name for path in memory.path.parent.iterdir()] == ["fetched.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"shape": 0, "answers": {}}',
        b'{"shape": 2, "answers": []}',
        b'{"shape": 2, "answers": {"a": 1}}',
        b'{"shape": 2, "answers": {"a": {"at": 1e99}}}',
        b'{"shape": 2, "answers": {"a": {"at": 1, "outcome": "new", "hops": [], "refusal": null}}}',
        b'{"shape": 2, "answers": {"a": {"at": 1, "outcome": "loop", "hops": [1], "refusal": null}}}',
        b'{"shape": 2, "answers": {"a": {"at": 1, "outcome": "loop", "hops": [], "refusal": null, "x": 1}}}',
        b" " * 5_000_000,
    ],
)
def test_a_file_that_is_none_of_ours_is_nothing_known(memory: Remembered, content: bytes) -> None:
    memory.path.write_bytes(content)
    assert memory.recall([PAGE], NOW) == {}
    memory.keep({PAGE: WELL}, NOW)
    assert memory.recall([PAGE], NOW) == {PAGE: WELL}


def test_where_nothing_can_be_written_nothing_is_remembered_and_nothing_said(tmp_path: Path) -> None:
    memory = Remembered(tmp_path / "nowhere" / "fetched.json")
    memory.keep({PAGE: WELL}, NOW)
    assert memory.recall([PAGE], NOW) == {}


@pytest.mark.parametrize(
    "target",
    [
        "https://a.example/?session=1",
        "https://a.example/x;jsessionid=ab",
        "https://a.example/s/4f9a0c7be21d4f9a0c7b",
    ],
)
def test_a_redirect_that_may_hold_a_token_is_not_written_down(memory: Remembered, target: str) -> None:
    plain, question = Question("https://b.example/"), Question("https://a.example/")
    there = Fetched(Outcome.ANSWERED, 200, (Hop(302, target),))
    moved = Fetched(Outcome.ANSWERED, 200, (Hop(301, "https://a.example/launches/long-march-2026-11"),))
    memory.keep({question: there, plain: moved}, NOW)
    assert memory.recall([question, plain], NOW) == {plain: moved}
    assert memory.recall([plain], NOW)[plain].recalled
    assert target.encode() not in memory.path.read_bytes()
