"""One request, offered once, and what its answers mean."""

import json
import socket
import threading
import time

import pytest

from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK
from mailer.transports.answers import Accepted, NotAccepted, Refused, Unknown
from mailer.transports.request import Envelope, Reader
from mailer.transports.sendgrid import SendGrid, answer, judge, payload
from tests.provider import provider, says

ENVELOPE = Envelope(
    send=7,
    attempt="0123456789abcdef0123456789abcdef",
    list_slug="space-digest",
    list_host="news.example",
    sender_name="Space Digest",
    sender_address="editor@news.example",
    reply_to="",
    subject="Orbits",
    html=f"<a href='{LEAVE_MARK}'>leave</a>",
    text=f"leave: {LEAVE_MARK}",
    tracked=True,
)
ADA = Reader(41, "ada@x.example", "Ada; Lovelace, Countess", "https://n.example/u/a", "https://n.example/p/a")
BO = Reader(42, "bo@x.example", "", "https://n.example/u/b", "https://n.example/p/b")


def test_the_payload_is_exactly_what_sendgrid_asks_for() -> None:
    assert payload(ENVELOPE, [ADA, BO]) == {
        "personalizations": [
            {
                "to": [{"email": "ada@x.example", "name": "Ada  Lovelace  Countess"}],
                "headers": {
                    "List-Unsubscribe": "<https://n.example/u/a>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
                "substitutions": {
                    LEAVE_MARK: "https://n.example/u/a",
                    PREFERENCES_MARK: "https://n.example/p/a",
                },
                "custom_args": {"nl_delivery": "41"},
            },
            {
                "to": [{"email": "bo@x.example"}],
                "headers": {
                    "List-Unsubscribe": "<https://n.example/u/b>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
                "substitutions": {
                    LEAVE_MARK: "https://n.example/u/b",
                    PREFERENCES_MARK: "https://n.example/p/b",
                },
                "custom_args": {"nl_delivery": "42"},
            },
        ],
        "from": {"email": "editor@news.example", "name": "Space Digest"},
        "subject": "Orbits",
        "content": [
            {"type": "text/plain", "value": f"leave: {LEAVE_MARK}"},
            {"type": "text/html", "value": f"<a href='{LEAVE_MARK}'>leave</a>"},
        ],
        "headers": {"List-Id": "<space-digest.news.example>"},
        "custom_args": {"nl_send": "7", "nl_attempt": "0123456789abcdef0123456789abcdef"},
        "tracking_settings": {
            "click_tracking": {"enable": True, "enable_text": False},
            "open_tracking": {"enable": True},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }


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


def test_a_rate_limit_tells_how_long_to_wait() -> None:
    refusal = judge(429, {"X-RateLimit-Reset": str(int(time.time()) + 30)}, b"")
    assert refusal.wait is not None
    assert 25 < refusal.wait <= 30


@pytest.mark.parametrize("reset", ["soon", "", "nan", "inf", "-5"])
def test_a_rate_limit_that_makes_no_sense_asks_for_no_odd_wait(reset: str) -> None:
    assert judge(429, {"X-RateLimit-Reset": reset}, b"").wait in {None, 0.0}


def test_a_rate_limit_in_milliseconds_is_not_obeyed_for_centuries() -> None:
    assert judge(429, {"X-RateLimit-Reset": str(int(time.time()) * 1000)}, b"").wait == 3600


def test_the_providers_words_hold_no_address_and_nothing_a_database_refuses() -> None:
    body = b'{"errors":[{"message":"ada@x.example is\\u0000 bad","field":"personalizations.3.to"}]}'
    assert judge(400, {}, body).detail == "400 … is bad (personalizations.3.to)"


def test_a_message_id_of_any_length_is_kept_as_far_as_there_is_room() -> None:
    with provider(says(202, X_Message_Id="m" * 500)) as sendgrid:
        assert SendGrid("SG.key", sendgrid.url, 5).submit({}).message_id == "m" * 200


def test_a_refusal_quotes_what_the_provider_said() -> None:
    body = b'{"errors":[{"message":"The from address does not match","field":"from","help":null}]}'
    assert judge(403, {}, body).detail == "403 The from address does not match (from)"


@pytest.mark.parametrize(
    "body", [b"", b"<html>bad gateway</html>", b"\xff\xfe", b"[]", b'{"errors":1}', b"{}"]
)
def test_an_unreadable_body_is_quoted_and_breaks_nothing(body: bytes) -> None:
    assert judge(502, {}, body).status == 502


def test_202_is_acceptance_with_the_providers_id() -> None:
    with provider(says(202, X_Message_Id="abc")) as sendgrid:
        assert SendGrid("SG.key", sendgrid.url, 5).submit(payload(ENVELOPE, [ADA])) == Accepted(202, "abc")
    path, headers, body = sendgrid.asked[0]
    assert path == "/v3/mail/send"
    assert headers["Authorization"] == "Bearer SG.key"
    assert json.loads(body)["personalizations"][0]["custom_args"] == {"nl_delivery": "41"}


def test_a_redirect_is_never_followed_and_never_given_the_key() -> None:
    with provider(says(202)) as thief, provider(says(302, Location=thief.url)) as sendgrid:
        assert type(answer(SendGrid("SG.key", sendgrid.url, 5), {})) is Refused
    assert len(sendgrid.asked) == 1
    assert thief.asked == []


def test_a_request_is_offered_once_however_it_ends() -> None:
    with provider(says(503)) as sendgrid:
        assert type(answer(SendGrid("SG.key", sendgrid.url, 5), {})) is Unknown
    assert len(sendgrid.asked) == 1


def test_silence_after_the_body_is_unknown() -> None:
    silence = threading.Event()
    with provider(lambda _: silence.wait(10)) as sendgrid:
        assert type(answer(SendGrid("SG.key", sendgrid.url, 0.2), {})) is Unknown
        silence.set()
    assert len(sendgrid.asked) == 1


def test_a_connection_closed_without_an_answer_is_unknown() -> None:
    with provider(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)) as sendgrid:
        assert type(answer(SendGrid("SG.key", sendgrid.url, 5), {})) is Unknown


def test_nobody_listening_is_certainly_not_accepted() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, never listening: refused
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        assert type(answer(SendGrid("SG.key", url, 5), {})) is NotAccepted


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with provider(says(202)) as sendgrid:
        SendGrid("SG.key", sendgrid.url, 5).submit({})
    assert len(sendgrid.asked) == 1


def test_whatever_nobody_foresaw_is_unknown() -> None:
    class Broken:
        def submit(self, _body: object) -> Accepted:
            raise ZeroDivisionError

    assert type(answer(Broken(), {})) is Unknown
