"""Who gets corrected text: the readers of cancelled batches, whose copy certainly never left.

Readers of a batch that may have been taken are candidates too, and always excluded: they may have the
first text. Run again, a correction takes those whose request was refused since.
"""

import functools

from mailer.audience import JOIN_VARIANT, Source, reasons
from mailer.audience import freeze as freeze_source

# By compare-and-swap: a batch's readers are taken by one correction only. One that was cancelled a moment
# ago still has its readers (n): they are not free yet, and the next run takes them.
TAKE = """
UPDATE batch SET replaced_by_id = %(send)s
WHERE send_id = %(corrects)s AND state = 'cancelled' AND replaced_by_id IS NULL AND n = 0
"""

_READERS = """
FROM delivery AS first
JOIN batch ON batch.id = first.batch_id
WHERE batch.send_id = %(corrects)s AND (
  (batch.replaced_by_id = %(send)s AND first.state = 'cancelled')
  OR (batch.state IN ('submitting', 'unknown') AND first.state IS NULL)
)
"""

COUNT = f"""
SELECT count(*) {_READERS}
"""

CANDIDATES = f"""
candidate AS (
  SELECT
    first.subscriber_id AS subscriber_id,
    first.address_key AS address_key,
    variant.id AS variant_id,
    CASE {reasons("first.address_key", "first.subscriber_id", "other.send_id <> %(corrects)s")}
      WHEN first.in_doubt THEN 'may_have_first_text'
      WHEN subscriber.id IS NULL THEN 'erased'
      WHEN subscription.id IS NULL OR subscription.status = 'unsubscribed' THEN 'unsubscribed_since'
    END AS reason
  FROM (
    SELECT first.subscriber_id, first.address_key, batch.state <> 'cancelled' AS in_doubt {_READERS}
  ) AS first
  LEFT JOIN subscriber ON subscriber.id = first.subscriber_id
  LEFT JOIN subscription ON subscription.subscriber_id = subscriber.id AND subscription.list_id = %(list)s
  {JOIN_VARIANT}
)
"""

CANCELLED = Source(COUNT, CANDIDATES, TAKE)

freeze = functools.partial(freeze_source, source=CANCELLED)
