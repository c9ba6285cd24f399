"""The Email Logs API over the ledger: what can be asked, what it says, what its silence does not prove."""

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.life import BRISK
from mailer.sandbox.logquery import Query, QueryError, parse
from mailer.sandbox.logs import standing
from mailer.sandbox.misbehaving import Logs, Misbehaviour
from mailer.sandbox.outbox import Happening
from tests.sandbox.cast import Client, Letter, Product, Start
from tests.waiting import until

KEY = {"Authorization": "Bearer SG.any", "Content-Type": "application/json"}
BRISKLY = Manner(pace=BRISK)
SENT = ("Amina@example.org", "o'brien@example.org", "bounce@example.org", "block@example.org")

Ask = Callable[..., tuple[int, Any, dict[str, str]]]


def ask(
    sandbox: Sandbox, method: str, path: str, value: object = None, headers: dict[str, str] = KEY
) -> tuple[int, Any, dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=20)
    connection.request(method, path, None if value is None else json.dumps(value).encode(), headers)
    response = connection.getresponse()
    said = json.loads(response.read())
    connection.close()
    return response.status, said, dict(response.getheaders())


def search(sandbox: Sandbox, query: str, limit: int = 100) -> list[dict[str, Any]]:
    status, said, headers = ask(sandbox, "POST", "/v3/logs", {"query": query, "limit": limit})
    assert (status, headers["Content-Type"]) == (200, "application/json"), said
    found: list[dict[str, Any]] = said["messages"]
    return found


@pytest.fixture
def sandbox(start: Start, product: Product, client: Client, letter: Letter) -> Sandbox:
    """Return a sandbox whose ledger holds four letters, all of which have come to their end."""
    made = start(f"{product.url}/webhook", BRISKLY)
    body = letter(*SENT, custom_args={"nl_attempt": "a1"}, categories=["news"])
    client(made.url).client.mail.send.post(request_body=body)
    until(lambda: ask(made, "GET", "/sandbox/progress.json")[1]["events_waiting"] == 0)
    return made


def test_a_letter_is_found_by_its_reader_and_shown_with_what_became_of_it(sandbox: Sandbox) -> None:
    [found] = search(sandbox, "to_email = 'bounce@example.org'")
    assert found.keys() == {
        "from_email",
        "sg_message_id",
        "subject",
        "to_email",
        "status",
        "sg_message_id_created_at",
        "reason",
    }
    assert (found["to_email"], found["status"]) == ("bounce@example.org", "bounced")
    assert (found["from_email"], found["subject"]) == ("news@example.org", "Space this week")
    assert found["reason"] == "550 5.1.1 user unknown"
    status, shown, _ = ask(sandbox, "GET", f"/v3/logs/{found['sg_message_id']}")
    assert status == 200
    assert shown["custom_args"] == {"nl_attempt": "a1", "delivery": "2"}
    assert shown["category"] == ["news"]
    assert [event["event"] for event in shown["events"]] == ["processed", "bounce"]
    assert all(event["custom_args"] == shown["custom_args"] for event in shown["events"])
    assert {"api_key_id", "client_ip", "from_email", "status", "subject", "to_email"} <= shown.keys()


def test_the_id_is_the_one_that_the_webhook_tells(sandbox: Sandbox, product: Product) -> None:
    told = {event["email"]: event["sg_message_id"] for event in product.events()}
    for address in SENT:
        [found] = search(sandbox, f'to_email = "{address}"')
        assert found["sg_message_id"] == told[address]
        assert [each["to_email"] for each in search(sandbox, f"sg_message_id='{told[address]}'")] == [address]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", SENT[::-1]),
        ("to_email='amina@example.org'", ()),
        ('to_email ="o\'brien@example.org"', ("o'brien@example.org",)),
        ("status IN ('bounced', 'blocked')", ("block@example.org", "bounce@example.org")),
        ("status IN ('blocked') AND subject = 'Space this week'", ("block@example.org",)),
        ("subject = 'Space'", ()),
        ("categories IN ('news') AND to_email='bounce@example.org'", ("bounce@example.org",)),
        ("categories IN ('olds')", ()),
        ("reason = '550 5.1.1 user unknown'", ("bounce@example.org",)),
        ("sg_message_id = 'nobody-knows-it'", ()),
    ],
)
def test_a_query_finds_what_it_says_the_latest_first(
    sandbox: Sandbox, query: str, expected: tuple[str, ...]
) -> None:
    assert tuple(found["to_email"] for found in search(sandbox, query)) == expected


def test_a_moment_bounds_what_is_found(sandbox: Sandbox) -> None:
    now = time.time()

    def at(moment: float) -> str:
        return time.strftime('TIMESTAMP "%Y-%m-%dT%H:%M:%SZ"', time.gmtime(moment))

    name = "sg_message_id_created_at"
    assert len(search(sandbox, f"{name} >= {at(now - 60)} AND {name} <= {at(now + 60)}")) == 4
    assert len(search(sandbox, f"{name} BETWEEN {at(now - 60)} AND {at(now + 60)}")) == 4
    assert search(sandbox, f"{name} > {at(now + 60)}") == []
    assert search(sandbox, f"{name} < {at(now - 60)}") == []
    [found] = search(sandbox, "to_email='bounce@example.org'")
    exactly = f'TIMESTAMP "{found["sg_message_id_created_at"]}"'
    assert len(search(sandbox, f"{name} >= {exactly} AND {name} <= {exactly}")) == 4


