"""The sums of one send, or of several, as they stand at this moment."""

from collections.abc import Collection, Iterable, Mapping

from mailer.database import Row, fetch, marks
from mailer.vocabulary import Measure

# Folded lines and new ones, each by its own index.
READ_SUMS = """
SELECT {by}, sum(n) FROM (
  SELECT {by}, n FROM tally WHERE send_id IN ({sends}) AND measure IN ({measures}) AND folded
  UNION ALL
  SELECT {by}, n FROM tally WHERE send_id IN ({sends}) AND measure IN ({measures}) AND NOT folded
) AS line
GROUP BY {by} HAVING sum(n) <> 0
"""

Sums = Mapping[Measure, Mapping[int, int]]  # how many copies, by key


def sums(send: int, measures: Collection[Measure] = tuple(Measure)) -> Sums:
    """Return the sums of one send: for each measure how many copies by key, of keys that any counts for."""
    return sums_of([send], measures)[send]


def sums_of(sends: Iterable[int], measures: Collection[Measure] = tuple(Measure)) -> dict[int, Sums]:
    """Return the sums of several sends, by their numbers."""
    numbers = list(sends)
    found: dict[int, dict[Measure, dict[int, int]]] = {
        send: {measure: {} for measure in measures} for send in numbers
    }
    for send, measure, key, n in _read("send_id, measure, key", numbers, measures):
        found[send][Measure(measure)][key] = int(n)
    return dict(found)


def totals_of(sends: Iterable[int], measures: Collection[Measure]) -> dict[int, dict[Measure, int]]:
    """Return how many copies of each send count for each measure, whatever the key."""
    numbers = list(sends)
    found = {send: dict.fromkeys(measures, 0) for send in numbers}
    for send, measure, n in _read("send_id, measure", numbers, measures):
        found[send][Measure(measure)] = int(n)
    return found


def _read(by: str, sends: list[int], measures: Collection[Measure]) -> list[Row]:
    if not sends:
        return []
    ready = READ_SUMS.format(by=by, sends=marks(sends), measures=marks(measures))
    return fetch(ready, [*sends, *measures] * 2)
