"""What is counted of copies whose person is erased: all but the domain, which may be theirs alone."""

from collections.abc import Sequence

from mailer.database import execute, fetch, insert_many, locking, marks
from mailer.tallies.domains import NOBODYS
from mailer.tallies.keeping import DOMAINS, INSERT_TALLY

_MEASURES = ", ".join(f"'{measure}'" for measure in DOMAINS.values())

COUNT_DOMAINS = f"""
SELECT delivery.send_id, send.tallied, trace.measure, trace.key, count(*)
FROM trace JOIN delivery ON delivery.id = trace.delivery_id JOIN send ON send.id = delivery.send_id
WHERE trace.delivery_id IN ({{marks}}) AND trace.measure IN ({_MEASURES}) AND trace.key <> {NOBODYS}
GROUP BY delivery.send_id, send.tallied, trace.measure, trace.key
"""

FORGET_DOMAINS = f"""
UPDATE trace SET key = {NOBODYS}
WHERE delivery_id IN ({{marks}}) AND measure IN ({_MEASURES}) AND key <> {NOBODYS}
"""

# Waits for whoever is about to count something there; the next statement sees it.
LOCK_DOMAINS = "SELECT id FROM mail_domain WHERE id IN ({marks}) ORDER BY id"

# A domain that nothing is counted for any more.
REMOVE_DOMAINS = f"""
DELETE FROM mail_domain WHERE id IN ({{marks}})
  AND NOT EXISTS (SELECT 1 FROM trace WHERE trace.key = mail_domain.id AND trace.measure IN ({_MEASURES}))
"""


def part(copies: Sequence[int]) -> None:
    """Count these copies at no domain any more; they are locked and held already, as events do both."""
    if not copies:
        return
    counted = fetch(COUNT_DOMAINS.format(marks=marks(copies)), copies)
    execute(FORGET_DOMAINS.format(marks=marks(copies)), copies)
    # What is not tallied yet will be counted from the traces as they are now.
    kept = [(send, measure, key, n) for send, tallied, measure, key, n in counted if tallied]
    moved = [(send, measure, key, -n) for send, measure, key, n in kept]
    moved += [(send, measure, NOBODYS, n) for send, measure, _, n in kept]
    insert_many(INSERT_TALLY, moved)
    if known := sorted({key for *_, key, _ in counted}):
        fetch(LOCK_DOMAINS.format(marks=marks(known)) + locking("UPDATE"), known)
        execute(REMOVE_DOMAINS.format(marks=marks(known)), known)
