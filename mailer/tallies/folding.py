"""Put the lines of each sum into one: what events add line by line stays quick to read. Twice is harmless."""

from collections import Counter

from django.db import transaction

from mailer.database import execute_many, fetch, locking

_LINES = 10_000  # at once
_SKIPPING = "KEY SHARE OF send SKIP LOCKED FOR UPDATE OF tally SKIP LOCKED"

# A line that another takes meanwhile is passed over: no line is counted twice, whoever folds beside us. So
# are those of a send that is counted anew: it is held until then, and we hold what that would remove.
TAKE_LINES = """
DELETE FROM tally WHERE id IN (
  SELECT tally.id FROM tally JOIN send ON send.id = tally.send_id
  WHERE NOT tally.folded ORDER BY tally.id LIMIT %s{skipping}
)
RETURNING send_id, measure, key, n
"""

ADD_TO_SUM = """
INSERT INTO tally (send_id, measure, key, n, folded) VALUES (%s, %s, %s, %s, TRUE)
ON CONFLICT (send_id, measure, key) WHERE folded DO UPDATE SET n = tally.n + excluded.n
"""


def fold() -> int:
    """Put all new lines into their sums, in portions; return how many lines there were."""
    folded = 0
    while some := _portion():
        folded += some
    return folded


def _portion() -> int:
    with transaction.atomic():
        lines = fetch(TAKE_LINES.format(skipping=locking(_SKIPPING)), [_LINES])
        sums: Counter[tuple[int, str, int]] = Counter()
        for send, measure, key, n in lines:
            sums[send, measure, key] += n
        # In one order, so that two who fold never wait for each other in a ring.
        if rows := [(*place, n) for place, n in sorted(sums.items()) if n]:
            execute_many(ADD_TO_SUM, rows)
    return len(lines)
