"""What is planned for a bad day: values in, values out."""

from collections import Counter

import pytest

from mailer.sandbox.misbehaving import (
    ACCEPTING,
    FAULTY,
    PASSING,
    Facts,
    Kind,
    Misbehaviour,
    Step,
    bad_day,
    draw,
    plan,
    poison,
)
from mailer.sandbox.orders import OrdersError, read, step, written
from mailer.sandbox.telling import Telling
from mailer.sandbox.turns import Turns

MANY = 2000


def kinds(orders: Misbehaviour) -> list[Kind]:
    return [draw(orders, ordinal, ordinal).kind for ordinal in range(1, MANY)]


def test_on_a_good_day_all_is_well() -> None:
    assert set(kinds(Misbehaviour())) == {Kind.WELL}


def test_the_same_seed_makes_the_same_day_and_another_seed_another() -> None:
    assert kinds(Misbehaviour("7", 0.3)) == kinds(Misbehaviour("7", 0.3))
    assert kinds(Misbehaviour("7", 0.3)) != kinds(Misbehaviour("8", 0.3))


def test_faults_come_at_the_rate_and_every_kind_among_them() -> None:
    drawn = Counter(kinds(Misbehaviour("7", 0.3)))
    assert 0.25 < 1 - drawn[Kind.WELL] / MANY < 0.35
    assert set(drawn) == set(Kind)


def test_the_script_comes_first_and_then_the_drawing() -> None:
    script = (Step(), Step(Kind.SILENCE_TAKEN, mute=True))
    orders = Misbehaviour(script=script, rate=1.0, kinds=(Kind.GATEWAY,))
    assert [draw(orders, 40 + turn, turn) for turn in range(3)] == [*script, Step(Kind.GATEWAY)]


def test_after_so_many_faults_all_is_well() -> None:
    turns = Turns(Misbehaviour(rate=1.0, limit=2), last=0)
    drawn = [turns.next()[2].kind is Kind.WELL for _ in range(4)]
    assert drawn == [False, False, True, True]


def test_numbers_go_on_after_a_new_start() -> None:
    assert Turns(Misbehaviour(), last=41).next()[0] == 42


def test_every_accepted_kind_has_a_twin_that_is_not() -> None:
    twins = {kind.removesuffix("-accepted") for kind in ACCEPTING - {Kind.WELL, Kind.SLOW}}
    assert twins == {"500", "502", "503", "504", "silence", "reset", "garbage", "empty"}
    assert {Kind(twin) for twin in twins}.isdisjoint(ACCEPTING)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("poison@example.org", "poison"),
        ("Poison-7@example.org", "poison"),
        ("poison+7@example.org", "poison"),
        ("poison0-7@example.org", "poison0"),
        ("poisonous@example.org", ""),
        ("antipoison-7@example.org", ""),
        ("amina@poison-7.example", ""),
    ],
)
def test_a_marked_address_is_poisoned_whatever_is_ordered(address: str, expected: str) -> None:
    assert poison(Misbehaviour(), address) == expected


def test_a_share_of_addresses_is_poisoned_for_ever_some_without_a_field() -> None:
    orders = Misbehaviour("7", poisoned=0.1)
    found = Counter(poison(orders, f"reader{number}@example.org") for number in range(MANY))
    assert 0.07 * MANY < found["poison"] + found["poison0"] < 0.13 * MANY
    assert found["poison"] > found["poison0"] > 0


def test_all_poisoned_are_named_unless_one_of_them_hides_the_others() -> None:
    poisoned = [("a@example.org",), ("poison-1@example.org",), ("b@example.org", "poison-2@example.org")]
    named = plan(Misbehaviour(), 1, Step(), Facts(poisoned))
    assert (named.named, named.poisoned, named.accepts) == ((1, 2), True, False)
    hidden = plan(Misbehaviour(), 1, Step(), Facts([*poisoned, ("poison0-3@example.org",)]))
    assert (hidden.named, hidden.poisoned) == ((), True)


def test_a_bad_index_is_one_of_the_personalizations() -> None:
    found = {
        plan(Misbehaviour(), ordinal, Step(Kind.BAD_INDEX), Facts([()] * 3)).named for ordinal in range(50)
    }
    assert found == {(0,), (1,), (2,)}


def test_a_bad_day_needs_no_person() -> None:
    for kind in PASSING:
        assert kind not in {Kind.BAD_INDEX, Kind.BAD_NULL, Kind.UNAUTHORIZED, Kind.FORBIDDEN, Kind.OK}
        assert not kind.startswith(("30", "413", "silence"))
    assert bad_day("7", 0.2).rate == 0.2


def test_orders_are_read_and_written_the_same() -> None:
    orders = {
        "rate": 0.3,
        "kinds": ["429", "503-accepted"],
        "script": ["well", "silence-accepted+mute", "slow+early"],
        "seed": "7",
        "limit": 20,
        "poisoned": 0.01,
        "silence": 2,
        "webhook": {"lost": 0.5, "group": 3, "lateness": 4},
        "logs": {"lag": 5, "rate": 0.5},
    }
    made = read(orders)
    assert made.script == (Step(), Step(Kind.SILENCE_TAKEN, mute=True), Step(Kind.SLOW, early=True))
    assert made.webhook == Telling(lost=0.5, group=3, lateness=4.0)
    assert read(written(made)) == made


def test_nothing_ordered_is_a_good_day() -> None:
    assert read({}) == Misbehaviour()


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ([], "the orders: write a JSON object"),
        ({"rates": 1}, "rates: not known; known are"),
        ({"rate": 2}, "rate: write a share from 0 to 1, not 2"),
        ({"rate": True}, "rate: write a share from 0 to 1, not True"),
        ({"silence": -1}, "silence: write a number of seconds, not -1"),
        ({"kinds": ["418"]}, "kinds: '418' is none; there are well, 429,"),
        ({"kinds": "429"}, "kinds: write a list"),
        ({"script": ["503+mute"]}, "'503+mute' has no events to tell"),
        ({"script": ["503-accepted+loud"]}, "may end in +mute or +early, not +loud"),
        ({"limit": 1.5}, "limit: write a whole number"),
        ({"seed": None}, "seed: write a text"),
        ({"webhook": {"group": 0}}, "webhook.group: write how many events"),
        ({"webhook": {"forged": "often"}}, "webhook.forged: write a share"),
        ({"logs": []}, "logs: write a JSON object"),
    ],
)
def test_orders_that_cannot_be_carried_out_say_what_to_write(orders: object, words: str) -> None:
    with pytest.raises(OrdersError) as wrong:
        read(orders)
    assert words in str(wrong.value)


def test_every_kind_can_be_scripted_by_its_name() -> None:
    assert [step(str(kind)).kind for kind in FAULTY] == list(FAULTY)
