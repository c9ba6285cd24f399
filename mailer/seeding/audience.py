"""Who a past edition went to: frozen by the product's own rules, out of people as they stood then.

The freeze itself asks of today. Here, what has become of people since is taken back; and each letter gets the
number that what came of it is drawn by, so that its row is written once, with all of it.
"""

from mailer.audience import JOIN_VARIANT, reasons
from mailer.models.editions import CAN_TELL
from mailer.seeding.chance import PRIME, STEP, TURN
from mailer.seeding.happenings import times

_WERE_MEMBERS = """
WHERE subscription.list_id = %(list)s AND subscription.since <= %(now)s
  AND (subscription.status <> 'unsubscribed' OR subscription.changed_at > %(now)s)
"""

# Counted apart from those that are written, as the freeze does.
COUNT = f"SELECT count(*) FROM subscription {_WERE_MEMBERS}"

# Every way in which one of them gets a letter: the freeze's own question leaves out who has left since.
KEYS = f"""
SELECT DISTINCT
  CASE WHEN subscription.everything THEN %(everything)s ELSE subscription.interests & %(carried)s END,
  subscriber.text_only, subscriber.tracked AND %(tracked)s
FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
{_WERE_MEMBERS}
"""

# Nobody has an edition that is new, so that need not be asked.
_REASONS = reasons("subscriber.address_key", "subscriber.id", "FALSE")

FORGET = "DROP TABLE IF EXISTS candidate"

CHOOSE = f"""
CREATE TEMPORARY TABLE candidate AS
SELECT chosen.*, (chosen.first * chosen.first %% {PRIME} * {TURN} + chosen.first) %% {PRIME} AS mix
FROM (
  SELECT
    subscriber.id AS subscriber_id,
    subscriber.address_key AS address_key,
    variant.id AS variant_id,
    {CAN_TELL} AS watched,
    subscription.left_at AS left_at,
    ((subscriber.id - %(before)s) * {STEP} + %(salt)s) %% {PRIME} AS first,
    ((subscriber.id - %(before)s) * {TURN} + %(habit)s) %% {PRIME} AS habit,
    CASE {_REASONS}
    END AS reason
  FROM (
    SELECT subscription.subscriber_id, subscription.everything, subscription.interests,
      CASE WHEN subscription.status IN ('paused', 'unsubscribed') AND subscription.changed_at > %(now)s
        THEN 'active' ELSE subscription.status END AS status,
      CASE WHEN subscription.status = 'unsubscribed' AND subscription.changed_at <= %(until)s
        THEN subscription.changed_at END AS left_at
    FROM subscription {_WERE_MEMBERS}
  ) AS subscription
  JOIN subscriber ON subscriber.id = subscription.subscriber_id
{JOIN_VARIANT}) AS chosen
"""

COUNT_READERS = """
SELECT variant_id, count(*) FROM candidate WHERE reason IS NULL GROUP BY variant_id ORDER BY variant_id
"""

COUNT_WRITTEN = "SELECT count(*) FROM delivery WHERE send_id = %(send)s"

_COLUMNS = (
    "send_id, edition_id, subscriber_id, address_key, test_address, variant_id, batch_id, state, reason"
)

EXCLUDE = f"""
INSERT INTO delivery ({_COLUMNS})
SELECT %(send)s, %(edition)s, subscriber_id, address_key, '', NULL, NULL, 'excluded', reason
FROM candidate WHERE reason IS NOT NULL ORDER BY subscriber_id
"""


def deliver() -> str:
    """Return the statement that writes each reader's copy, with all that came of it."""
    columns = times()
    return f"""
WITH placed AS (
  SELECT candidate.*, variant_id * 1000000 + (
    ROW_NUMBER() OVER (PARTITION BY variant_id ORDER BY subscriber_id) - 1
  ) / %(size)s AS place
  FROM candidate WHERE reason IS NULL
),
cut AS (
  SELECT id, fired_at,
    variant_id * 1000000 + ROW_NUMBER() OVER (PARTITION BY variant_id ORDER BY id) - 1 AS place
  FROM batch WHERE send_id = %(send)s
)
INSERT INTO delivery ({_COLUMNS}, {", ".join(columns)})
SELECT %(send)s, %(edition)s, subscriber_id, address_key, '', variant_id, cut.id, NULL, NULL,
  {", ".join(columns.values())}
FROM placed JOIN cut ON cut.place = placed.place
ORDER BY cut.id, subscriber_id
"""
