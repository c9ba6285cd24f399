"""What nobody could tell of a send: a relay takes letters and says no more, and what comes back is mail."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from mailer.database import fetch, marks
from mailer.models import Send
from mailer.thresholds import Told
from mailer.transports import smtp
from mailer.vocabulary import Measure

# Of sends that a relay alone carried. Each looks for another transport first, and ends at the first it finds.
READ_BY_RELAY = """
SELECT send.id FROM send
WHERE send.id IN ({marks}) AND CASE
  WHEN (
    SELECT 1 FROM batch JOIN attempt ON attempt.batch_id = batch.id
    WHERE batch.send_id = send.id AND attempt.transport <> %s LIMIT 1
  ) IS NOT NULL THEN FALSE
  ELSE EXISTS (SELECT 1 FROM batch JOIN attempt ON attempt.batch_id = batch.id WHERE batch.send_id = send.id)
END
"""

# A relay does not tell; a mail server far away may, of a few copies, which says nothing of the others.
BY_A_SERVICE = frozenset({Measure.PROCESSED, Measure.DELIVERED, Measure.DROPPED})
# Comes to the bounce address. Without one it goes to the sender, and nothing is known here.
BY_MAIL = frozenset({Measure.DEFERRED, Measure.BOUNCED, Measure.BLOCKED, Measure.COMPLAINED})
BY_ANY_TRANSPORT = BY_A_SERVICE | BY_MAIL
# What the links and the picture of a letter tell, where it has them.
BY_READERS = frozenset({Measure.OPENED, Measure.MACHINE_OPENED, Measure.CLICKED, Measure.MACHINE_CLICKED})

# Accepted copies that can tell of opens and clicks: batches whole, and copies that stand for themselves.
COUNT_COPIES = """
SELECT accepted.send_id, sum(accepted.n) FROM (
  SELECT send_id, variant_id, n FROM batch WHERE send_id IN ({sends}) AND state = 'accepted'
  UNION ALL
  SELECT send_id, variant_id, 1 FROM delivery WHERE send_id IN ({sends}) AND state = 'accepted'
) AS accepted
JOIN variant ON variant.id = accepted.variant_id
WHERE variant.tracked AND NOT variant.text_only
GROUP BY accepted.send_id
"""


def told(
    sends: Sequence[Send], totals: Mapping[int, Mapping[Measure, int]], measures: frozenset[Measure]
) -> dict[int, Told]:
    """Return the totals of each send, None for what nobody could tell of; all are while they are counted.

    `measures` are those that somebody will look at: who carried a send is asked only for their sake.
    """
    by_mail = frozenset() if settings.CONFIGURATION.smtp.bounce_address else BY_MAIL
    asked = measures & (BY_A_SERVICE | by_mail)
    # Only a service says that it has begun with a copy: then it was no relay, and nobody has to look.
    unsaid = [send.pk for send in sends if send.tallied and not totals[send.pk].get(Measure.PROCESSED)]
    silent = _by_relay(unsaid) if asked else set()
    found: dict[int, Told] = {}
    for send in sends:
        mine = totals[send.pk]
        if not send.tallied:
            found[send.pk] = dict.fromkeys(mine)
        elif send.pk in silent:
            unheard = BY_A_SERVICE | {measure for measure in by_mail if not mine.get(measure)}
            found[send.pk] = {measure: None if measure in unheard else n for measure, n in mine.items()}
        else:
            found[send.pk] = mine
    return found


def counted(sends: Sequence[int]) -> dict[int, int]:
    """Return how many accepted copies of each send can tell of opens and clicks, of sends that have any.

    Those are letters with HTML, to readers who let themselves be counted, of lists that count.
    """
    if not sends:
        return {}
    statement = COUNT_COPIES.format(sends=marks(sends))
    return {send: int(n) for send, n in fetch(statement, [*sends] * 2)}


def _by_relay(sends: Sequence[int]) -> set[int]:
    if not sends:
        return set()
    return {send for (send,) in fetch(READ_BY_RELAY.format(marks=marks(sends)), [*sends, smtp.NAME])}
