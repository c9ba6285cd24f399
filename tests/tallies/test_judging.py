"""Who clicked: whoever says so, follows what nobody sees, or is too quick, and nobody else."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.tallies.judging import BURST, WITHIN, Click, judged
from mailer.tallies.links import CANARY, OTHER
from mailer.vocabulary import EventKind
from mailer.webhooks.told import Told
from tests.stage import NOW
from tests.tallies.by_hand import ANOTHER, UNSEEN, counted

NAMES = {CANARY: UNSEEN, OTHER: ANOTHER}


def click(link: int, after: float = 0, agent: int = 7, *, machine: bool = False) -> Click:
    return Click(link, machine, agent, NOW + dt.timedelta(seconds=after))


def test_a_person_follows_links_one_after_the_other() -> None:
    clicks = [click(link, link * 1.1) for link in range(1, 7)]
    assert judged(clicks).machines == {}
    assert judged(clicks).people == {each.link: each.at for each in clicks}


@pytest.mark.parametrize(
    ("after", "machine"), [(WITHIN.total_seconds(), True), (WITHIN.total_seconds() + 0.001, False)]
)
def test_so_many_links_within_so_many_seconds_are_a_programs(after: float, *, machine: bool) -> None:
    clicks = [click(link, after * (link - 1) / (BURST - 1)) for link in range(1, BURST + 1)]
    assert bool(judged(clicks).machines) is machine
    assert bool(judged(clicks[1:]).people)


def test_the_same_link_many_times_is_no_burst_and_unknown_agents_are_not_one() -> None:
    assert judged([click(1, after / 10) for after in range(20)]).machines == {}
    assert judged([click(link, agent=0) for link in range(1, 20)]).machines == {}


def test_what_one_program_did_says_nothing_of_another_on_the_same_copy() -> None:
    verdict = judged([click(1, 0), click(CANARY, 1), click(1, 9, agent=8), click(2, 5, 0, machine=True)])
    assert verdict.people == {1: NOW + dt.timedelta(seconds=9)}
    assert verdict.machines.keys() == {1, 2, CANARY}
    # Of an agent that nobody knows only the one click is known to be a machine's.
    assert judged([click(CANARY, agent=0), click(1, agent=0)]).people.keys() == {1}


SOME_CLICKS = st.lists(
    st.builds(
        click,
        st.sampled_from([CANARY, OTHER, 1, 2, 3, 4, 5]),
        st.integers(0, 8),
        st.sampled_from([0, 1, 2]),
        machine=st.booleans(),
    ),
    max_size=14,
)


@given(SOME_CLICKS)
def test_it_is_what_a_count_by_hand_says(clicks: list[Click]) -> None:
    urls = {OTHER: "https://elsewhere.example/", CANARY: "https://news.example/c/unseen"}
    told = [
        Told(
            EventKind.CLICKED,
            each.at,
            "",
            1,
            link=urls.get(each.link, str(each.link)),
            machine=each.machine,
            agent=each.agent,
        )
        for each in clicks
    ]
    by_hand = counted(told, "12345", {1: ""})
    verdict = judged(clicks)
    for name, links in (("link", verdict.people), ("machine_link", verdict.machines)):
        expected = {key for measure, key in by_hand.sums if measure == name}
        assert {NAMES.get(link, str(link)) for link in links} == expected
    for name, links in (("clicked", verdict.people), ("machine_clicked", verdict.machines)):
        assert min(links.values(), default=None) == by_hand.firsts.get(1, {}).get(name)
