"""Line ends, NUL and their disguises in whatever a visitor may say: none becomes part of a header."""

import datetime as dt
import uuid
from dataclasses import asdict

import pytest
from django.test import Client

from mailer import outgoing
from mailer.transports.mime import compose
from subscribers import answering
from subscribers.models import Letter, List
from tests.attacks.addresses import ROUTES, address, with_forms
from tests.web.form import a_ticket, proof_of
from tests.web.stored import every_row

pytestmark = [pytest.mark.usefixtures("db")]

MARK = "injected"
# Some take %0d for a line end, or cut off all but the last octet of a character.
LINE_ENDS = ["\r\n", "\n", "\r", "\0", "%0d%0a", "\x85", "\u2028", "\u560d\u560a"]
ATTACKS = [f"en{end}Set-Cookie: {MARK}={MARK}{end}{end}" for end in LINE_ENDS]
ADDRESSES = [f"nina@example.org{end}Bcc: {MARK}@evil.example" for end in LINE_ENDS]
ADDRESSES += [f'"nina{end}"@example.org' for end in LINE_ENDS]
# The last of them are two letters that a host's name may have.
ADDRESSES += [f"nina@{MARK}{end}.example" for end in LINE_ENDS[:-1]]
FIELDS = [
    *("email", "interest", "ticket", "proof", "site", "lang", "count", "current"),
    *("shown", "also", "reason", "ask", "pause", "locale", "text", "whole", "List-Unsubscribe", "next"),
]

# Those in which a form goes on being taken; the routes that write a letter then.
WORDS = ["lang", "count", "current", "next", "name", "subject", "text", "site "]
WRITES = {"subscribe/<slug:slug>", "confirm/<str:token>", "data/<str:token>", "address/<str:token>"}
WRITES |= {"move/<str:token>"}


def headers_are_sound(response: object) -> None:
    found = response.headers.items()  # type: ignore[attr-defined]  # of whatever Django's test client brings back
    assert response.status_code < 500  # type: ignore[attr-defined]  # the same
    for name, value in found:
        assert f"{name}{value}".isascii()
        assert f"{name}{value}".isprintable()
        assert MARK not in f"{name}{value}".lower()


@pytest.mark.parametrize("route", with_forms())
def test_no_field_of_a_form_reaches_a_header_of_the_answer(route: str) -> None:
    there = address(route)
    for text in ATTACKS:
        for field in FIELDS:
            headers_are_sound(Client().post(there.path, {**(there.form or {}), field: text}))
        headers_are_sound(Client().post(there.path, {**(there.form or {}), text: text}))


@pytest.mark.parametrize("route", ["subscribe/<slug:slug>", "address/<str:token>"])
@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_with_a_line_end_is_none(route: str, text: str) -> None:
    there = address(route)
    before = every_row()
    answer = Client().post(there.path, {**(there.form or {}), "email": text})
    headers_are_sound(answer)
    assert answer.status_code == 422
    assert every_row() == before


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_of_the_request_line_or_its_headers_reaches_a_header_of_the_answer(route: str) -> None:
    there = address(route)
    for text in ATTACKS:
        for method in ("get", "post"):
            ask = getattr(Client(), method)
            headers_are_sound(ask(there.path, query_params={"lang": text, text: text, "next": text}))
            headers_are_sound(ask(there.path + text))
            headers_are_sound(ask(f"/{text}"))
            names = ("accept-language", "x-forwarded-for", "user-agent", "referer", "origin", "cookie")
            # As WSGI hands over what came: each octet a character.
            octets = text.encode().decode("latin-1")
            headers_are_sound(ask(there.path, headers=dict.fromkeys(names, octets)))


@pytest.mark.parametrize("end", LINE_ENDS)
def test_a_host_that_is_none_is_refused(end: str) -> None:
    answer = Client(headers={"host": f"localhost{end}Set-Cookie: {MARK}"}).get("/")
    headers_are_sound(answer)
    assert answer.status_code == 400


@pytest.mark.parametrize("route", with_forms())
def test_nothing_that_a_visitor_says_reaches_a_letter_but_where_it_goes(route: str) -> None:
    there = address(route)
    for number, text in enumerate(ATTACKS):
        form = {**(there.form or {}), **dict.fromkeys(WORDS, text)}
        Client().post(there.path, {**form, **_fresh(route, number)}, REMOTE_ADDR=f"203.0.{number}.7")
    Client().post(there.path, there.form or {})
    for number in answering.waiting(most=100):
        answering.answer(number, at=dt.datetime.now(dt.UTC))
    letters = Letter.objects.exclude(list=None)
    for letter in letters:
        if outgoing.kept_back(letter):
            continue
        envelope, reader = outgoing.made(letter, uuid.uuid4())
        assert reader.address in {"nina@example.org", "nina@new.example"}
        for said in (*asdict(envelope).values(), *asdict(reader).values()):
            assert MARK not in str(said)
        written = compose(envelope, now=dt.datetime.now(dt.UTC))
        assert MARK.encode() not in repr(written).encode()
        for line in (envelope.subject, envelope.sender_name, envelope.reply_to, reader.name):
            assert not line or line.isprintable()
    assert letters.exists() == (route in WRITES)


def _fresh(route: str, number: int) -> dict[str, str]:
    """Return a ticket of its own for each sign-up: one counts once."""
    if not route.startswith("subscribe"):
        return {}
    ticket = a_ticket(List.objects.get(), age=30 + number)
    return {"ticket": ticket, "proof": proof_of(ticket)}
