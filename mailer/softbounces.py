"""Soft bounces, counted by the rule of mailer.refusals, from the rows.

- A letter came back if it was blocked, or if SendGrid was told to wait and never delivered it.
- Signs of life: a copy delivered, opened or clicked; one taken by the transport of which nothing bad came
  back, which is all that a relay ever says of success; a consent; a lift.

Nothing is counted along: every answer is computed anew, so that order and repetition of events cannot
matter. A refusal counts once it is 3 days old: by then a transport has given up trying, and events of signs
of life that were late have come.
"""

import datetime as dt
import itertools
from collections.abc import Iterator

from django.db import transaction

from mailer.database import fetch, instant
from mailer.refusals import LETTERS, Refusal, run_of
from mailer.transports import sendgrid
from subscribers import changes, moments
from subscribers.suppressions import Report, suppress_keys
from subscribers.vocabulary import Suppressed

AUDITED_AS = "suppressions sync"  # the command that counts
SETTLED = dt.timedelta(days=3)  # longer than SendGrid tries to deliver, and longer than it tells again
# As far back are letters looked at: five of a newsletter that comes out each quarter.
LOOKED_BACK = dt.timedelta(days=400)
_AT_ONCE = 500  # people

# Who has enough letters that did not arrive, whatever was said of them; who is suppressed already needs no
# counting. Events are found by their send, since most are of others that went well: SQLite, which knows no
# better, keeps the order of a CROSS JOIN, and to PostgreSQL it is a join as any other.
_SUSPECTS = """
SELECT delivery.subscriber_id
FROM send
CROSS JOIN event
JOIN delivery ON delivery.id = event.delivery_ref
JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE event.send_ref = send.id AND event.kind IN ('blocked', 'deferred')
  AND send.frozen_at > %(oldest)s AND send.kind <> 'test' AND event.at <= %(settled)s
  AND delivery.delivered_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM suppression
    WHERE suppression.address_key = subscriber.address_key AND suppression.list_id IS NULL
      AND suppression.reason = 'bounced' AND suppression.lifted_at IS NULL
  )
GROUP BY delivery.subscriber_id
HAVING COUNT(DISTINCT delivery.id) >= %(letters)s
ORDER BY delivery.subscriber_id
"""

# Letters to the address they have now; what was said of another mailbox is that one's.
_COPIES = """
WITH person AS (
  SELECT id, address_key, last_opened_at, last_clicked_at FROM subscriber WHERE id IN ({marks})
), copy AS (
  SELECT delivery.* FROM person
  JOIN delivery ON delivery.subscriber_id = person.id AND delivery.address_key = person.address_key
)
"""

# That a relay's reader was asked to wait says nothing: of those that arrive in the end it never tells.
_REFUSALS = (
    _COPIES
    + """
SELECT person.id, person.address_key, copy.id, event.at, event.detail
FROM person
JOIN copy ON copy.subscriber_id = person.id
JOIN send ON send.id = copy.send_id
JOIN event ON event.delivery_ref = copy.id AND event.kind IN ('blocked', 'deferred')
LEFT JOIN attempt ON attempt.id = event.attempt
WHERE send.frozen_at > %s AND send.kind <> 'test' AND event.at <= %s AND copy.delivered_at IS NULL
  AND (event.kind = 'blocked' OR attempt.transport = %s)
ORDER BY person.id
"""
)

_SIGNS = (
    _COPIES
    + """
SELECT sign.id, MAX(sign.at) FROM (
  SELECT id, last_opened_at AS at FROM person
  UNION ALL SELECT id, last_clicked_at FROM person
  UNION ALL SELECT subscriber_id, delivered_at FROM copy
  UNION ALL SELECT subscriber_id, opened_at FROM copy
  UNION ALL SELECT subscriber_id, clicked_at FROM copy
  UNION ALL SELECT subscriber_id, machine_opened_at FROM copy
  UNION ALL SELECT subscriber_id, machine_clicked_at FROM copy
  UNION ALL
    SELECT copy.subscriber_id, attempt.fired_at FROM copy
    JOIN batch ON batch.id = copy.batch_id JOIN attempt ON attempt.id = batch.attempt
    WHERE COALESCE(copy.state, batch.state) = 'accepted' AND attempt.fired_at <= %s
      AND copy.bounced_at IS NULL AND copy.blocked_at IS NULL AND copy.deferred_at IS NULL
      AND copy.dropped_at IS NULL
  UNION ALL
    SELECT person.id, event.at FROM person
    JOIN event ON event.delivery_ref = 0 AND event.address_key = person.address_key
    WHERE event.kind IN ('delivered', 'opened', 'clicked')
  UNION ALL
    SELECT person.id, consent.at FROM person JOIN consent ON consent.subscriber_id = person.id
    WHERE consent.action IN ('granted', 'confirmed')
  UNION ALL
    SELECT person.id, suppression.lifted_at FROM person CROSS JOIN suppression
    WHERE suppression.address_key = person.address_key AND suppression.list_id IS NULL
) AS sign
WHERE sign.at IS NOT NULL GROUP BY sign.id
"""
)


def count(*, by: str, now: dt.datetime, dry_run: bool = False) -> int:
    """Suppress whom the rule says; return how many are new. Again, it changes nothing.

    `by` is who counts, for the audit log. A dry run only counts.
    """
    oldest, settled = now - LOOKED_BACK, now - SETTLED
    asked = {"oldest": instant(oldest), "settled": instant(settled), "letters": LETTERS}
    people = [person for (person,) in fetch(_SUSPECTS, asked)]
    found = 0
    for start in range(0, len(people), _AT_ONCE):
        reports = _reports(people[start : start + _AT_ONCE], oldest, settled)
        # In one order, so that nobody who suppresses the same people waits in a ring.
        ordered = sorted(reports, key=lambda report: report.address_key)
        with transaction.atomic():
            new = suppress_keys(ordered)
            if dry_run:
                transaction.set_rollback(True)
            elif new:
                changes.record(AUDITED_AS, by=by, at=now, subject="soft bounces", after={"new": new})
        found += new
    return found


def _reports(people: list[int], oldest: dt.datetime, settled: dt.datetime) -> Iterator[Report]:
    marks = ",".join(["%s"] * len(people))
    signs: dict[int, str | dt.datetime] = dict(fetch(_SIGNS.format(marks=marks), [*people, instant(settled)]))
    rows = fetch(_REFUSALS.format(marks=marks), [*people, instant(oldest), instant(settled), sendgrid.NAME])
    for (person, key), group in itertools.groupby(rows, key=lambda row: row[:2]):
        refusals = [Refusal(letter, moments.read(at), words) for _, _, letter, at, words in group]
        sign = moments.read(signs[person]) if person in signs else None
        if run := run_of(refusals, sign):
            yield Report(key, Suppressed.BOUNCED, run.last, source=str(run))
