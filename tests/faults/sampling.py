"""The sums of a send, looked at again and again while everything goes wrong."""

from dataclasses import dataclass, field

from mailer.database import fetch
from mailer.vocabulary import SendStatus

# One statement is one moment: a sum of I2, and batches whose n is not what they hold.
SAMPLE = """
SELECT
  send.id, send.status, send.candidates, send.frozen_at,
  (SELECT count(*) FROM delivery WHERE delivery.send_id = send.id),
  (SELECT coalesce(sum(n), 0) FROM batch WHERE batch.send_id = send.id
    AND batch.state NOT IN ('split', 'resent', 'closed')),
  (SELECT count(*) FROM delivery WHERE delivery.send_id = send.id AND state IS NOT NULL),
  (SELECT coalesce(sum(n), 0) FROM batch WHERE batch.send_id = send.id AND batch.state = 'unknown'),
  (SELECT count(*) FROM batch WHERE batch.send_id = send.id AND batch.n <>
    (SELECT count(*) FROM delivery WHERE delivery.batch_id = batch.id AND delivery.state IS NULL)),
  (SELECT count(*) FROM batch WHERE batch.send_id = send.id AND batch.n <> 0
    AND batch.state IN ('split', 'resent', 'closed')),
  (SELECT count(*) FROM batch WHERE batch.send_id = send.id
    AND batch.state IN ('pending', 'claimed', 'submitting'))
FROM send ORDER BY send.id
"""


@dataclass
class Sampler:
    """Looks at the sums again and again while everything goes wrong."""

    samples: int = 0
    violations: set[str] = field(default_factory=set)
    _frozen: dict[int, tuple[int, str]] = field(default_factory=dict)

    def look(self) -> None:
        """Check I2, I11 and I12 at this moment."""
        self.samples += 1
        for (
            send,
            status,
            candidates,
            frozen_at,
            rows,
            in_batches,
            own,
            unknown,
            wrong,
            ghosts,
            under_way,
        ) in fetch(SAMPLE):
            if frozen_at is None:
                if rows:
                    self.violations.add(f"I12: send {send} has {rows} deliveries and is not frozen")
                continue
            known = self._frozen.setdefault(send, (candidates, str(frozen_at)))
            if known != (candidates, str(frozen_at)):
                self.violations.add(f"I12: send {send} was frozen twice")
            if candidates != in_batches + own or candidates != rows:
                self.violations.add(
                    f"I2: send {send}: {candidates} candidates, {rows} rows, {in_batches} in batches,"
                    f" {own} of their own"
                )
            if wrong or ghosts:
                self.violations.add(
                    f"I2: send {send}: {wrong} batches miscounted, {ghosts} that should hold nobody"
                )
            if status in {SendStatus.DONE, SendStatus.DONE_WITH_GAPS} and (unknown or under_way):
                self.violations.add(
                    f"I11: send {send} is {status} with {unknown} unknown, {under_way} batches open"
                )
