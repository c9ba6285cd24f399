"""What SendGrid's answers mean."""

import json
import time
from typing import Any

import pytest

from mailer.transports.answers import Accepted, AddressRefused, NotAccepted, Refused, Unknown
from mailer.transports.sendgrid_client import Reply
from mailer.transports.sendgrid_verdict import judge, verdict

PEOPLE = [41, 42, 43]


def errors(*fields: object) -> bytes:
    return json.dumps({"errors": [{"message": "bad", "field": field} for field in fields]}).encode()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *[(status, Refused) for status in (200, 301, 302, 307, 400, 401, 403, 404, 405, 413, 415)],
        (429, NotAccepted),
        *[(status, Unknown) for status in (201, 204, 408, 409, 418, 500, 502, 503, 504, 599)],
    ],
)
def test_every_answer_but_202_is_judged_by_its_status(status: int, kind: type) -> None:
    assert type(judge(status, {}, b"")) is kind


@pytest.mark.parametrize(
    ("fields", "delivery"),
    [
        (["personalizations.1.to"], 42),
        (["personalizations.2.to.0.email"], 43),
        (["personalizations.0"], 41),
        (["personalizations.0.substitutions"], 41),
        (["personalizations.2.to", "personalizations.1.to"], 43),
        ([None, "personalizations.1.to"], 42),
        (["personalizations.7.to", "personalizations.1.to"], 42),
        (["personalizations.7.to"], 0),
        (["personalizations"], 0),
        (["personalizations.x.to"], 0),
        ([None], 0),
        ([""], 0),
        (["null"], 0),
    ],
)
def test_an_address_refused_is_told_with_its_reader_where_that_is_said(
    fields: list[object], delivery: int
) -> None:
    said = judge(400, {}, errors(*fields), PEOPLE)
    assert isinstance(said, AddressRefused)
    assert said.delivery == delivery


def test_an_error_without_any_field_is_somebodys() -> None:
    said = judge(400, {}, b'{"errors":[{"message":"Bad Request"}]}', PEOPLE)
    assert isinstance(said, AddressRefused)
    assert said.delivery == 0


@pytest.mark.parametrize("field", ["from", "from.email", "subject", "content", "content.0.value", "headers"])
@pytest.mark.parametrize("others", [[], [None], ["personalizations.1.to"]])
def test_a_fault_of_the_letter_needs_a_person_whatever_else_is_wrong(field: str, others: list[Any]) -> None:
    assert type(judge(400, {}, errors(*others, field), PEOPLE)) is Refused
    assert type(judge(400, {}, errors(field, *others), PEOPLE)) is Refused


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Bad Request</html>", b"\xff\xfe", b"[]", b"{}", b'{"errors":[]}', b'{"errors":["bad"]}'],
)
def test_a_400_that_cannot_be_read_needs_a_person(body: bytes) -> None:
    assert type(judge(400, {}, body, PEOPLE)) is Refused


def test_a_rate_limit_tells_how_long_to_wait() -> None:
    refusal = judge(429, {"x-ratelimit-reset": str(int(time.time()) + 30)}, b"")
    assert refusal.wait is not None
    assert 25 < refusal.wait <= 30


@pytest.mark.parametrize("reset", ["soon", "", "nan", "inf", "-5"])
def test_a_rate_limit_that_makes_no_sense_asks_for_no_odd_wait(reset: str) -> None:
    assert judge(429, {"x-ratelimit-reset": reset}, b"").wait in {None, 0.0}


def test_a_rate_limit_in_milliseconds_is_not_obeyed_for_centuries() -> None:
    assert judge(429, {"x-ratelimit-reset": str(int(time.time()) * 1000)}, b"").wait == 3600


def test_the_last_request_of_a_minute_is_accepted_and_asks_for_a_pause() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 30)}
    said = verdict(Reply(202, headers, b"", whole=True), PEOPLE)
    assert isinstance(said, Accepted)
    assert said.wait is not None
    assert 25 < said.wait <= 30


def test_while_requests_remain_no_pause_is_asked_for() -> None:
    headers = {"x-ratelimit-remaining": "7", "x-ratelimit-reset": str(int(time.time()) + 30)}
    assert verdict(Reply(202, headers, b"", whole=True), PEOPLE) == Accepted(202, "")


def test_acceptance_of_what_was_not_handed_over_whole_is_not_believed() -> None:
    assert type(verdict(Reply(202, {}, b"", whole=False), PEOPLE)) is Unknown


@pytest.mark.parametrize(("status", "kind"), [(503, NotAccepted), (401, Refused), (429, NotAccepted)])
def test_an_answer_before_the_request_was_whole_means_it_was_not_taken(status: int, kind: type) -> None:
    assert type(verdict(Reply(status, {}, b"", whole=False), PEOPLE)) is kind


def test_the_providers_words_hold_no_address_and_nothing_a_database_refuses() -> None:
    body = b'{"errors":[{"message":"ada@x.example is\\u0000 bad","field":"personalizations.3.to"}]}'
    assert judge(400, {}, body).detail == "400 … is bad (personalizations.3.to)"


def test_a_refusal_quotes_what_the_provider_said() -> None:
    body = b'{"errors":[{"message":"The from address does not match","field":"from","help":null}]}'
    assert judge(403, {}, body).detail == "403 The from address does not match (from)"


@pytest.mark.parametrize(
    "body", [b"", b"<html>bad gateway</html>", b"\xff\xfe", b"[]", b'{"errors":1}', b"{}"]
)
def test_an_unreadable_body_is_quoted_and_breaks_nothing(body: bytes) -> None:
    assert judge(502, {}, body).status == 502
