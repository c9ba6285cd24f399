"""Tell whoever owns a list when complaints or bounces of a send pass what mail providers bear.

Once for each send and matter: the letter's row decides, whoever asks and however often (mailer.notices).
"""

import datetime as dt

from django.db import transaction

from mailer import notices, reports
from mailer.metrics import sends
from mailer.models import Send
from mailer.notices import News
from mailer.thresholds import Sums
from mailer.vocabulary import SendKind

# Nearly all of it comes in the first days. What an installation learns later by counting anew is no news.
DAYS = 14


def tell(*, now: dt.datetime) -> None:
    """Write a letter for each send of late whose complaints or bounces are too many, unless there is one."""
    frozen = Send.objects.filter(frozen_at__gte=now - dt.timedelta(days=DAYS), tallied=True)
    recent = list(frozen.exclude(kind=SendKind.TEST).values_list("pk", flat=True))
    came = {number: told for number, told in sends.told(recent).items() if matters(Sums(1, told))}
    for number, accepted in reports.accepted(came).items():
        sums = Sums(accepted, came[number])
        for news in matters(sums):
            with transaction.atomic():
                notices.tell(Send(pk=number), news, now=now, sums=sums)


def matters(sums: Sums) -> list[News]:
    """Return what of a send is worth a letter."""
    return [
        news
        for news, so in (
            (News.COMPLAINTS, sums.too_many_complaints),
            (News.BOUNCES, sums.too_many_bounces),
        )
        if so
    ]
