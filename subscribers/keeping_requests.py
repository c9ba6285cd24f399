"""Keep what was asked for on pages no longer than it can lead to something."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from subscribers import brakes
from subscribers.asking import LIFE
from subscribers.models import Letter, List, Request
from subscribers.vocabulary import OutboxKind, OutboxState, RequestKind

USED_FOR = dt.timedelta(days=30)
# Letters that hold an address of their own, since it is nobody's yet.
_TO_STRANGERS = (OutboxKind.CONFIRMATION, OutboxKind.LINK)
_LETTER_OVER = (OutboxState.ACCEPTED, OutboxState.UNKNOWN, OutboxState.REJECTED, OutboxState.CANCELLED)


def ended_requests(*, now: dt.datetime) -> QuerySet[Request]:
    """Return what was asked for on pages and can lead to nothing any more.

    A link that was used says so for a month; a sign-up waits no longer than its list keeps one.
    """
    ended = Q(used_at__lt=now - USED_FOR)
    for kind, life in LIFE.items():
        unused = Q(kind=kind, used_at=None)
        ended |= unused & Q(written_at__lt=now - life)
        ended |= unused & Q(written_at=None, asked_at__lt=now - life)
    for owner in List.objects.filter(keep_pending_days__lt=LIFE[RequestKind.SIGN_UP].days):
        before = now - dt.timedelta(days=owner.keep_pending_days or 0)
        ended |= Q(kind=RequestKind.SIGN_UP, used_at=None, list=owner, asked_at__lt=before)
    return Request.objects.filter(ended)


def forget_requests(*, now: dt.datetime, dry_run: bool = False) -> int:
    """Remove what was asked for on pages and is over, with its letters; return how many requests.

    Who never confirmed is then nowhere any more, but for the hashes that brakes count for a month.
    """
    if dry_run:
        return ended_requests(now=now).count()
    with transaction.atomic():
        letters = Letter.objects.filter(kind__in=_TO_STRANGERS, subscriber=None, state__in=_LETTER_OVER)
        letters.filter(created_at__lt=now - LIFE[RequestKind.SIGN_UP]).delete()
        brakes.release(now=now)
        return ended_requests(now=now).delete()[0]
