"""What the Email Logs know of letters whose request was never answered."""

import datetime as dt
import http.server
import json
import threading
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.transports.answers import Accepted
from mailer.transports.request import Envelope, Reader
from mailer.transports.sendgrid import SendGrid
from mailer.transports.sendgrid_logs import MOST, Finding, Found, Question, ask, search
from tests.provider import NoWitness, Provider, Reply, provider, says

SINCE = dt.datetime(2026, 11, 25, 10, 0, 0, 400_000, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 11, 25, 10, 31, 0, 1, tzinfo=dt.UTC)
OURS, THEIRS = "a" * 32, "b" * 32
ADA = Question("ada@x.example", 'What\'s "new"?', SINCE, UNTIL, OURS)
BO = replace(ADA, address="bo@x.example")


def copy(message_id: str = "m1.recvd-1-2.0", subject: str = ADA.subject) -> dict[str, str]:
    """Return a line of the log as a search gives it."""
    return {
        "from_email": "ed@n.example",
        "sg_message_id": message_id,
        "subject": subject,
        "to_email": ADA.address,
        "status": "delivered",
        "sg_message_id_created_at": "2026-11-25T10:00:03Z",
    }


def page(attempt: str | None = OURS, *, on_events: bool = False) -> dict[str, Any]:
    """Return a copy's own page, with our ids on it, on its events or nowhere."""
    args = {"custom_args": {"nl_attempt": attempt, "nl_delivery": "41"}} if attempt else {}
    event = {"event": "processed", "timestamp": 1764064803}
    return copy() | {"events": [event | (args if on_events else {})]} | ({} if on_events else args)


def log(copies: Sequence[Mapping[str, Any]], pages: Mapping[str, Mapping[str, Any]] | None = None) -> Reply:
    """Answer every search with `copies`, and every page from `pages`."""

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        if handler.command == "POST":
            says(200, json.dumps({"messages": list(copies)}).encode())(handler)
            return
        found = (pages or {}).get(urllib.parse.unquote(handler.path.removeprefix("/v3/logs/")))
        says(200 if found else 404, json.dumps(found or {"errors": [{"message": "not found"}]}).encode())(
            handler
        )

    return reply


def asked(sendgrid: Provider, *questions: Question) -> Found:
    return ask("SG.key", sendgrid.url, 5, questions)


def test_a_copy_that_carries_our_attempt_proves_it() -> None:
    with provider(log([copy()], {"m1.recvd-1-2.0": page()})) as sendgrid:
        found = asked(sendgrid, ADA)
    assert found == Found((Finding(known=True, message_id="m1", this_attempt=True),), complete=True)


def test_the_log_is_asked_by_address_and_time_with_the_key() -> None:
    with provider(log([])) as sendgrid:
        asked(sendgrid, ADA)
    [(path, headers, body)] = sendgrid.asked
    assert path == "/v3/logs"
    assert headers["Authorization"] == "Bearer SG.key"
    assert json.loads(body) == {
        "query": "to_email = 'ada@x.example'"
        ' AND sg_message_id_created_at >= TIMESTAMP "2026-11-25T10:00:00Z"'
        ' AND sg_message_id_created_at <= TIMESTAMP "2026-11-25T10:31:01Z"',
        "limit": MOST,
    }


def test_our_ids_are_found_on_the_events_too() -> None:
    with provider(log([copy()], {"m1.recvd-1-2.0": page(on_events=True)})) as sendgrid:
        assert asked(sendgrid, ADA).findings[0].this_attempt is True


def test_a_copy_without_our_ids_is_known_by_its_subject_and_proves_no_attempt() -> None:
    with provider(log([copy()], {"m1.recvd-1-2.0": page(None)})) as sendgrid:
        found = asked(sendgrid, ADA)
    assert found == Found((Finding(known=True, message_id="m1", this_attempt=None),), complete=True)


def test_a_copy_of_another_attempt_is_not_ours() -> None:
    with provider(log([copy()], {"m1.recvd-1-2.0": page(THEIRS)})) as sendgrid:
        assert asked(sendgrid, ADA).findings == (Finding(known=True, message_id="m1", this_attempt=False),)


def test_among_several_copies_ours_is_found() -> None:
    copies = [copy("m1.x.0"), copy("m2.x.0", subject="Another"), copy("m/3.x.0")]
    pages = {"m1.x.0": page(THEIRS), "m2.x.0": page(None), "m/3.x.0": page(OURS)}
    with provider(log(copies, pages)) as sendgrid:
        assert asked(sendgrid, ADA).findings == (Finding(known=True, message_id="m/3", this_attempt=True),)


def test_a_letter_of_another_subject_is_not_such_a_letter() -> None:
    with provider(log([copy(subject="Another")], {"m1.recvd-1-2.0": page(None)})) as sendgrid:
        assert asked(sendgrid, ADA) == Found((Finding(),), complete=True)


