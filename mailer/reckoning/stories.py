"""What happened to the people of a list since some day, told by their consent and their suppressions.

One statement reads how everybody stands and what became of them, so that both are of one moment. The database
puts together whose stories are the same; an import of a million people is a handful of stories.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any

from mailer.database import fetch, instant, is_postgresql
from mailer.models.editions import EVERYTHING
from mailer.reckoning.spans import Span
from mailer.reckoning.walking import Mark, Standing, Story
from subscribers import interests
from subscribers.interests import Interests
from subscribers.models import List

_ABSENT = "absent"  # on the list in no way yet; no status of the database

# A line of evidence says what was before it. What it leaves out is known all the same: who agrees was not
# there; whom an import ends was, if they had ever come. Who fills in a form comes when they confirm it: that
# line counts, by what the form's own, the one before it, says was before.
_BEFORE = "detail -> 'before' ->> "
_OF_THE_FORM = f"""
        SELECT form.{_BEFORE}'{{what}}' FROM consent AS form
        WHERE form.subscriber_id = consent.subscriber_id AND form.list_id = consent.list_id
          AND form.id < consent.id
        ORDER BY form.id DESC LIMIT 1
"""
_TURNS = f"""
  SELECT consent.subscriber_id, consent.at, 1 AS place, consent.id,
    CASE consent.action
      WHEN 'withdrawn' THEN coalesce(consent.{_BEFORE}'status', (
        SELECT coalesce(earlier.detail ->> 'status', 'active') FROM consent AS earlier
        WHERE earlier.subscriber_id = consent.subscriber_id AND earlier.list_id = consent.list_id
          AND earlier.id < consent.id AND (
            earlier.action IN ('granted', 'confirmed') OR earlier.detail ->> 'status' IS NOT NULL
          )
        ORDER BY earlier.id DESC LIMIT 1
      ), '{_ABSENT}')
      WHEN 'granted' THEN coalesce(consent.{_BEFORE}'status', '{_ABSENT}')
      WHEN 'confirmed' THEN coalesce(({_OF_THE_FORM.format(what="status")}), '{_ABSENT}')
      ELSE coalesce(consent.{_BEFORE}'status', '')
    END AS status,
    CASE consent.action
      WHEN 'confirmed' THEN coalesce(({_OF_THE_FORM.format(what="interests")}), '')
      ELSE coalesce(consent.{_BEFORE}'interests', '')
    END AS chosen,
    0 AS bars
  FROM consent
  WHERE consent.list_id = %(list)s AND consent.at >= %(since)s
    AND NOT (consent.action IN ('granted', 'changed') AND consent.detail ->> 'tracked' IS NOT NULL
      AND consent.detail ->> 'interests' IS NOT NULL)
    AND (consent.action <> 'changed' OR consent.{_BEFORE}'status' IS NOT NULL
      OR consent.{_BEFORE}'interests' IS NOT NULL)
"""
# At one moment a suppression is lifted before, and comes after, what is said by consent: who leaves has left
# before it holds, who comes back is free before they come.
_BARS = """
  SELECT subscriber.id, suppression.{moment}, {place}, suppression.id, '', '', {bars}
  FROM suppression
  JOIN subscriber ON subscriber.address_key = suppression.address_key
  JOIN subscription ON subscription.subscriber_id = subscriber.id AND subscription.list_id = %(list)s
  WHERE suppression.{moment} >= %(since)s
    AND (suppression.list_id IS NULL OR suppression.list_id = %(list)s)
"""
_IN_FORCE = """
  SELECT subscriber.id, count(*) AS bars
  FROM suppression
  JOIN subscriber ON subscriber.address_key = suppression.address_key
  WHERE suppression.lifted_at IS NULL
    AND (suppression.list_id IS NULL OR suppression.list_id = %(list)s)
  GROUP BY subscriber.id
"""

# Each mark brings its place, since SQLite puts them together in whatever order.
READ_STORIES = f"""
WITH mark AS (
  {_TURNS}
  UNION ALL {_BARS.format(moment="lifted_at", place=0, bars=-1)}
  UNION ALL {_BARS.format(moment="at", place=2, bars=1)}
), placed AS (
  SELECT subscriber_id, CAST(
      row_number() OVER (PARTITION BY subscriber_id ORDER BY at, place, id) AS TEXT
    ) || '|' || CAST({{day}} AS TEXT) || '|' || status || '|' || chosen || '|' || CAST(bars AS TEXT) AS line
  FROM mark
), told AS (
  SELECT subscriber_id, {{concatenated}}(line, ';') AS marks FROM placed GROUP BY subscriber_id
), barred AS ({_IN_FORCE})
SELECT subscription.status,
  CASE WHEN subscription.everything THEN {EVERYTHING} ELSE subscription.interests END,
  coalesce(barred.bars, 0), coalesce(told.marks, ''), count(*)
FROM subscription
LEFT JOIN told ON told.subscriber_id = subscription.subscriber_id
LEFT JOIN barred ON barred.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s
GROUP BY 1, 2, 3, 4
"""


def stories(owner: List, days: Sequence[Span]) -> Iterator[Story]:
    """Yield what happened to everybody on the list since the first of these days began, and how they stand.

    A mark's day is its place among `days`; what came after them is on the one after the last.
    """
    bound: dict[str, Any] = {"list": owner.pk, "since": instant(days[0].begins)}
    day = _day_of("at", [span.ends for span in days], bound)
    concatenated = "string_agg" if is_postgresql() else "group_concat"
    known = _Known(owner)
    statement = READ_STORIES.format(day=day, concatenated=concatenated)
    for status, chosen, bars, told, people in fetch(statement, bound):
        marks = tuple(known.mark(line) for line in sorted(told.split(";"), key=_place)) if told else ()
        yield Story(Standing(status, int(chosen), int(bars)), marks, int(people))


def _place(line: str) -> int:
    return int(line.partition("|")[0])


def _day_of(column: str, ends: Sequence[dt.datetime], bound: dict[str, Any], first: int = 0) -> str:
    """Return the SQL that says on which day a moment is, asking by halves, since days are many."""
    if not ends:
        return str(first)
    middle = len(ends) // 2
    name = f"end_{first + middle}"
    bound[name] = instant(ends[middle])
    earlier = _day_of(column, ends[:middle], bound, first)
    later = _day_of(column, ends[middle + 1 :], bound, first + middle + 1)
    return f"CASE WHEN {column} < %({name})s THEN {earlier} ELSE {later} END"


class _Known:
    """Reads lines of marks; the same choice is in many of them."""

    def __init__(self, owner: List) -> None:
        self._numbers = Interests.of(owner).numbers
        self._former = interests.former_slugs(owner)
        self._chosen: dict[str, int] = {}

    def mark(self, line: str) -> Mark:
        _, day, status, chosen, bars = line.split("|")
        if chosen and chosen not in self._chosen:
            self._chosen[chosen] = self._bits(chosen)
        return Mark(int(day), status or None, self._chosen[chosen] if chosen else None, int(bars))

    def _bits(self, told: str) -> int:
        """Return a choice as evidence has it, in whatever slugs interests had then."""
        if told == interests.EVERYTHING:
            return EVERYTHING
        slugs = {self._former.get(slug, slug) for slug in json.loads(told)}
        return sum(1 << self._numbers[slug] for slug in slugs if slug in self._numbers)
