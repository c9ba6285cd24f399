"""What did not arrive: by reason, by domain as far as no single person shows, and beside the limits."""

import pytest

from mailer.models import MailDomain
from mailer.reporting import of_troubles
from mailer.reporting.values import Against, DomainTroubles
from mailer.tallies.domains import NOBODYS
from mailer.vocabulary import Measure

FEWEST = of_troubles.FEWEST


def sums(**told: dict[int, int]) -> dict[Measure, dict[int, int]]:
    return {measure: told.get(measure, {}) for measure in Measure}


def came(**told: int) -> dict[Measure, int]:
    return {measure: told.get(measure, 0) for measure in Measure}


def limits(accepted: int, **told: int) -> dict[str, Against]:
    totals = came(**told)
    return {each.name: each for each in of_troubles.limits(totals, totals, accepted=accepted)}


@pytest.mark.database
@pytest.mark.django_db
def test_a_domain_shows_from_five_troubles_on_and_the_others_stand_together() -> None:
    large, small, silent = (MailDomain.objects.create(name=f"{name}.example").pk for name in ("l", "s", "q"))
    gone = silent + 1
    assert of_troubles.domains(
        sums(
            defer_domain={large: 3, silent: FEWEST},
            bounce_domain={large: 1, small: FEWEST - 1, gone: FEWEST, NOBODYS: 2 * FEWEST},
            block_domain={large: 1},
            complaint_domain={NOBODYS: 1},
        )
    ) == (
        DomainTroubles("l.example", deferred=3, bounced=1, blocked=1, complained=0),
        DomainTroubles("q.example", deferred=FEWEST, bounced=0, blocked=0, complained=0),
        DomainTroubles(None, deferred=0, bounced=FEWEST - 1 + 3 * FEWEST, blocked=0, complained=1),
    )
    assert of_troubles.domains(sums()) == ()


def test_reasons_stand_with_the_most_frequent_first_and_in_words() -> None:
    found = of_troubles.refusals(
        sums(bounce_reason={5_001_001: 2, 0: 1}, block_reason={5_002_002: 7}, drop_reason={1: 2})
    )
    assert [(each.how, each.words, each.copies) for each in found] == [
        ("blocked", "5.2.2 the mailbox is full", 7),
        ("bounced", "5.1.1 no such mailbox", 2),
        ("dropped", "in the service's own list of bounces", 2),
        ("bounced", "no reason given", 1),
    ]


def test_complaints_are_of_what_did_not_come_back_and_bounces_of_what_was_accepted() -> None:
    found = limits(10_000, bounced=300, blocked=100, dropped=100, complained=19, unsubscribed=95)
    assert {name: (each.copies, each.base, each.share) for name, each in found.items()} == {
        "complaints": (19, 9_500, 0.002),
        "bounces": (300, 10_000, 0.03),
        "unsubscribes": (95, 9_500, 0.01),
    }
    assert {name for name, each in found.items() if each.passed} == {"complaints", "bounces"}


def test_what_may_be_chance_and_what_is_no_more_than_the_limit_is_not_passed() -> None:
    few = limits(100, bounced=9, complained=4, unsubscribed=50)
    just = limits(10_000, bounced=200, complained=9)
    assert not any(each.passed for each in (*few.values(), *just.values()))
    assert limits(0, complained=1)["complaints"].share is None


def test_of_several_sends_one_that_could_not_tell_is_in_no_base() -> None:
    told = came(bounced=10, complained=1)
    known = of_troubles.limits(told, told, accepted=110)
    silent = of_troubles.limits(dict.fromkeys(Measure), came(), accepted=1_000)
    assert of_troubles.together([known, known, silent]) == (
        Against("complaints", 2, 200, 0.001, 5),
        Against("bounces", 20, 220, 0.02, 10),
        Against("unsubscribes", 0, 200),
    )
    assert [(each.copies, each.base) for each in of_troubles.together([silent])] == [(None, 1_000)] * 3
    assert [(each.copies, each.base) for each in of_troubles.together([])] == [(0, 0)] * 3
