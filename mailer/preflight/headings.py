"""Rules of headings: the ranks that screen readers step through, and headings of nothing."""

import re
from collections.abc import Iterator
from itertools import pairwise

from mailer.manuscript.faults import quoted
from mailer.preflight.values import Found, Letter, Matter

_HEADING = re.compile(r"<h([1-6])[\s>]", re.IGNORECASE)


def order(matter: Matter) -> Iterator[Found]:
    """Find letters that begin with no h1, have several, or leave a rank out."""
    named: dict[str, list[str]] = {}
    for letter in matter.letters:
        if fault := _fault(letter):
            named.setdefault(fault, []).append(letter.name)
    for fault, names in named.items():
        said = f"{fault}, so screen readers lose their place: mend the letter's template"
        yield Found(said, variants=tuple(names))


def _fault(letter: Letter) -> str:
    ranks = [int(rank) for rank in _HEADING.findall(letter.rendered.html)]
    if not letter.rendered.html:
        return ""
    if ranks[:1] != [1]:
        return "The first heading is no h1"
    if ranks.count(1) > 1:
        return f"There are {ranks.count(1)} headings of the first rank"
    skipped = next(((before, after) for before, after in pairwise(ranks) if after > before + 1), None)
    return f"An h{skipped[1]} follows an h{skipped[0]}" if skipped else ""


def of_nothing(matter: Matter) -> Iterator[Found]:
    """Find headings with nothing beneath, which letters leave out."""
    for section in matter.document.sections:
        empty = [group for group in section.groups if not group.points]
        if not section.prose and not section.stories and len(empty) == len(section.groups):
            yield _empty(matter, section.title, section.line)
        else:
            for group in empty:
                yield _empty(matter, group.title, group.line)


def _empty(matter: Matter, title: str, line: int) -> Found:
    said = f"{quoted(title)} has nothing beneath, so letters leave it out: write something, or delete it"
    return Found(said, matter.page.heading(line, title))
