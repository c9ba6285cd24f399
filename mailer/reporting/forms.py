"""Reports as JSON takes them, and as rows for spreadsheets: the same figures under the same names."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from mailer.reckoning import Day
from mailer.reporting.values import Count, ListReport, SendReport
from mailer.thresholds import Against

COLUMNS = ("part", "name", "detail", "people", "machines")
LIST_COLUMNS = (
    "send",
    "title",
    "scheduled_at",
    "status",
    "accepted",
    "counted",
    "opened",
    "machine_opened",
    "clicked",
    "machine_clicked",
    "bounced",
    "complained",
    "unsubscribed",
    *COLUMNS,
)

_COPIES = (
    "delivered",
    "deferred",
    "bounced",
    "blocked",
    "dropped",
    "complained",
    "unsubscribed",
)
_GROWTH = ("active", "joined", "left", "otherwise", "lapsed")


def send_as_json(report: SendReport) -> dict[str, Any]:
    """Return a send's report; null is what was not measured."""
    told = asdict(report)
    ledger = told.pop("ledger")
    del told["limits"]
    return told | {
        "candidates": ledger["candidates"],
        **ledger["outcomes"],
        "excluded_reasons": ledger["reasons"],
        "limits": list(map(_against, report.limits)),
    }


def list_as_json(report: ListReport) -> dict[str, Any]:
    """Return a list's report; null is what was not measured."""
    return asdict(report) | {"limits": list(map(_against, report.limits))}


def _against(figure: Against) -> dict[str, Any]:
    return asdict(figure) | {"share": figure.share, "passed": figure.passed}


def rows(report: SendReport) -> Iterator[tuple[object, ...]]:
    """Yield a send's report line by line, as COLUMNS; what was not measured is left empty.

    What is counted of copies, whoever it was, stands under `people`.
    """
    yield "ledger", "candidates", "", report.ledger.candidates, ""
    for outcome, copies in report.ledger.outcomes.items():
        yield "ledger", outcome, "", copies, ""
    yield "ledger", "possibly_twice", "", report.possibly_twice, ""
    for reason, copies in report.ledger.reasons.items():
        yield "excluded", reason, "", copies, ""
    yield "events", "counted", "", report.counted, ""
    for name in _COPIES:
        yield "events", name, "", getattr(report, name), ""
    yield "events", "opened", "", *_both(report.opened)
    yield "events", "clicked", "", *_both(report.clicked)
    yield from _clicks(report)
    for refused in report.refusals or ():
        yield refused.how, refused.words, refused.code or "", refused.copies, ""
    for domain in report.domains or ():
        for name in ("deferred", "bounced", "blocked", "complained"):
            yield "domains", domain.domain or "(others)", name, getattr(domain, name), ""
    yield from _limits(report.limits)


def list_rows(report: ListReport) -> Iterator[tuple[object, ...]]:
    """Yield a list's report line by line, as LIST_COLUMNS; what was not measured is left empty.

    Its sends come first, each in its own columns; then all else, in those of a send's report.
    """
    for each in report.sends:
        yield (
            *(each.send, each.title, each.scheduled_at, each.status, each.accepted, each.counted),
            *_both(each.opened),
            *_both(each.clicked),
            *(each.bounced, each.complained, each.unsubscribed),
            *("sends", "", "", "", ""),
        )
    of_no_send = [""] * (len(LIST_COLUMNS) - len(COLUMNS))
    for row in _of_list(report):
        yield *of_no_send, *row


def _of_list(report: ListReport) -> Iterator[tuple[object, ...]]:
    for interest in report.interests:
        yield "interests", interest.slug, interest.stories, *_both(interest.clicked)
    yield from _limits(report.limits)
    for part, days in (("growth", report.growth), *_growth_of(report)):
        for day in days:
            for name in _GROWTH:
                yield part, day.day, name, getattr(day, name), ""


def _growth_of(report: ListReport) -> Iterator[tuple[str, tuple[Day, ...]]]:
    return ((f"growth of {slug}", days) for slug, days in report.growth_of.items())


def _limits(limits: Sequence[Against]) -> Iterator[tuple[object, ...]]:
    for figure in limits:
        for name in ("copies", "base", "limit", "fewest"):
            yield "limits", figure.name, name, getattr(figure, name), ""


def _clicks(report: SendReport) -> Iterator[tuple[object, ...]]:
    for hour in report.hours or ():
        yield "opened by hour", hour.at, "", *_both(hour.opened)
        yield "clicked by hour", hour.at, "", *_both(hour.clicked)
    for link in report.links:
        yield "links", link.url or "(another link)", link.story, *_both(link.clicked)
    for story in report.stories:
        yield "stories", story.title, story.interests, *_both(story.clicked)
    for interest in report.interests:
        yield "interests", interest.slug, interest.stories, *_both(interest.clicked)


def _both(count: Count) -> tuple[int | None, int | None]:
    return count.people, count.machines
