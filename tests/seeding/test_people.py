"""Invented people as rows: whom there is, where they stand, and that nobody can be reached."""

import datetime as dt
import itertools
import unicodedata

import pytest

from mailer.seeding.people import People, Rows
from mailer.seeding.plan import Plan, Wish
from mailer.seeding.standing import Place
from subscribers import names
from subscribers.addresses import address_key, parse
from subscribers.vocabulary import Action, Status, Suppressed

AT = int(dt.datetime(2026, 11, 30, 7, 33, 20, tzinfo=dt.UTC).timestamp())
MANY = Wish("1", 5_000, 50_000, 3)
SCRIPTS = {"LATIN", "CJK", "CYRILLIC", "ARABIC", "DEVANAGARI", "ETHIOPIC"}


def of(wish: Wish) -> People:
    places = [Place(place, f"seed-{place}") for place in range(1, wish.lists + 1)]
    return People(Plan(wish, AT), places, first=1)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return of(MANY).rows(range(1, MANY.subscribers + 1))


def test_names_come_in_every_script(rows: Rows) -> None:
    written = [row[4] or "" for row in rows.subscriber]
    assert {unicodedata.name(letter).split()[0] for name in written for letter in name} >= SCRIPTS
    assert all(names.parse(name) == name for name in written)


def test_nobody_can_be_reached(rows: Rows) -> None:
    for _, address, canonical, key, *_ in rows.subscriber:
        known = parse(str(address))
        assert (known.written, known.canonical, address_key(known.canonical)) == (address, canonical, key)
        domain = known.canonical.rpartition("@")[2]
        # RFC 2606 keeps these from ever being anybody's.
        assert domain in {"example.org", "example.com", "example.net"} or domain.endswith(".example")
    assert len({row[2] for row in rows.subscriber}) == MANY.subscribers


def test_no_two_seeds_invent_the_same_address() -> None:
    one, other = (of(Wish(word, 500, 0, 1)) for word in ("1", "2"))
    assert not {one.address(n).lower() for n in range(1, 501)} & {
        other.address(n).lower() for n in range(1, 501)
    }


def test_people_stand_where_they_do_in_life(rows: Rows) -> None:
    status = [row[2] for row in rows.subscription]
    shares = {word: status.count(word.value) / len(status) for word in Status}
    assert 0.90 < shares[Status.ACTIVE] < 0.96
    assert 0.005 < shares[Status.PENDING] < 0.03
    assert 0.015 < shares[Status.PAUSED] < 0.03
    assert 0.02 < shares[Status.UNSUBSCRIBED] < 0.06


def test_people_came_over_years(rows: Rows) -> None:
    came = sorted(_read(row[6]) for row in rows.subscription)
    assert came[-1] - came[0] > dt.timedelta(days=3 * 365)


def test_each_status_has_its_evidence(rows: Rows) -> None:
    evidence: dict[tuple[str | None, str | None], list[tuple[str | None, ...]]] = {}
    for person, of_list, *line in rows.consent:
        evidence.setdefault((person, of_list), []).append(tuple(line))
    for person, of_list, status, _, _, until, since, changed in rows.subscription:
        lines = evidence.pop((person, of_list))
        assert [line[1] for line in lines] == sorted(str(line[1]) for line in lines)
        actions = [line[0] for line in lines]
        assert actions[0] == Action.GRANTED
        assert (actions[-1] == Action.WITHDRAWN) == (status == Status.UNSUBSCRIBED)
        assert (until is not None) == (status == Status.PAUSED)
        assert lines[-1][1] == (since if status == Status.PENDING else changed)
        if status == Status.PENDING:
            assert actions == [Action.GRANTED]
    assert not evidence


def test_even_a_few_people_have_a_suppression_of_each_reason() -> None:
    people = of(Wish("1", 16, 0, 1))
    rows = people.rows(range(1, 17))
    reasons = {row[2] for row in itertools.chain(rows.suppression, people.erased())}
    assert reasons == {reason.value for reason in Suppressed}


def test_the_erased_are_known_by_their_key_alone(rows: Rows) -> None:
    erased = list(of(MANY).erased())
    assert len(erased) == 12
    assert not {row[0] for row in erased} & {row[3] for row in rows.subscriber}


def _read(text: str | None) -> dt.datetime:
    return dt.datetime.fromisoformat(str(text))
