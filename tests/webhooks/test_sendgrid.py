"""SendGrid's events, as they really arrive, in our own words."""

import base64
import datetime as dt
import json
import uuid

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from mailer.vocabulary import EventKind
from mailer.webhooks.keys import load_keys
from mailer.webhooks.sendgrid import genuine, hear
from tests.vector import VECTOR_BODY as VECTOR_TEXT
from tests.vector import VECTOR_KEY, VECTOR_SIGNATURE, VECTOR_TIMESTAMP

VECTOR_BODY = VECTOR_TEXT.encode()
THEN = dt.datetime.fromtimestamp(1600112502, dt.UTC)


def test_the_published_vector_is_genuine() -> None:
    assert genuine(VECTOR_BODY, VECTOR_SIGNATURE, VECTOR_TIMESTAMP, load_keys([VECTOR_KEY]), now=THEN)


@pytest.mark.parametrize(
    ("body", "signature", "timestamp"),
    [
        (VECTOR_BODY.rstrip(), VECTOR_SIGNATURE, VECTOR_TIMESTAMP),
        (VECTOR_BODY + b" ", VECTOR_SIGNATURE, VECTOR_TIMESTAMP),
        (VECTOR_BODY, VECTOR_SIGNATURE, "1600112503"),
        (VECTOR_BODY, VECTOR_SIGNATURE, ""),
        (VECTOR_BODY, VECTOR_SIGNATURE, "99999999999999999999"),
        (VECTOR_BODY, "", VECTOR_TIMESTAMP),
        (VECTOR_BODY, "abc", VECTOR_TIMESTAMP),
        (VECTOR_BODY, "é", VECTOR_TIMESTAMP),
        (VECTOR_BODY, base64.b64encode(b"\x30\x06\x02\x01\x00\x02\x01\x00").decode(), VECTOR_TIMESTAMP),
        (VECTOR_BODY, VECTOR_SIGNATURE[:-8] + "AAAAAAA=", VECTOR_TIMESTAMP),
    ],
)
def test_a_changed_cut_or_forged_body_is_not_genuine(body: bytes, signature: str, timestamp: str) -> None:
    assert not genuine(body, signature, timestamp, load_keys([VECTOR_KEY]), now=THEN)


def test_without_a_key_nothing_is_genuine() -> None:
    assert not genuine(VECTOR_BODY, VECTOR_SIGNATURE, VECTOR_TIMESTAMP, (), now=THEN)


@pytest.mark.parametrize(
    ("hours", "taken"), [(0, True), (24, True), (26, False), (-1, True), (-24, True), (-26, False)]
)
def test_what_sendgrid_tells_again_for_a_day_is_taken_and_older_is_not(*, hours: int, taken: bool) -> None:
    """And a clock of ours that is hours slow refuses no evidence."""
    now = THEN + dt.timedelta(hours=hours)
    assert genuine(VECTOR_BODY, VECTOR_SIGNATURE, VECTOR_TIMESTAMP, load_keys([VECTOR_KEY]), now=now) is taken


def test_while_keys_are_changed_either_may_sign() -> None:
    ours = ec.generate_private_key(ec.SECP256R1())
    public = base64.b64encode(
        ours.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).decode()
    proof = base64.b64encode(ours.sign(b"1600112502[]", ec.ECDSA(hashes.SHA256()))).decode()
    assert genuine(b"[]", proof, "1600112502", load_keys([VECTOR_KEY, public]), now=THEN)


ATTEMPT = uuid.UUID("0123456789abcdef0123456789abcdef")
OURS = {"email": "ada@x.example", "timestamp": 1600112492, "nl_delivery": "41", "nl_attempt": ATTEMPT.hex}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"event": "processed"}, EventKind.PROCESSED),
        ({"event": "delivered", "response": "250 OK"}, EventKind.DELIVERED),
        ({"event": "deferred", "attempt": "5"}, EventKind.DEFERRED),
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, EventKind.BOUNCED),
        ({"event": "bounce"}, EventKind.BOUNCED),
        ({"event": "bounce", "type": "blocked"}, EventKind.BLOCKED),
        ({"event": "bounce", "type": "expired"}, EventKind.BLOCKED),
        ({"event": "dropped"}, EventKind.DROPPED),
        ({"event": "open"}, EventKind.OPENED),
        ({"event": "click", "url": "https://a.example/"}, EventKind.CLICKED),
        ({"event": "spamreport"}, EventKind.COMPLAINED),
        ({"event": "unsubscribe"}, EventKind.UNSUBSCRIBED),
        ({"event": "group_unsubscribe"}, EventKind.UNSUBSCRIBED),
    ],
)
def test_each_of_sendgrids_words_has_one_of_ours(said: dict[str, str], kind: EventKind) -> None:
    (event,) = hear(json.dumps([OURS | said]).encode()).events
    assert event.kind is kind
    assert (event.delivery, event.attempt) == (41, ATTEMPT)


