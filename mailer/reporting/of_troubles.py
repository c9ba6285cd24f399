"""What did not arrive, or was not wanted: by reason and by domain."""

from collections.abc import Iterable

from mailer.models import MailDomain
from mailer.reporting.values import DomainTroubles, Refused
from mailer.tallies import reasons
from mailer.tallies.keeping import DOMAINS, REASONS
from mailer.tallies.reading import Sums
from mailer.thresholds import Told
from mailer.vocabulary import Measure

# A domain with fewer refusals than this stands with the others: it may be one person's.
FEWEST = 5

_AT_DOMAINS = tuple(DOMAINS.values())


def refusals(sums: Sums, told: Told) -> tuple[Refused, ...] | None:
    """Return the reasons that were given, the most frequent first; a copy may have had several.

    None where nobody could tell of a refusal.
    """
    if all(told[Measure(kind.value)] is None for kind in REASONS):
        return None
    found = [
        Refused(kind.value, code, reasons.said(code), copies)
        for kind, measure in REASONS.items()
        for code, copies in sums[measure].items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.copies, each.how, each.code)))


def domains(sums: Sums, told: Told) -> tuple[DomainTroubles, ...] | None:
    """Return what came back by domain, the most first, and last the small ones and the unknown together.

    What nobody could tell of is None at every domain; all of it None: nobody could tell of anything.
    """
    known = [told[Measure(kind.value)] is not None for kind in DOMAINS]
    if not any(known):
        return None

    def troubles(name: str | None, counts: Iterable[int]) -> DomainTroubles:
        return DomainTroubles(name, *(n if so else None for n, so in zip(counts, known, strict=True)))

    named = {key for measure in _AT_DOMAINS for key in sums[measure]}
    counted = {key: [sums[measure].get(key, 0) for measure in _AT_DOMAINS] for key in named}
    large = [key for key, counts in counted.items() if sum(counts) >= FEWEST]
    names = dict(MailDomain.objects.filter(pk__in=large).values_list("pk", "name"))
    shown = sorted(
        (troubles(name, counted[key]) for key, name in names.items()),
        key=lambda each: (
            -sum(n or 0 for n in (each.bounced, each.blocked, each.complained)),
            -(each.deferred or 0),
            each.domain,
        ),
    )
    rest = [counts for key, counts in counted.items() if key not in names]
    if rest:
        shown.append(troubles(None, map(sum, zip(*rest, strict=True))))
    return tuple(shown)
