"""The ledger: what was accepted, address by address."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailer.sandbox.ledger import Progress, accept, copies, count, find, latest, progress
from mailer.sandbox.store import Store
from tests.sandbox.cast import Letter


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def take(store: Store, body: dict[str, Any], now: float = 1_700_000_000.0) -> str:
    return accept(store, body, json.dumps(body).encode(), now)


def test_every_copy_is_kept_with_its_address_arguments_and_subject(
    store: Store, letter: Letter, tmp_path: Path
) -> None:
    message_id = take(store, letter("a@example.org", "b@example.org"))
    assert len(message_id) == 22
    kept = list(copies(tmp_path))
    assert [(copy.n, copy.address, copy.custom_args) for copy in kept] == [
        (0, "a@example.org", {"delivery": "0"}),
        (1, "b@example.org", {"delivery": "1"}),
    ]
    assert {(copy.message_id, copy.subject, copy.accepted_at) for copy in kept} == {
        (message_id, "Space this week", 1_700_000_000.0)
    }


def test_one_who_reads_on_gets_what_came_since(store: Store, letter: Letter, tmp_path: Path) -> None:
    take(store, letter("a@example.org", "b@example.org"))
    last = list(copies(tmp_path))[-1].id
    take(store, letter("c@example.org"))
    assert [copy.address for copy in copies(tmp_path, after=last)] == ["c@example.org"]


def test_a_request_that_cannot_be_written_whole_leaves_nothing(
    store: Store, letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "the-same-id-every-time")
    take(store, letter("a@example.org"))
    with pytest.raises(Exception, match="UNIQUE"):
        take(store, letter("b@example.org"))
    assert [copy.address for copy in copies(tmp_path)] == ["a@example.org"]
    assert progress(store).copies == 1


def test_a_copy_is_found_by_its_request_and_number_and_not_in_the_next_request(
    store: Store, letter: Letter
) -> None:
    first, second = (
        take(store, letter("a@example.org", "b@example.org")),
        take(store, letter("c@example.org")),
    )
    found = find(store, first, 1)
    assert found is not None
    assert (found[0].address, found[1]["subject"]) == ("b@example.org", "Space this week")
    assert find(store, first, 2) is None
    assert find(store, second, 1) is None
    assert find(store, "nowhere", 0) is None


def test_the_latest_come_first_and_an_address_is_found_by_a_part_of_it_in_any_case(
    store: Store, letter: Letter
) -> None:
    take(store, letter("Amina@example.org", "li@example.org", "100%@example.org"))
    take(store, letter("amina@elsewhere.example"))
    newest = latest(store, 1 << 62, "AMINA", 10)
    assert [copy.address for copy in newest] == ["amina@elsewhere.example", "Amina@example.org"]
    assert [copy.address for copy in latest(store, newest[0].id, "", 1)] == ["100%@example.org"]
    assert (count(store, "amina"), count(store, ""), count(store, "%")) == (2, 4, 1)


def test_an_unplanned_copy_counts_as_an_event_that_waits(store: Store, letter: Letter) -> None:
    assert progress(store) == Progress(0, 0, 0, 0, 0)
    take(store, letter("a@example.org", "b@example.org"))
    assert progress(store) == Progress(1, 2, 0, 0, 2)
