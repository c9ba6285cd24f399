"""What the transport's own log knows of batches that are unknown: asked for a few readers of each."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings

from mailer import batches
from mailer.database import fetch
from mailer.models import Attempt, Batch
from mailer.transports import sendgrid
from mailer.transports.chosen import SANDBOX_KEY
from mailer.transports.sendgrid_logs import Question, ask
from mailer.vocabulary import BatchState

MOST_ASKED = 10  # readers of one batch
SKEW = dt.timedelta(minutes=2)  # what two clocks may differ by

READ_SAMPLE = """
SELECT delivery.id, subscriber.address FROM delivery
JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.batch_id = %s AND delivery.state IS NULL ORDER BY delivery.id LIMIT %s
"""


@dataclass(frozen=True)
class LookedUp:
    """What the log said: batches asked about, batches it proved, and, where it did not say all, why.

    `alike` counts batches of whose letter the log knows the subject and reader, but not our own id: a hint
    to a person, and no proof.
    """

    asked: int
    proved: int
    alike: int
    incomplete: str


def look_up(send: int, *, now: dt.datetime) -> LookedUp:
    """Ask about every unknown batch of a send; what carries our own id is proof, whatever its age."""
    configuration = settings.CONFIGURATION
    if not configuration.sandboxed and not configuration.sendgrid_api_key:
        return LookedUp(0, 0, 0, "SENDGRID_API_KEY is not set, so its log cannot be asked")
    unknown = Batch.objects.filter(send=send, state=BatchState.UNKNOWN).select_related("variant")
    proved, alike, incomplete = 0, 0, ""
    asked = [batch for batch in unknown.order_by("pk") if batch.attempt and _by_sendgrid(batch.attempt)]
    for batch in asked:
        sample = fetch(READ_SAMPLE, [batch.pk, MOST_ASKED])
        since = (batch.fired_at or now) - SKEW
        attempt = batch.attempt or uuid.UUID(int=0)
        found = ask(
            configuration.sendgrid_api_key or SANDBOX_KEY,
            configuration.transport_url,
            configuration.timings.answer_timeout,
            [Question(address, batch.variant.subject, since, now, attempt.hex) for _, address in sample],
        )
        incomplete = incomplete or found.detail
        theirs = {
            delivery
            for (delivery, _), finding in zip(sample, found.findings, strict=True)
            if finding.this_attempt
        }
        if theirs:
            batches.prove({attempt: theirs}, now=now, by="lookup")
            proved += 1
        elif any(finding.known and finding.this_attempt is None for finding in found.findings):
            alike += 1
    return LookedUp(len(asked), proved, alike, incomplete)


def _by_sendgrid(attempt: uuid.UUID) -> bool:
    return Attempt.objects.filter(pk=attempt, transport=sendgrid.NAME).exists()
