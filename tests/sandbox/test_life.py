"""What becomes of each copy."""

from collections import Counter

import pytest

from mailer.sandbox.life import ONE_CLICK, Outcome, Watched, doubled, fate, life, shuffled, truth

LINKS = (
    "https://news.example/1",
    "https://news.example/2",
    "https://news.example/3",
    "https://news.example/4",
)
WATCHED = Watched(opens=True, links=LINKS)
NOW = 1_700_000_000.0
READERS = [f"reader{number}@example.org" for number in range(20_000)]


def kinds(address: str, watched: Watched = WATCHED) -> list[str]:
    return [event.kind for event in life("1", address, watched, NOW)]


def test_a_seed_and_an_address_decide_alone() -> None:
    assert truth("7", READERS) == truth("7", READERS)
    assert fate("7", "Amina@Example.org") == fate("7", "amina@example.org")
    assert truth("7", READERS) != truth("8", READERS)


def test_the_fates_are_a_plausible_mixture() -> None:
    fates = list(truth("1", READERS).values())
    share = {name: count / len(fates) for name, count in Counter(each.outcome for each in fates).items()}
    assert share[Outcome.DELIVERED] == pytest.approx(0.96, abs=0.01)
    assert share[Outcome.BOUNCED] == pytest.approx(0.012, abs=0.004)
    assert sum(each.opened for each in fates) / len(fates) == pytest.approx(0.35 * 0.96, abs=0.02)
    assert 0 < sum(each.complained for each in fates) < 60
    assert 0 < sum(each.leaves for each in fates) < 150
    assert {each.clicks for each in fates} == {0, 1, 2, 3}


def test_a_life_tells_what_the_truth_says() -> None:
    for address, lot in list(truth("1", READERS).items())[:3000]:
        told = Counter(kinds(address))
        assert told["delivered"] == (lot.outcome is Outcome.DELIVERED)
        assert told["bounce"] == (lot.outcome in (Outcome.BOUNCED, Outcome.BLOCKED))
        assert told["dropped"] == (lot.outcome is Outcome.DROPPED)
        assert told["deferred"] == lot.deferred
        assert told["open"] == lot.opened + lot.machine_opened
        assert told["click"] == lot.clicks + lot.scanned * len(LINKS)
        assert told["spamreport"] == lot.complained
        assert told[ONE_CLICK] == lot.leaves


def test_nobody_reads_before_delivery_and_every_life_is_in_order() -> None:
    for address in READERS[:2000]:
        events = life("1", address, WATCHED, NOW)
        assert [event.due_at for event in events] == sorted(event.due_at for event in events)
        told = [event.kind for event in events]
        if "open" in told:
            assert told.index("delivered") < told.index("open")


def test_at_the_pace_of_the_demo_all_is_over_in_three_seconds_and_at_lifes_in_two_days() -> None:
    fast = [event.due_at for address in READERS for event in life("1", address, WATCHED, NOW)]
    slow = [event.due_at for address in READERS for event in life("1", address, WATCHED, NOW, pace=1)]
    assert max(fast) - NOW <= 3
    assert 24 * 3600 < max(slow) - NOW <= 48 * 3600


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("deliver@example.org", ["processed", "delivered"]),
        ("never-open@example.org", ["processed", "delivered"]),
        ("defer+2@example.org", ["processed", "deferred", "delivered"]),
        ("bounce@example.org", ["processed", "bounce"]),
        ("block@example.org", ["processed", "bounce"]),
        ("drop@example.org", ["dropped"]),
        ("open@example.org", ["processed", "delivered", "open"]),
        ("click@example.org", ["processed", "delivered", "open", "click", "click", "click"]),
        ("scanner@example.org", ["processed", "delivered", "click", "click", "click", "click"]),
        ("Complain@example.org", ["processed", "delivered", "open", "spamreport"]),
        ("leave@example.org", ["processed", "delivered", "open", ONE_CLICK]),
        ("late-bounce@example.org", ["processed", "delivered", "bounce"]),
    ],
)
def test_a_special_address_decides_by_itself(address: str, expected: list[str]) -> None:
    assert kinds(address) == expected


def test_a_word_within_a_name_decides_nothing() -> None:
    names = [
        f"{word}{tail}@example.org" for word in ("bounce", "drop", "block") for tail in ("er", "-off", ".x")
    ]
    assert {fate("1", name).outcome for name in names} == {Outcome.DELIVERED}


def test_a_hard_bounce_and_a_block_differ_in_type_alone_and_the_status_may_be_missing() -> None:
    [_, hard] = life("1", "bounce@example.org", WATCHED, NOW)
    [_, bare] = life("1", "bounce-bare@example.org", WATCHED, NOW)
    [_, block] = life("1", "block@example.org", WATCHED, NOW)
    assert (hard.details["type"], hard.details["status"]) == ("bounce", "5.1.1")
    assert bare.details["type"] == "bounce"
    assert "status" not in bare.details
    assert block.details["type"] == "blocked"


def test_a_machine_opens_as_a_machine() -> None:
    [opening] = [event for event in life("1", "machine@example.org", WATCHED, NOW) if event.kind == "open"]
    assert opening.details["sg_machine_open"] is True


def test_a_scanner_clicks_every_link_within_two_seconds_of_delivery() -> None:
    events = life("1", "scanner@example.org", WATCHED, NOW, pace=1)
    delivered = next(event.due_at for event in events if event.kind == "delivered")
    clicks = [event for event in events if event.kind == "click"]
    assert [event.details["url"] for event in clicks] == list(LINKS)
    assert all(event.due_at - delivered <= 2 for event in clicks)


def test_a_person_clicks_no_link_twice_and_no_more_than_there_are() -> None:
    urls = [
        event.details["url"]
        for event in life("1", "click@example.org", WATCHED, NOW)
        if event.kind == "click"
    ]
    assert len(set(urls)) == 3
    assert kinds("click@example.org", Watched(opens=True, links=LINKS[:1])).count("click") == 1


def test_a_scanner_follows_what_a_letter_hides_and_no_person_does() -> None:
    watched = Watched(opens=True, links=LINKS, hidden=frozenset({len(LINKS) - 1}))
    scanned = [each for each in life("1", "scanner@example.org", watched, NOW) if each.kind == "click"]
    assert [event.details["url"] for event in scanned] == list(LINKS)
    for number in range(300):
        lived = life("1", f"click+{number}@example.org", watched, NOW)
        assert LINKS[-1] not in [event.details.get("url") for event in lived]


def test_what_is_not_watched_does_not_come_to_light() -> None:
    blind = Watched(opens=False, links=())
    assert kinds("click@example.org", blind) == ["processed", "delivered"]
    assert kinds("scanner@example.org", blind) == ["processed", "delivered"]


def test_doubles_and_disorder_come_from_the_seed_and_change_nothing_that_is_told() -> None:
    lived = [event for address in READERS[:500] for event in life("1", address, WATCHED, NOW)]
    told_twice, disordered = doubled("1", lived), shuffled("1", lived)
    assert told_twice == doubled("1", lived)
    assert disordered == shuffled("1", lived)
    assert len(lived) * 1.1 < len(told_twice) < len(lived) * 1.3
    assert {repr((e.ordinal, e.kind, e.happened_at, e.details)) for e in told_twice} == {
        repr((e.ordinal, e.kind, e.happened_at, e.details)) for e in lived
    }
    assert sorted(disordered, key=lambda event: event.due_at) != disordered
