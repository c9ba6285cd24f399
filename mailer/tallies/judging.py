"""Who clicked, a person or a program: judged from all clicks of one copy, whatever order they came in."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from mailer.tallies.links import CANARY

# So many different links within so many seconds, by one agent on one copy, are more than a person manages.
# Scanners follow all of a letter's links at once; somebody who opens tabs takes about a second for each.
BURST, WITHIN = 5, dt.timedelta(seconds=3)


class Click(NamedTuple):
    """The first time that one agent followed one link of a copy; `machine`: it said itself that it is one."""

    link: int
    machine: bool
    agent: int
    at: dt.datetime


class Judged(NamedTuple):
    """The first time of each link, by people and by machines."""

    people: dict[int, dt.datetime]
    machines: dict[int, dt.datetime]


def judged(clicks: Iterable[Click]) -> Judged:
    """Return by whom each link was followed.

    By a machine: whoever says so, whoever followed the link that no person sees, whoever was too quick.
    """
    found = list(clicks)
    programs = _programs(found)
    verdict = Judged({}, {})
    for click in found:
        by_machine = click.machine or click.link == CANARY or click.agent in programs
        earliest = verdict.machines if by_machine else verdict.people
        earliest[click.link] = min(click.at, earliest.get(click.link, click.at))
    return verdict


def _programs(clicks: list[Click]) -> set[int]:
    """Return the agents that are programs by what they did; of an unknown one (0) nobody can tell."""
    by_agent: dict[int, dict[int, dt.datetime]] = {}
    programs = set()
    for click in clicks:
        if not click.agent:
            continue
        if click.link == CANARY:
            programs.add(click.agent)
        first = by_agent.setdefault(click.agent, {})
        first[click.link] = min(click.at, first.get(click.link, click.at))
    for agent, first in by_agent.items():
        times = sorted(first.values())
        if any(late - early <= WITHIN for early, late in zip(times, times[BURST - 1 :], strict=False)):
            programs.add(agent)
    return programs
