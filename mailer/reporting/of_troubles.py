"""What did not arrive, or was not wanted: by reason, by domain, and beside what providers bear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailer import thresholds
from mailer.models import MailDomain
from mailer.reporting.untold import Told
from mailer.reporting.values import Against, DomainTroubles, Refused
from mailer.tallies import reasons
from mailer.tallies.keeping import DOMAINS, REASONS
from mailer.tallies.reading import Sums
from mailer.vocabulary import Measure

# A domain with fewer refusals than this stands with the others: it may be one person's.
FEWEST = 5

_HOW = {measure: kind.value for kind, measure in REASONS.items()}
_AT_DOMAINS = tuple(DOMAINS.values())


def refusals(sums: Sums) -> tuple[Refused, ...]:
    """Return the reasons that were given, the most frequent first; a copy may have had several."""
    found = [
        Refused(how, code, reasons.said(code), copies)
        for measure, how in _HOW.items()
        for code, copies in sums[measure].items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.copies, each.how, each.code)))


def domains(sums: Sums) -> tuple[DomainTroubles, ...]:
    """Return what came back by domain, the most first, and last the small ones and the unknown together."""
    named = {key for measure in _AT_DOMAINS for key in sums[measure]}
    troubles = {key: [sums[measure].get(key, 0) for measure in _AT_DOMAINS] for key in named}
    names = dict(
        MailDomain.objects.filter(
            pk__in=[key for key, counts in troubles.items() if sum(counts) >= FEWEST]
        ).values_list("pk", "name")
    )
    shown = sorted(
        (DomainTroubles(name, *troubles[key]) for key, name in names.items()),
        key=lambda each: (-(each.bounced + each.blocked + each.complained), -each.deferred, each.domain),
    )
    rest = [counts for key, counts in troubles.items() if key not in names]
    if rest:
        shown.append(DomainTroubles(None, *map(sum, zip(*rest, strict=True))))
    return tuple(shown)


def limits(told: Told, totals: Mapping[Measure, int], *, accepted: int) -> tuple[Against, ...]:
    """Return complaints, bounces and those who left, each beside what it is held against."""
    arrived = thresholds.arrived(accepted, {each.value: n for each, n in totals.items()})
    return (
        Against(
            "complaints",
            told[Measure.COMPLAINED],
            arrived,
            thresholds.COMPLAINTS,
            thresholds.FEWEST_COMPLAINTS,
        ),
        Against("bounces", told[Measure.BOUNCED], accepted, thresholds.BOUNCES, thresholds.FEWEST_BOUNCES),
        Against("unsubscribes", told[Measure.UNSUBSCRIBED], arrived),
    )


def together(several: Sequence[tuple[Against, ...]]) -> tuple[Against, ...]:
    """Return the figures of several sends as one; a send that nobody could tell of is in no base.

    Of no send at all every figure is 0 of 0.
    """
    nothing = dict.fromkeys(Measure, 0)
    figures = zip(*(several or [limits(nothing, nothing, accepted=0)]), strict=True)
    return tuple(_one(parts) for parts in figures)


def _one(parts: Sequence[Against]) -> Against:
    known = [part for part in parts if part.copies is not None]
    return replace(
        parts[0],
        copies=sum(part.copies or 0 for part in known) if known else None,
        base=sum(part.base for part in known or parts),
    )
