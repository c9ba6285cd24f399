"""What a report says in sentences: values in, words out."""

from collections.abc import Sequence

import idna

from mailer.charts.shares import share
from mailer.desk.sends import words
from mailer.reporting.values import ListReport, SendReport
from mailer.reports import CANCELLING
from mailer.thresholds import Against
from mailer.vocabulary import SendStatus

NOT_MEASURED = "not measured"
COUNTING = "Its figures are still being counted: look again in a minute."
UNDER_WAY = frozenset(
    {
        SendStatus.PREPARING,
        SendStatus.SENDING,
        SendStatus.PAUSED,
        SendStatus.SETTLING,
        CANCELLING,
    }
)
# Of what is held against a limit: how it is called, and whose the limit is.
LIMITS = {
    "complaints": ("Complaints", "what Gmail asks senders to stay below"),
    "bounces": ("Bounces", "what a list that is kept well stays below"),
    "unsubscribes": ("Unsubscribed by this letter", ""),
}


def lead(report: SendReport) -> str:
    """Return in a few sentences what became of a send."""
    if report.ledger.candidates is None:
        return "It has not begun: what becomes of it is told here once it has left."
    accepted = report.ledger.outcomes["accepted"]
    if not report.settled:
        return f"{_copies(accepted)} accepted. {COUNTING}"
    going_on = "It is not over, and figures still grow." if report.status in UNDER_WAY else ""
    if not accepted:
        return going_on or "No copy of it was accepted, so there is nothing to tell of readers."
    said = [_arrived(report, accepted), _read(report), _went(report), past(report.limits), going_on]
    return " ".join(filter(None, said))


def _arrived(report: SendReport, accepted: int) -> str:
    if report.delivered is None:
        return f"{_copies(accepted)} accepted; how many were delivered is not measured."
    if report.delivered == accepted:
        return (
            "The one accepted copy was delivered."
            if accepted == 1
            else f"All {accepted:,} accepted copies were delivered."
        )
    return f"Of {accepted:,} accepted copies {report.delivered:,} {_was(report.delivered)} delivered."


def _read(report: SendReport) -> str:
    opened, clicked = report.opened.people, report.clicked.people
    if opened is None or clicked is None:
        return "Who opened and clicked is not measured."
    if not opened and not clicked:
        return "Nobody was seen to open it, which is not the same as unread."
    return (
        f"{words.readers(opened) if opened else 'No reader'} opened it, and {_few(clicked)} followed a link."
    )


def _went(report: SendReport) -> str:
    left, complained = report.unsubscribed or 0, report.complained
    if complained is None:
        return f"{_few(left, begins=True)} left by it; whether anybody complained is not measured."
    if not left and not complained:
        return "Nobody left by it or complained."
    return f"{_few(left, begins=True)} left by it, and {_few(complained)} marked it as spam."


def past(limits: Sequence[Against]) -> str:
    """Return in a sentence what is past its limit, and not by chance; '' for nothing."""
    found = [LIMITS[each.name][0].lower() for each in limits if each.passed]
    if not found:
        return ""
    named = " and ".join(found)
    return f"{named[0].upper()}{named[1:]} are above the limit."


def of_list(report: ListReport) -> str:
    """Return in a few sentences how a list's last sends went, and how it grew."""
    return " ".join(filter(None, [_last(report), _grown(report), past(report.limits)]))


def _last(report: ListReport) -> str:
    told = [each for each in report.sends if each.opened.people is not None and each.counted]
    if not report.sends:
        return "Nothing of it has left yet."
    if not told:
        return "Who opens its letters and clicks is not measured."
    opened = sum(each.opened.people or 0 for each in told)
    counted = sum(each.counted or 0 for each in told)
    clicked = sum(each.clicked.people or 0 for each in told)
    which = "its last send" if len(told) == 1 else f"its last {len(told)} sends"
    return (
        f"Of {which}, people opened {share(opened, counted)} of the copies that are counted, and clicked in"
        f" {share(clicked, counted)}."
    )


def _grown(report: ListReport) -> str:
    known = [day for day in report.growth if day.active is not None]
    if not known:
        return "No day of its growth was counted yet."
    first, last = known[0].active or 0, known[-1].active or 0
    since = f"{known[0].day.day} {known[0].day:%B}"
    if first == last:
        return f"{last:,} read it, as many as at the end of {since}."
    change = "more" if last > first else "fewer"
    return f"{last:,} read it, {abs(last - first):,} {change} than at the end of {since}."


def domain(name: str) -> str:
    """Return a domain as its people write it (RFC 5891); what is no sound A-label stays as it is kept."""
    try:
        return idna.decode(name)
    except idna.IDNAError:
        return name


def chance(figure: Against) -> str:
    """Return why a share above the limit alarms nobody; '' where it does, or is below."""
    over = figure.limit is not None and (figure.share or 0) > figure.limit
    return f"; fewer than {figure.fewest} may be chance" if over and not figure.passed else ""


def _copies(number: int) -> str:
    return "1 copy was" if number == 1 else f"{number:,} copies were"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _few(number: int, *, begins: bool = False) -> str:
    return f"{number:,}" if number else "Nobody" if begins else "nobody"