def test_a_whole_log_without_the_copy_is_a_complete_answer() -> None:
    with provider(log([])) as sendgrid:
        assert asked(sendgrid, ADA, BO) == Found((Finding(), Finding()), complete=True)
    assert len(sendgrid.asked) == 2


def test_an_address_in_capitals_is_looked_for_in_small_letters_as_well() -> None:
    with provider(log([])) as sendgrid:
        asked(sendgrid, replace(ADA, address="Ada@X.example"))
    queries = [json.loads(body)["query"].split(" AND ")[0] for _, _, body in sendgrid.asked]
    assert queries == ["to_email = 'Ada@X.example'", "to_email = 'ada@x.example'"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 202, 302])
def test_silence_of_a_log_that_refuses_is_no_evidence(status: int) -> None:
    with provider(says(status, b'{"errors":[{"message":"no, ada@x.example"}]}')) as sendgrid:
        found = asked(sendgrid, ADA, BO)
    assert found.findings == (Finding(), Finding())
    assert not found.complete
    assert found.detail.startswith(str(status))
    assert "ada@x.example" not in found.detail
    assert len(sendgrid.asked) == 1  # nothing further is asked of who refuses


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"messages":3}', b'{"messages":["x"]}'])
def test_an_answer_that_cannot_be_read_is_no_evidence(body: bytes) -> None:
    with provider(says(200, body)) as sendgrid:
        assert not asked(sendgrid, ADA).complete


def test_what_was_found_before_the_refusal_stands() -> None:
    whole = log([copy()], {"m1.recvd-1-2.0": page()})
    answers = iter([whole, whole, says(429)])

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        next(answers)(handler)

    with provider(reply) as sendgrid:
        found = asked(sendgrid, ADA, BO)
    assert [finding.this_attempt for finding in found.findings] == [True, None]
    assert not found.complete


def test_a_copy_whose_page_is_gone_is_no_evidence() -> None:
    with provider(log([copy()])) as sendgrid:
        assert not asked(sendgrid, ADA).complete


def test_more_copies_than_can_be_looked_at_are_no_evidence_unless_ours_is_among_them() -> None:
    copies = [copy(f"m{number}.x.0") for number in range(MOST)]
    pages = {each["sg_message_id"]: page(THEIRS) for each in copies}
    with provider(log(copies, pages)) as sendgrid:
        assert not asked(sendgrid, ADA).complete
    with provider(log(copies, pages | {"m7.x.0": page(OURS)})) as sendgrid:
        assert asked(sendgrid, ADA).complete


def test_a_log_that_does_not_answer_in_time_is_no_evidence() -> None:
    silence = threading.Event()
    with provider(lambda _: silence.wait(10)) as sendgrid:
        found = ask("SG.key", sendgrid.url, 0.3, [ADA, BO])
        silence.set()
    assert not found.complete
    assert len(found.findings) == 2


def test_a_quote_in_an_address_stands_in_the_other_quotes() -> None:
    assert 'to_email = "o\'brien@x.example" AND' in (search("o'brien@x.example", SINCE, UNTIL) or "")
    assert "to_email = 'a\"b\"@x.example' AND" in (search('a"b"@x.example', SINCE, UNTIL) or "")


@pytest.mark.parametrize("address", ["o'\"b@x.example", "a\\b@x.example", "a\nb@x.example"])
def test_an_address_that_no_query_can_hold_is_not_asked_for(address: str) -> None:
    with provider(log([])) as sendgrid:
        assert not asked(sendgrid, replace(ADA, address=address)).complete
    assert sendgrid.asked == []


def test_the_sandbox_is_asked_and_answers_as_the_service_does(tmp_path: Path) -> None:
    letter = Envelope(
        send=7,
        attempt=OURS,
        list_slug="digest",
        list_host="n.example",
        sender_name="Digest",
        sender_address="ed@n.example",
        reply_to="",
        subject=ADA.subject,
        html="",
        text="text",
        tracked=False,
    )
    irish = Reader(41, "o'brien@x.example", "", "https://n.example/u/a", "https://n.example/p/a")
    since = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    question = replace(ADA, address=irish.address, since=since, until=since + dt.timedelta(minutes=5))
    with Sandbox(tmp_path, host="127.0.0.1", port=0, webhook_url=None, manner=Manner()) as sandbox:
        sendgrid = SendGrid("SG.key", sandbox.url, 5)
        taken = sendgrid.submit(sendgrid.pack(letter, [irish]), NoWitness())
        assert isinstance(taken, Accepted)
        questions = (question, replace(question, attempt=THEIRS), replace(question, address="bo@x.example"))
        found = ask("SG.key", sandbox.url, 5, questions)
    assert found == Found(
        (
            Finding(known=True, message_id=taken.message_id, this_attempt=True),
            Finding(known=True, message_id=taken.message_id, this_attempt=False),
            Finding(),
        ),
        complete=True,
    )
