"""Readers who lapse: they get the list's letters, are counted, and have given no sign for a long while.

The rule is that of mailer.retention, which takes people off where a list says so: letters in which a sign
could be seen must have reached them all that time, and opens that a machine made tell of nobody.
"""

import datetime as dt

from mailer.database import fetch, instant
from mailer.models.editions import CAN_TELL, EVERYTHING
from mailer.reckoning.spans import Span
from mailer.reckoning.walking import LIST, Standing, bits
from mailer.retention import FEWEST_LETTERS
from subscribers.models import List
from subscribers.vocabulary import Status

# A quarter of a year: longer than anybody is away, and as `mailer stats` asks who reads.
SILENT = dt.timedelta(days=90)

COUNT_LAPSED = f"""
SELECT CASE WHEN subscription.everything THEN {EVERYTHING} ELSE subscription.interests END, count(*)
FROM (
  SELECT delivery.subscriber_id
  FROM send
  JOIN edition ON edition.id = send.edition_id
  JOIN delivery ON delivery.send_id = send.id
  JOIN variant ON variant.id = delivery.variant_id
  LEFT JOIN batch ON batch.id = delivery.batch_id
  WHERE edition.list_id = %(list)s AND send.kind <> 'test' AND {CAN_TELL}
    AND send.frozen_at >= %(before)s AND send.frozen_at < %(ends)s
    AND coalesce(delivery.state, batch.state) = 'accepted'
  GROUP BY delivery.subscriber_id
  HAVING count(*) >= %(fewest)s AND count(delivery.machine_opened_at) = 0
    AND count(delivery.machine_clicked_at) = 0
) AS reached
JOIN subscriber ON subscriber.id = reached.subscriber_id
JOIN subscription ON subscription.subscriber_id = subscriber.id AND subscription.list_id = %(list)s
WHERE subscription.status = 'active' AND subscription.since < %(before)s AND subscriber.tracked
  AND (subscriber.last_opened_at IS NULL OR subscriber.last_opened_at < %(before)s)
  AND (subscriber.last_clicked_at IS NULL OR subscriber.last_clicked_at < %(before)s)
  AND NOT EXISTS (
    SELECT 1 FROM suppression
    WHERE suppression.address_key = subscriber.address_key AND suppression.lifted_at IS NULL
      AND (suppression.list_id IS NULL OR suppression.list_id = %(list)s)
  )
GROUP BY 1
"""


def lapsed(owner: List, span: Span, interests: int) -> dict[int, int] | None:
    """Return how many had lapsed by the end of a day that is just over, by bit: LIST, and these interests.

    None where the list is not tracked: nobody can tell. Only the last sign is kept of each person, so that of
    an earlier day nobody can tell either.
    """
    if not owner.tracked:
        return None
    frame = {
        "list": owner.pk,
        "before": instant(span.ends - SILENT),
        "ends": instant(span.ends),
        "fewest": FEWEST_LETTERS,
    }
    sums = dict.fromkeys([LIST, *bits(interests)], 0)
    for chosen, people in fetch(COUNT_LAPSED, frame):
        for bit in bits(Standing(Status.ACTIVE, int(chosen)).gets(interests)):
            sums[bit] += int(people)
    return sums
