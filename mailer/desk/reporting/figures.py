"""A report's headline figures and limits, ready to be shown: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from mailer.charts.against_limit import Rate, against_limit, said
from mailer.charts.shares import share
from mailer.desk.reporting import wording
from mailer.reporting.values import Count, SendReport
from mailer.thresholds import Against


@dataclass(frozen=True)
class Figure:
    """One headline figure: its name, the number (None: not measured), and what it is of."""

    name: str
    number: int | None
    of: str
    warns: bool = False


@dataclass(frozen=True)
class Limit:
    """A figure beside its limit: its name, a bar where there is a limit, and words."""

    name: str
    chart: Markup
    words: str


def headline(report: SendReport) -> tuple[Figure, ...]:
    """Return the figures that a report begins with, each with its share and its base."""
    accepted = report.ledger.outcomes["accepted"]
    return (
        Figure("Accepted", accepted, f"of {report.ledger.candidates or 0:,} candidates"),
        Figure("Delivered", report.delivered, _of(report.delivered, accepted, "accepted") or _untold(report)),
        _by_people("Opened by people", report.opened, report),
        _by_people("Clicked by people", report.clicked, report),
        _against("Left by it", report.limits.unsubscribes),
        _against("Complained", report.limits.complaints),
    )


def limits(found: Sequence[Against], *, prefix: str = "limit") -> tuple[Limit, ...]:
    """Return each figure beside its limit; one that nobody names a limit for has no bar."""
    shown = []
    for each in found:
        name, whose = wording.LIMITS[each.name]
        if each.limit is None:
            words = f"{said(each.copies, each.base)}; nobody names a limit for it"
            shown.append(Limit(name, Markup(""), words))
            continue
        # As it is written, and not as a binary fraction has it.
        rate = Rate(each.copies, each.base, Fraction(str(each.limit)))
        chart = against_limit(rate, name=f"{prefix}-{each.name}", title=name)
        shown.append(Limit(name, chart, f"{rate.words}, {whose}{wording.chance(each)}"))
    return tuple(shown)


def _by_people(name: str, count: Count, report: SendReport) -> Figure:
    of = _of(count.people, report.counted or 0, "counted")
    by_machines = f"; {count.machines:,} by machines" if count.machines else ""
    return Figure(name, count.people, f"{of}{by_machines}" if of else "")


def _against(name: str, figure: Against) -> Figure:
    return Figure(name, figure.copies, _of(figure.copies, figure.base, "that arrived"), warns=figure.passed)


def _of(number: int | None, base: int, what: str) -> str:
    return "" if number is None else f"{share(number, base)} of {base:,} {what}"


def _untold(report: SendReport) -> str:
    return "a mail server takes letters, and does not tell" if report.settled else ""
