"""Tell whoever owns a list when complaints or bounces of a send pass what mail providers bear.

Once for each send and matter: the letter's row decides, whoever asks and however often (mailer.notices).
"""

import datetime as dt

from django.db import transaction

from mailer import notices, reports
from mailer.models import Send
from mailer.notices import News
from mailer.tallies import reading
from mailer.thresholds import HELD_AGAINST, Limits, limits
from mailer.vocabulary import SendKind

# Nearly all of it comes in the first days. What an installation learns later by counting anew is no news.
DAYS = 14


def tell(*, now: dt.datetime) -> None:
    """Write a letter for each send of late whose complaints or bounces are too many, unless there is one."""
    frozen = Send.objects.filter(frozen_at__gte=now - dt.timedelta(days=DAYS), tallied=True)
    recent = list(frozen.exclude(kind=SendKind.TEST).values_list("pk", flat=True))
    came = reading.totals_of(recent, HELD_AGAINST)
    # A share wants what was accepted, which is a sum over batches: only of sends where it is no chance.
    worth = [number for number in recent if _enough(limits(came[number], accepted=0))]
    for number, accepted in reports.accepted(worth).items():
        found = limits(came[number], accepted=accepted)
        for news, figure in ((News.COMPLAINTS, found.complaints), (News.BOUNCES, found.bounces)):
            if figure.passed:
                with transaction.atomic():
                    notices.tell(Send(pk=number), news, now=now, harm=found)


def _enough(found: Limits) -> bool:
    return found.complaints.enough or found.bounces.enough
