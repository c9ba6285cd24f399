"""One request, offered once, and what its answers mean."""

import hashlib
import json
from dataclasses import replace

import pytest

from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK
from mailer.transports.answers import Accepted, AddressRefused, Answer, NotAccepted, Refused, Unknown
from mailer.transports.port import Parcel, Transport
from mailer.transports.request import Envelope, Reader
from mailer.transports.sendgrid import SendGrid, payload
from tests.provider import NoWitness, provider, says

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
    content="ab" * 32,
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
        "headers": {"List-Id": "<space-digest.news.example>", "X-Content-SHA256": "ab" * 32},
        "custom_args": {"nl_send": "7", "nl_attempt": "0123456789abcdef0123456789abcdef"},
        "tracking_settings": {
            "click_tracking": {"enable": True, "enable_text": False},
            "open_tracking": {"enable": True},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }


def headers_of(reader: Reader, envelope: Envelope = ENVELOPE) -> dict[str, str] | None:
    headers: dict[str, str] | None = payload(envelope, [reader])["personalizations"][0].get("headers")
    return headers


def test_a_letter_that_nobody_can_leave_names_no_way_to_leave() -> None:
    assert headers_of(replace(ADA, leave_url="")) is None


def test_a_mailbox_for_it_is_named_beside_the_link() -> None:
    with_token = replace(ADA, leave_token="t0K-en_9")
    with_mailbox = replace(ENVELOPE, bounce_address="bounces@b.example")
    link, post = "<https://n.example/u/a>", {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = "<mailto:bounces+t0K-en_9@b.example?subject=unsubscribe>"
    assert headers_of(with_token, with_mailbox) == {"List-Unsubscribe": f"{link}, {mail}"} | post
    assert headers_of(with_token) == {"List-Unsubscribe": link} | post
    assert headers_of(ADA, with_mailbox) == {"List-Unsubscribe": link} | post


def test_a_notice_to_one_person_says_that_a_machine_wrote_it_and_is_of_no_list() -> None:
    notice = replace(ENVELOPE, automatic=True, send=0, attempt="", tracked=True)
    body = payload(notice, [replace(ADA, delivery=0)])
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}
    assert "custom_args" not in body  # an empty object is refused
    assert body["personalizations"][0].keys() == {"to", "substitutions"}
    assert not any(setting["enable"] for setting in body["tracking_settings"].values())


def test_a_letter_of_no_send_still_carries_its_attempt() -> None:
    assert payload(replace(ENVELOPE, send=0), [ADA])["custom_args"] == {"nl_attempt": ENVELOPE.attempt}


def test_what_is_hashed_is_what_leaves() -> None:
    with provider(says(202, X_Message_Id="abc")) as sendgrid:
        transport: Transport = SendGrid("SG.key", sendgrid.url, 5)
        parcel = transport.pack(ENVELOPE, [ADA, BO])
        assert transport.submit(parcel, NoWitness()) == Accepted(202, "abc")
    [(path, headers, body)] = sendgrid.asked
    assert path == "/v3/mail/send"
    assert headers["Authorization"] == "Bearer SG.key"
    assert headers["Content-Type"] == "application/json"
    assert parcel.readers == 2
    assert parcel.hash == hashlib.sha256(body).hexdigest()
    assert json.loads(body) == payload(ENVELOPE, [ADA, BO])


def answer(url: str, timeout: float = 5) -> Answer:
    """Offer a batch for Ada and Bo to `url`."""
    sendgrid = SendGrid("SG.key", url, timeout)
    return sendgrid.submit(sendgrid.pack(ENVELOPE, [ADA, BO]), NoWitness())


def test_a_message_id_of_any_length_is_kept_as_far_as_there_is_room() -> None:
    with provider(says(202, X_Message_Id="m" * 500)) as sendgrid:
        assert answer(sendgrid.url).message_id == "m" * 200


def test_the_reader_whose_address_was_refused_is_named() -> None:
    body = b'{"errors":[{"message":"bad","field":"personalizations.1.to.0.email"}]}'
    with provider(says(400, body)) as sendgrid:
        said = answer(sendgrid.url)
    assert isinstance(said, AddressRefused)
    assert (said.delivery, said.status) == (BO.delivery, 400)


def test_a_redirect_is_never_followed_and_never_given_the_key() -> None:
    with provider(says(202)) as thief, provider(says(302, Location=thief.url)) as sendgrid:
        assert type(answer(sendgrid.url)) is Refused
    assert len(sendgrid.asked) == 1
    assert thief.asked == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_request_is_offered_once_however_it_ends(status: int) -> None:
    with provider(says(status)) as sendgrid:
        answer(sendgrid.url)
    assert len(sendgrid.asked) == 1


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with provider(says(202)) as sendgrid:
        assert type(answer(sendgrid.url)) is Accepted
    assert len(sendgrid.asked) == 1


def test_a_parcel_of_another_transport_is_not_offered() -> None:
    with provider(says(202)) as sendgrid:
        said = SendGrid("SG.key", sendgrid.url, 5).submit(Parcel(1, "", "a letter"), NoWitness())
    assert type(said) is NotAccepted
    assert sendgrid.asked == []


def test_whatever_nobody_foresaw_is_unknown() -> None:
    with provider(says(400, b'{"errors":[{"message":"bad","field":null}]}')) as sendgrid:
        said = SendGrid("SG.key", sendgrid.url, 5).submit(Parcel(1, "", b"no JSON"), NoWitness())
    assert type(said) is Unknown
