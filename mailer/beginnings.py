"""What a new edition of a list begins with: an empty one, the last one's headings, or all of the last one."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailer.editions import document_of, newest
from mailer.manuscript.document import Document, Section
from mailer.manuscript.frontmatter import read_front_matter
from mailer.manuscript.writing import write
from mailer.models import Edition
from subscribers.models import List

WEEK = dt.timedelta(days=7)
# What an empty edition has, since one without a heading does not read; the editor gives it another name.
FIRST_SECTION = "News"
_DATE_LINE = re.compile(r"(\s*date\s*:\s*).*")


class Beginning(StrEnum):
    """What the text of a new edition begins with."""

    # nothing, since it is pasted
    PASTED = "paste"
    # the least that reads
    EMPTY = "empty"
    # the last edition without its stories
    HEADINGS = "headings"
    # the last edition
    WHOLE = "whole"


def last_of(owner: List) -> Edition | None:
    """Return the list's newest edition, None where there is none."""
    return Edition.objects.select_related("list").filter(list=owner).order_by("-pk").first()


def text_for(owner: List, beginning: Beginning, *, now: dt.datetime) -> str:
    """Return what the editor begins to write over; where there is no last edition, that of an empty one."""
    today = now.astimezone(ZoneInfo(owner.zone)).date()
    last = None if beginning in {Beginning.PASTED, Beginning.EMPTY} else last_of(owner)
    if beginning is Beginning.PASTED:
        return ""
    if last is None:
        return write(empty(owner.slug, owner.name, today))
    revision, date = newest(last), next_date(_dates(owner), today)
    if beginning is Beginning.WHOLE:
        return moved(revision.text, date)
    return write(headings(replace(document_of(revision), list=owner.slug), date))


def empty(slug: str, name: str, date: dt.date) -> Document:
    """Return an edition with a title and one section that says nothing yet."""
    return Document(list=slug, title=name, sections=(Section(FIRST_SECTION),), date=date)


def headings(document: Document, date: dt.date) -> Document:
    """Return an edition without what it says: title, sections and the groups of its lists."""
    sections = tuple(
        Section(section.title, groups=tuple(replace(group, points=()) for group in section.groups))
        for section in document.sections
    )
    return replace(document, sections=sections, date=date, subject="", preheader="", number=0)


def moved(text: str, date: dt.date) -> str:
    """Return the text with another date, and otherwise as it is."""
    lines = text.split("\n")
    head = read_front_matter(lines, [])
    if place := head.lines.get("date"):
        lines[place - 1] = _DATE_LINE.sub(rf"\g<1>{date.isoformat()}", lines[place - 1])
    else:
        lines.insert(head.height - 1, f"date: {date.isoformat()}")
    return "\n".join(lines)


def next_date(before: Sequence[dt.date], today: dt.date) -> dt.date:
    """Return when the next edition is to be, by the dates of those before, the newest first; no past day.

    It is as long after the last as that after the one before it; a week where that cannot be told.
    """
    if not before:
        return today
    apart = before[0] - before[1] if len(before) > 1 else WEEK
    return max(today, before[0] + (apart if apart > dt.timedelta(0) else WEEK))


def _dates(owner: List) -> list[dt.date]:
    dated = Edition.objects.filter(list=owner, date__isnull=False).order_by("-pk")
    return [date for date in dated.values_list("date", flat=True)[:2] if date]
