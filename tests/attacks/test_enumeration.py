"""Enumeration: a stranger who knows an address asks our pages who it belongs to. No page says so.

Neither by its words, headers or length, nor by what the database is asked for the answer, which is what time
depends on; benchmarks/enumeration.py measures the time itself.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from subscribers import answering, asking, erasing, leaving
from subscribers.addresses import address_key, masked, parse
from subscribers.asking import Wish
from subscribers.evidence import UNSTATED
from subscribers.models import List
from subscribers.suppressions import suppress
from subscribers.vocabulary import RequestKind, Status, Suppressed
from tests.stage import a_list, a_reader
from tests.web.form import PAGE, a_form
from tests.web.stored import asked, link

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

Maker = Callable[[List, str], object]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def signed_up(owner: List, address: str) -> int:
    wish = Wish(owner, parse(address), ["africa"], tracked=False, current=False, language="en")
    return asking.sign_up(wish, origin=UNSTATED, at=_now())


def written_to(owner: List, address: str) -> None:
    assert answering.answer(signed_up(owner, address), at=_now())


def gone(owner: List, address: str) -> None:
    leaving.unsubscribe(a_reader(owner, address).pk, "one-click", _now())


def suppressed(reason: Suppressed) -> Maker:
    def make(owner: List, address: str) -> None:
        a_reader(owner, address)
        suppress(address_key(parse(address).canonical), reason, "the desk", _now())

    return make


def erased(owner: List, address: str) -> None:
    a_reader(owner, address)
    erasing.erase(address, by="vera", at=_now())


def elsewhere(owner: List, address: str) -> None:
    assert owner.pk
    other = List.objects.filter(slug="field-notes").first() or a_list("field-notes")
    a_reader(other, address)


# Whatever an address can be to us.
KINDS: dict[str, Maker] = {
    "unknown": lambda *_: None,
    "asked a moment ago": signed_up,
    "written to": written_to,
    "pending": lambda owner, address: a_reader(owner, address, status=Status.PENDING),
    "active": lambda owner, address: a_reader(owner, address, ["africa"], locale="ar", name="Nina"),
    "paused": lambda owner, address: a_reader(owner, address, status=Status.PAUSED),
    "unsubscribed": gone,
    "bounced": suppressed(Suppressed.BOUNCED),
    "complained": suppressed(Suppressed.COMPLAINED),
    "suppressed by hand": suppressed(Suppressed.BY_HAND),
    "erased": erased,
    "on another list": elsewhere,
}
# What differs from one stranger to the next, whoever they ask about.
_VALUES = re.compile(r"'(?:[^']|'')*'|\b[\d.]+\b|\bNULL\b|\"s\d+_x\d+\"")
_TOKENS = re.compile(r"[\w-]{44}")
_PROOF = re.compile(r'(name="proof" value=")\d+')


@dataclass(frozen=True)
class Answer:
    """All of an answer but what its visitor brought along, and the shape of what the database was asked."""

    status: int
    headers: dict[str, str]
    written: str
    statements: list[str]


def answer(path: str, form: dict[str, Any], network: str) -> Answer:
    Client().get(path)  # what is remembered of a list does not depend on who is asked about
    with CaptureQueriesContext(connection) as asked_for:
        response = Client().post(path, form, REMOTE_ADDR=network)
    written = _PROOF.sub(r"\1", _TOKENS.sub("token", response.content.decode()))
    for theirs in (form["email"], masked(form["email"])):
        written = written.replace(theirs, "theirs")
    headers = dict(response.headers)
    if response.status_code != 200:  # then their own words come back
        headers.pop("Content-Length")
    statements = [_VALUES.sub("?", query["sql"]) for query in asked_for.captured_queries]
    return Answer(response.status_code, headers, written, statements)


def differing(answers: dict[str, Answer]) -> set[str]:
    """Return the kinds of addresses that can be told from one that nobody knows."""
    assert set(answers) == set(KINDS)
    assert answers["unknown"].statements
    return {kind for kind, found in answers.items() if found != answers["unknown"]}


def each(make_one: Callable[[str, int], Answer], owner: List) -> dict[str, Answer]:
    """Return what is answered about an address of each kind."""
    answers = {}
    for number, (kind, make) in enumerate(KINDS.items()):
        address = f"nina{number:02}@example.org"
        make(owner, address)
        answers[kind] = make_one(address, number)
    return answers


def test_a_sign_up_is_answered_the_same_whoever_the_address_belongs_to() -> None:
    owner = a_list()
    answers = each(lambda address, n: answer(PAGE, a_form(owner, address), f"203.0.{n}.7"), owner)
    assert differing(answers) == set()
    assert answers["unknown"].status == 200
    assert "<h1>Check your inbox</h1>" in answers["unknown"].written


@pytest.mark.parametrize("kind", KINDS)
def test_asking_again_is_answered_the_same_too(kind: str) -> None:
    owner = a_list()
    KINDS[kind](owner, "nina@example.org")
    first, *others = [
        answer(PAGE, a_form(owner, "nina@example.org"), f"203.0.{number}.7") for number in range(4)
    ]
    assert others == [first] * 3


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"ticket": "A" * 44}, 200),
        ({"proof": "no number"}, 200),
        ({"site": "https://shop.example"}, 200),
        ({"interest": ["no-such"]}, 422),
    ],
)
def test_a_form_that_is_not_taken_is_answered_the_same(form: dict[str, Any], status: int) -> None:
    owner = a_list()
    answers = each(lambda address, n: answer(PAGE, a_form(owner, address, **form), f"203.0.{n}.7"), owner)
    assert differing(answers) == set()
    assert answers["unknown"].status == status


def test_another_address_is_taken_down_the_same_whoever_has_it() -> None:
    """Of a reader who moves: whether somebody has that address already is said to its owner alone."""
    owner = a_list()

    def moves(address: str, number: int) -> Answer:
        mover = a_reader(owner, f"mover{number:02}@example.org")
        path = link("address", "readdress", asked(RequestKind.READDRESS, mover))
        return answer(path, {"email": address}, f"203.0.{number}.7")

    answers = each(moves, owner)
    assert differing(answers) == set()
    assert answers["unknown"].status == 200


def test_a_network_that_asks_too_much_hears_so_whoever_it_asks_about() -> None:
    owner = a_list()
    answers = each(lambda address, _: answer(PAGE, a_form(owner, address), "203.0.113.7"), owner)
    assert [found.status for found in answers.values()] == [200] * 5 + [429] * 7
    assert {found.written for found in list(answers.values())[5:]} == {list(answers.values())[5].written}
