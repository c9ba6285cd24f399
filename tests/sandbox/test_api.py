"""The service's side, over real HTTP, with the official client."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from python_http_client import exceptions

from mailer.sandbox.application import Sandbox
from mailer.sandbox.ledger import copies
from tests.sandbox.cast import Client, Letter, Start

HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html"
KEY = {"Authorization": "Bearer SG.any", "Content-Type": "application/json"}


def ask(
    sandbox: Sandbox, body: bytes, headers: dict[str, str], method: str = "POST", path: str = "/v3/mail/send"
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=20)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text) if text else {}


def says(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "field": None, "help": None}]}


def test_a_thousand_readers_are_accepted_and_in_the_ledger_when_the_answer_comes(
    start: Start, client: Client, letter: Letter, tmp_path: Path
) -> None:
    readers = [f"reader{number}@example.org" for number in range(1000)]
    response = client(start().url).client.mail.send.post(request_body=letter(*readers))
    kept = list(copies(tmp_path / "sandbox"))
    assert (response.status_code, response.body) == (202, b"")
    assert [copy.address for copy in kept] == readers
    assert {copy.message_id for copy in kept} == {response.headers["X-Message-Id"]}
    assert int(response.headers["X-RateLimit-Remaining"]) < int(response.headers["X-RateLimit-Limit"])
    assert int(response.headers["X-RateLimit-Reset"]) > kept[0].accepted_at


def test_one_bad_address_refuses_all_and_nothing_is_kept(
    start: Start, client: Client, letter: Letter, tmp_path: Path
) -> None:
    with pytest.raises(exceptions.BadRequestsError) as refused:
        client(start().url).client.mail.send.post(request_body=letter("a@example.org", "nobody"))
    assert refused.value.to_dict == {
        "errors": [
            {
                "message": "Does not contain a valid address.",
                "field": "personalizations.1.to.0.email",
                "help": f"{HELP}#message.personalizations.to",
            }
        ]
    }
    assert list(copies(tmp_path / "sandbox")) == []


def test_sandbox_mode_is_answered_200_and_kept_nowhere(
    start: Start, client: Client, letter: Letter, tmp_path: Path
) -> None:
    body = letter(mail_settings={"sandbox_mode": {"enable": True}})
    assert client(start().url).client.mail.send.post(request_body=body).status_code == 200
    assert list(copies(tmp_path / "sandbox")) == []


def test_a_revoked_key_is_refused(start: Start, client: Client, letter: Letter) -> None:
    with pytest.raises(exceptions.UnauthorizedError) as refused:
        client(start().url, "SG.revoked").client.mail.send.post(request_body=letter())
    assert refused.value.to_dict == says("The provided authorization grant is invalid, expired, or revoked")


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ({}, "authorization required"),
        ({"Authorization": "Bearer "}, "Permission denied, wrong credentials"),
        ({"Authorization": "Basic c2c6c2c="}, "Permission denied, wrong credentials"),
    ],
)
def test_no_key_is_no_entry(start: Start, authorization: dict[str, str], message: str) -> None:
    headers = {"Content-Type": "application/json"} | authorization
    assert ask(start(), b"{}", headers) == (401, says(message))


def test_what_is_not_json_is_refused(start: Start) -> None:
    sandbox = start()
    assert ask(sandbox, b"{", KEY) == (400, says("Bad Request"))
    assert ask(sandbox, b"", KEY) == (400, says("Bad Request"))
    assert ask(sandbox, b'{"subject":"\xff"}', KEY) == (400, says("Invalid UTF8 in request"))


def test_a_form_is_refused_by_its_type(start: Start) -> None:
    headers = KEY | {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(start(), b"a=1", headers) == (415, says("Content-Type should be application/json."))


def test_thirty_megabytes_are_the_end(start: Start) -> None:
    assert ask(start(), b" " * 30_000_001, KEY) == (413, says("content too large"))


def test_other_methods_and_other_addresses_are_refused(start: Start) -> None:
    sandbox = start()
    assert ask(sandbox, b"", KEY, "GET") == (405, says("method not allowed"))
    assert ask(sandbox, b"{}", KEY, path="/v3/mail/post") == (404, says("not found"))


def test_a_body_cut_short_is_not_accepted(start: Start, letter: Letter, tmp_path: Path) -> None:
    sandbox = start()
    body = json.dumps(letter()).encode()
    head = (
        "POST /v3/mail/send HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer SG.any\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    )
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        assert b" 202 " not in connection.recv(100)
    assert list(copies(tmp_path / "sandbox")) == []
