"""Title, subtitle and date at the head of a pasted text."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from mailer.manuscript.dates import find_date
from mailer.manuscript.faults import Fault, ManuscriptError, Remark, quoted
from mailer.manuscript.lines import Kind, Line
from mailer.manuscript.titles import stands_out, title_of, words_in

_LONGEST_TITLE = 160
_MOST_BESIDE_A_DATE = 3  # "Edition", "Issue 12", a weekday
_BESIDE_A_DATE = re.compile(
    r"\b(?:edition|issue|number|no|nr|vol|volume|dated?|published|week|of|the|for|on"
    r"|mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?\b|[\W\d_]+",
    re.IGNORECASE,
)
_DEEPEST_DATE = 5  # lines below the title
# A subtitle, a section and its first story: fewer headings in a row leave no room for a subtitle.
_WITH_A_SUBTITLE = 3
_EMPHASIS = re.compile(r"\A(?P<mark>\*\*|__|[*_])(?P<text>[^*_]+)(?P=mark)\Z")


@dataclass(frozen=True)
class Masthead:
    """What stood above the first section, and the lines from there on."""

    title: str
    subtitle: str
    date: dt.date | None
    rest: tuple[Line, ...]
    remarks: tuple[Remark, ...] = ()


def read_masthead(lines: Sequence[Line]) -> Masthead:
    """Find the title and what goes with it; raises ManuscriptError where there is no title."""
    queue = list(lines)
    dated = [queue.pop(0)] if queue and _is_date(queue[0]) and _is_nothing_else(queue[0]) else []
    if not queue or not _is_title(queue):
        number = queue[0].number if queue else 1
        raise ManuscriptError(
            [Fault(number, 1, "no title was found: write it at the top, on a line of its own")]
        )
    title = queue.pop(0)
    run = list(takewhile(_may_belong, queue))
    depth = next(
        (depth for depth, line in enumerate(run[:_DEEPEST_DATE]) if not dated and _is_date(line)), None
    )
    above = run[:depth] if depth is not None else []
    if depth is not None:
        dated = [run[depth]]
        run, queue = run[depth + 1 :], queue[depth + 1 :]
    remarks: list[Remark] = []
    if not above and run and _is_subtitle(run):
        above, queue = [run[0]], queue[1:]
        remarks.append(Remark(run[0].number, f"{quoted(run[0].text)} was taken for the subtitle"))
    date = _date([*dated, title, *above[:1]], remarks)
    spare = tuple(replace(line, kind=Kind.TEXT) for line in above[1:])
    subtitle = _plain(above[0].text) if above else ""
    return Masthead(_plain(title.text), subtitle, date, (*spare, *queue), tuple(remarks))


def _plain(text: str) -> str:
    """Take off the marks of Markdown that set the whole line in bold or italics."""
    return _EMPHASIS.sub(r"\g<text>", text)


def _is_title(queue: Sequence[Line]) -> bool:
    line = queue[0]
    if line.kind is Kind.MARKED and line.level:
        levels = [other.level for other in queue if other.kind is Kind.MARKED and other.level]
        return line.level == min(levels) and levels.count(line.level) == 1
    short = line.kind is Kind.TEXT and line.ends_block and len(line.text) <= _LONGEST_TITLE
    return short or _may_belong(line)


def _may_belong(line: Line) -> bool:
    return line.kind is Kind.TITLE or (line.kind is Kind.MARKED and not line.level) or _is_date(line)


def _is_subtitle(run: Sequence[Line]) -> bool:
    """Tell a subtitle from the first section: it touches the title, or headings enough follow."""
    first, linked = run[0], title_of(run[0].text)
    if stands_out(first.text) or linked.url or linked.sign:
        return False
    return not first.starts_block or len(run) >= _WITH_A_SUBTITLE


def _is_date(line: Line) -> bool:
    found = find_date(line.text) if line.kind in {Kind.TITLE, Kind.TEXT, Kind.MARKED} else None
    return found is not None and words_in(found.rest) <= _MOST_BESIDE_A_DATE


def _is_nothing_else(line: Line) -> bool:
    """Return whether a dated line holds no name of its own, as "Orbit Weekly — May 3, 2026" does."""
    found = find_date(line.text)
    return found is not None and not _BESIDE_A_DATE.sub("", found.rest)


def _date(lines: Sequence[Line], remarks: list[Remark]) -> dt.date | None:
    for line in lines:
        found = find_date(line.text)
        if found and found.date:
            remarks.append(Remark(line.number, f"{quoted(line.text)} was read as the date {found.date}"))
            return found.date
        if found:
            remarks.append(
                Remark(line.number, f"{quoted(line.text)} can be read as two dates: write date: at the top")
            )
    return None
