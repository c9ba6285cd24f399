"""What did not arrive: by reason, and by domain as far as no single person shows."""

import pytest

from mailer.models import MailDomain
from mailer.reporting import of_troubles
from mailer.reporting.values import DomainTroubles
from mailer.tallies.domains import NOBODYS
from mailer.vocabulary import Measure

FEWEST = of_troubles.FEWEST
TOLD: dict[Measure, int | None] = dict.fromkeys(Measure, 0)
SILENT: dict[Measure, int | None] = dict.fromkeys(Measure, None)


def sums(**told: dict[int, int]) -> dict[Measure, dict[int, int]]:
    return {measure: told.get(measure, {}) for measure in Measure}


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
        ),
        TOLD,
    ) == (
        DomainTroubles("l.example", deferred=3, bounced=1, blocked=1, complained=0),
        DomainTroubles("q.example", deferred=FEWEST, bounced=0, blocked=0, complained=0),
        DomainTroubles(None, deferred=0, bounced=FEWEST - 1 + 3 * FEWEST, blocked=0, complained=1),
    )
    assert of_troubles.domains(sums(), TOLD) == ()


def test_reasons_stand_with_the_most_frequent_first_and_in_words() -> None:
    found = of_troubles.refusals(
        sums(bounce_reason={5_001_001: 2, 0: 1}, block_reason={5_002_002: 7}, drop_reason={1: 2}),
        TOLD,
    )
    assert [(each.how, each.words, each.copies) for each in found or ()] == [
        ("blocked", "5.2.2 the mailbox is full", 7),
        ("bounced", "5.1.1 no such mailbox", 2),
        ("dropped", "in the service's own list of bounces", 2),
        ("bounced", "no reason given", 1),
    ]


def test_what_nobody_could_tell_of_is_no_nought() -> None:
    assert of_troubles.refusals(sums(), SILENT) is None
    assert of_troubles.domains(sums(), SILENT) is None
    assert of_troubles.refusals(sums(), TOLD) == ()
    assert of_troubles.domains(sums(), TOLD) == ()


@pytest.mark.database
@pytest.mark.django_db
def test_beside_what_was_told_the_rest_is_not_measured() -> None:
    told = SILENT | {Measure.BOUNCED: 2}
    assert of_troubles.domains(sums(bounce_domain={NOBODYS: 2}), told) == (
        DomainTroubles(None, deferred=None, bounced=2, blocked=None, complained=None),
    )
    assert of_troubles.refusals(sums(bounce_reason={5_001_001: 2}), told) is not None
