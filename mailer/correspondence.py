"""What one person was sent, over all editions: how many copies had which outcome."""

from mailer.database import fetch
from mailer.reports import OUTCOME_ORDER, OUTCOMES
from subscribers.addresses import address_key, parse

COUNT_OUTCOMES = """
SELECT coalesce(delivery.state, batch.state), count(*)
FROM delivery
JOIN send ON send.id = delivery.send_id
LEFT JOIN batch ON batch.id = delivery.batch_id
WHERE send.kind <> 'test'
  AND delivery.subscriber_id = (SELECT id FROM subscriber WHERE address_key = %s)
GROUP BY coalesce(delivery.state, batch.state)
"""


def outcomes(address: str) -> dict[str, int]:
    """Return how many copies of the person who has this address had which outcome; none of a stranger.

    Raises AddressError.
    """
    counts: dict[str, int] = {}
    for state, copies in fetch(COUNT_OUTCOMES, [address_key(parse(address).canonical)]):
        outcome = str(OUTCOMES.get(state, state))
        counts[outcome] = counts.get(outcome, 0) + copies
    return {name: counts[name] for name in OUTCOME_ORDER if name in counts}
