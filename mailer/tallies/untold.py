"""What nobody could tell of a send: a relay takes letters and says no more, and what comes back is mail."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from mailer.database import fetch, marks
from mailer.models import Send
from mailer.models.editions import CAN_TELL
from mailer.tallies import reading
from mailer.thresholds import Told
from mailer.transports import smtp
from mailer.vocabulary import Measure

# Who carried a send, and whether what a mail server says later could come back here. Requests that certainly
# were not taken carried nothing; of those made before it was kept, nobody knows (NULL).
READ_CARRIERS = """
SELECT DISTINCT batch.send_id, attempt.transport, attempt.return_path
FROM batch JOIN attempt ON attempt.batch_id = batch.id
WHERE batch.send_id IN ({marks})
  AND (attempt.answer IS NULL OR attempt.answer NOT IN ('not_accepted', 'refused', 'address_refused'))
"""

# A relay does not tell; a mail server far away may, of a few copies, which says nothing of the others.
BY_A_SERVICE = frozenset({Measure.PROCESSED, Measure.DELIVERED, Measure.DROPPED})
# Comes to the bounce address. Without one it goes to the sender, and nothing is known here.
BY_MAIL = frozenset({Measure.DEFERRED, Measure.BOUNCED, Measure.BLOCKED, Measure.COMPLAINED})
BY_ANY_TRANSPORT = BY_A_SERVICE | BY_MAIL
# What the links and the picture of a letter tell, where it has them.
BY_READERS = frozenset({Measure.OPENED, Measure.MACHINE_OPENED, Measure.CLICKED, Measure.MACHINE_CLICKED})

# Accepted copies that can tell of opens and clicks: batches whole, and copies that stand for themselves.
COUNT_COPIES = f"""
SELECT accepted.send_id, list.tracked, sum(accepted.n) FROM (
  SELECT send_id, variant_id, n FROM batch WHERE send_id IN ({{sends}}) AND state = 'accepted'
  UNION ALL
  SELECT send_id, variant_id, 1 FROM delivery WHERE send_id IN ({{sends}}) AND state = 'accepted'
) AS accepted
JOIN variant ON variant.id = accepted.variant_id
JOIN send ON send.id = accepted.send_id
JOIN edition ON edition.id = send.edition_id
JOIN list ON list.id = edition.list_id
WHERE {CAN_TELL}
GROUP BY accepted.send_id, list.tracked
"""


def told(
    sends: Sequence[Send], totals: Mapping[int, Mapping[Measure, int]], measures: frozenset[Measure]
) -> dict[int, Told]:
    """Return the totals of each send, None for what nobody could tell of; all are while they are counted.

    `measures` are those that somebody will look at: who carried a send is asked only for their sake.
    """
    # Only a service says that it has begun with a copy: then it was no relay, and nobody has to look.
    unsaid = [send.pk for send in sends if send.tallied and not totals[send.pk].get(Measure.PROCESSED)]
    silent = _silent(unsaid) if measures & BY_ANY_TRANSPORT else {}
    found: dict[int, Told] = {}
    for send in sends:
        mine = totals[send.pk]
        if not send.tallied:
            found[send.pk] = dict.fromkeys(mine)
        else:
            unsaid_of = silent.get(send.pk, frozenset())
            unheard = BY_A_SERVICE & unsaid_of | {each for each in BY_MAIL & unsaid_of if not mine.get(each)}
            found[send.pk] = {measure: None if measure in unheard else n for measure, n in mine.items()}
    return found


def counted(sends: Sequence[int]) -> dict[int, int]:
    """Return how many accepted copies of each send can tell of opens and clicks, of sends that have any.

    Those are letters with HTML, to readers who let themselves be counted, of lists that count. Of a list that
    does so no more they still could until then, if one did.
    """
    if not sends:
        return {}
    rows = fetch(COUNT_COPIES.format(sends=marks(sends)), [*sends] * 2)
    stopped = [send for send, counts, _ in rows if not counts]
    told_before = reading.totals_of(stopped, BY_READERS)
    return {send: int(n) for send, counts, n in rows if counts or any(told_before[send].values())}


def _silent(sends: Sequence[int]) -> dict[int, frozenset[Measure]]:
    """Return what nobody could tell of each send that a relay alone carried."""
    if not sends:
        return {}
    carriers: dict[int, set[tuple[str, bool | None]]] = {}
    for send, transport, came_back in fetch(READ_CARRIERS.format(marks=marks(sends)), list(sends)):
        carriers.setdefault(send, set()).add((transport, came_back))
    return {
        send: BY_A_SERVICE | (frozenset() if any(_comes_back(how) for _, how in of) else BY_MAIL)
        for send, of in carriers.items()
        if {transport for transport, _ in of} == {smtp.NAME}
    }


def _comes_back(kept: bool | None) -> bool:  # noqa: FBT001 - a column
    """Return whether a letter had a return path of ours; of an old one, as the settings are today."""
    return bool(settings.CONFIGURATION.smtp.bounce_address) if kept is None else bool(kept)