def test_an_open_by_a_machine_is_told_apart() -> None:
    events = hear(
        json.dumps([OURS | {"event": "open", "sg_machine_open": truth} for truth in (True, False)]).encode()
    ).events
    assert [event.machine for event in events] == [True, False]


@pytest.mark.parametrize(
    ("agent", "said", "machine"),
    [
        ("Mozilla/5.0", {}, True),
        # SendGrid knows Apple's networks.
        ("Mozilla/5.0", {"sg_machine_open": False}, False),
        ("Mozilla/5.0 (Windows NT 5.1) (via ggpht.com GoogleImageProxy)", {"sg_machine_open": False}, False),
        ("Mozilla/5.0 Edge/12.246 Mozilla/5.0", {"sg_machine_open": False}, True),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", {"sg_machine_open": True}, True),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", {"sg_machine_open": "true"}, False),
    ],
)
def test_who_opened_is_judged_by_sendgrids_word_and_by_what_the_program_says(
    agent: str, said: dict[str, object], *, machine: bool
) -> None:
    opening = OURS | {"event": "open", "useragent": agent} | said
    (event,) = hear(json.dumps([opening]).encode()).events
    assert event.machine is machine


def test_programs_on_a_copy_are_told_apart_by_a_number_that_nothing_can_be_read_from() -> None:
    def agents(*told: dict[str, object]) -> list[int]:
        return [event.agent for event in hear(json.dumps([OURS | each for each in told]).encode()).events]

    seen: dict[str, object] = {"event": "open", "useragent": "Mozilla/5.0", "ip": "203.0.113.9"}
    first, again, click, elsewhere, copy, nobody, delivered = agents(
        seen,
        seen | {"ip": "203.0.113.77"},
        seen | {"event": "click", "url": "https://a.example/"},
        seen | {"ip": "198.51.100.9"},
        seen | {"nl_delivery": "42"},
        {"event": "open"},
        seen | {"event": "delivered"},
    )
    assert first == again == click > 0
    assert len({first, elsewhere, copy}) == 3
    assert (nobody, delivered) == (0, 0)


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        ("Mozilla/5.0 (compatible; LinkScanner/1.0)", True),
        ("Barracuda Sentinel (EE) crawler", True),
        ("examplebot/2.1", True),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", False),
        ("", False),
    ],
)
def test_a_click_by_a_program_that_says_so_is_told_apart(*, agent: str, machine: bool) -> None:
    said = OURS | {"event": "click", "url": "https://a.example/", "useragent": agent}
    (event,) = hear(json.dumps([said]).encode()).events
    assert event.machine is machine


def test_an_event_of_an_unforeseen_kind_harms_nothing() -> None:
    heard = hear(json.dumps([{"event": "account_status_change"}, OURS | {"event": "open"}, 7, None]).encode())
    assert len(heard.events) == 1
    assert heard.passed_over == 3


def test_an_event_without_our_ids_keeps_its_address() -> None:
    (event,) = hear(b'[{"email":"x@y.example","event":"bounce","timestamp":1600112492}]').events
    assert (event.delivery, event.attempt, event.address) == (0, None, "x@y.example")


def test_the_providers_words_are_kept_without_the_address() -> None:
    (event,) = hear(
        json.dumps([OURS | {"event": "bounce", "reason": "550 <Ada@X.example> unknown"}]).encode()
    ).events
    assert event.detail == "550 <…> unknown"


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud83d", "\\udc00\\ud83d"])
def test_one_odd_character_loses_neither_its_event_nor_the_others(odd: str) -> None:
    said = json.dumps([OURS | {"event": "bounce", "reason": "ODD"}, OURS | {"event": "click", "url": "ODD"}])
    events = hear(said.replace("ODD", f"a{odd}b").encode()).events
    assert [event.kind for event in events] == [EventKind.BOUNCED, EventKind.CLICKED]
    for text in (events[0].detail, events[1].link):
        assert "\0" not in text
        assert text.encode()


def test_milliseconds_are_understood() -> None:
    (event,) = hear(json.dumps([OURS | {"event": "open", "timestamp": 1600112492123}]).encode()).events
    assert event.at == dt.datetime(2020, 9, 14, 19, 41, 32, tzinfo=dt.UTC)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["event", "timestamp", "email", "nl_delivery", "nl_attempt", "url", "type", "reason"]
            )
            | st.text(max_size=3),
            inner | st.sampled_from(["open", "bounce", "click", "1600112492"]),
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(st.lists(_JSON, max_size=4))
def test_no_body_can_break_the_listener(body: list[object]) -> None:
    heard = hear(json.dumps(body).encode())
    assert len(heard.events) + heard.passed_over == len(body)


@given(st.binary())
def test_no_bytes_can_break_the_listener(body: bytes) -> None:
    hear(body)