def test_ten_come_back_unless_more_are_asked_for(start: Start, client: Client, letter: Letter) -> None:
    made = start()
    client(made.url).client.mail.send.post(request_body=letter(*(f"r{n}@example.org" for n in range(12))))
    assert len(ask(made, "POST", "/v3/logs", {})[1]["messages"]) == 10
    assert len(search(made, "", 11)) == 11
    assert {found["status"] for found in search(made, "")} == {"processed"}


@pytest.mark.parametrize(
    "query",
    [
        "to_email",
        "to_email = amina@example.org",
        "to_email = 'a' OR to_email = 'b'",
        "to_email = 'a' and subject = 'b'",
        "(to_email = 'a')",
        "to_email = 'a' AND",
        "to_email = 'a' AND to_email = 'b'",
        "to_email IN ('a')",
        "status = 'delivered'",
        "status IN ()",
        "unique_args = 'a'",
        "to_email LIKE 'a%'",
        "sg_message_id_created_at > '2026-01-01T00:00:00Z'",
        'sg_message_id_created_at > TIMESTAMP "yesterday"',
        'sg_message_id_created_at > TIMESTAMP "2026-01-01T00:00:00"',
        'sg_message_id_created_at = TIMESTAMP "2026-01-01T00:00:00Z"',
    ],
)
def test_a_query_that_cannot_be_read_is_refused_in_one_line(start: Start, query: str) -> None:
    status, said, _ = ask(start(), "POST", "/v3/logs", {"query": query})
    assert status == 400
    [fault] = said["errors"]
    assert (fault["field"], fault["message"].startswith("invalid query: ")) == ("query", True)


@pytest.mark.parametrize(
    "value", [[], {"limit": 0}, {"limit": 1001}, {"limit": True}, {"query": 7}, {"q": ""}]
)
def test_a_body_of_another_shape_is_refused(start: Start, value: object) -> None:
    assert ask(start(), "POST", "/v3/logs", value)[0] == 400


def test_without_a_key_nothing_is_shown(start: Start) -> None:
    sandbox = start()
    assert ask(sandbox, "POST", "/v3/logs", {}, {"Content-Type": "application/json"})[0] == 401
    assert ask(sandbox, "GET", "/v3/logs/x", headers={})[0] == 401
    assert ask(sandbox, "GET", "/v3/logs")[0] == 405
    assert ask(sandbox, "POST", "/v3/logs/x", {})[0] == 405


def test_a_letter_nobody_knows_is_not_found(sandbox: Sandbox) -> None:
    [found] = search(sandbox, "to_email='bounce@example.org'")
    for name in ("x", "x.recvd-sandbox-1-0-0.0", found["sg_message_id"].replace("-1-2-", "-1-9-")):
        assert ask(sandbox, "GET", f"/v3/logs/{name}")[0] == 404


def test_what_was_accepted_appears_after_the_lag(start: Start, client: Client, letter: Letter) -> None:
    sandbox = start(faults=Misbehaviour(logs=Logs(lag=3600)))
    client(sandbox.url).client.mail.send.post(request_body=letter("amina@example.org"))
    assert search(sandbox, "to_email='amina@example.org'") == []
    sandbox.turns.change(Misbehaviour(logs=Logs(lag=0.5)))
    until(lambda: search(sandbox, "to_email='amina@example.org'"))


def test_some_letters_never_appear(start: Start, client: Client, letter: Letter) -> None:
    sandbox = start(faults=Misbehaviour(logs=Logs(missing=0.5)))
    client(sandbox.url).client.mail.send.post(request_body=letter(*(f"r{n}@example.org" for n in range(100))))
    found = {each["to_email"] for each in search(sandbox, "")}
    assert 20 < len(found) < 80
    assert found == {each["to_email"] for each in search(sandbox, "")}


def test_too_many_questions_are_answered_429(start: Start) -> None:
    status, said, headers = ask(start(faults=Misbehaviour(logs=Logs(rate=1))), "POST", "/v3/logs", {})
    assert (status, said["errors"][0]["message"]) == (429, "too many requests")
    assert int(headers["X-RateLimit-Reset"]) > time.time()


def test_a_query_is_read_whatever_the_spaces() -> None:
    assert parse(" to_email='a'  AND subject =\"b'c\"AND status IN( 'x','y' ) ") == Query(
        {"to_email": "a", "subject": "b'c"}, {"status": frozenset("xy")}
    )
    assert parse("  ") == Query()


def test_a_query_that_goes_on_without_and_says_where() -> None:
    with pytest.raises(QueryError, match="AND is wanted at character 14"):
        parse("to_email='a' subject='b'")


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], "processed"),
        (["processed", "delivered", "open", "click", "spamreport"], "delivered"),
        (["processed", "deferred"], "deferred"),
        (["dropped"], "dropped"),
        (["processed", "delivered", "bounce"], "bounced"),
    ],
)
def test_a_status_is_what_the_events_add_up_to(kinds: list[str], expected: str) -> None:
    assert standing([Happening(kind, 0, {}, None) for kind in kinds]).status == expected
