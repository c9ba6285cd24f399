"""Tell whoever owns a list, by mail, when a send is paused, missed, unknown, done or cancelled, or does harm.

The letter is written in the transaction of what it tells of, and leaves by itself (mailer.outbox).
"""

import datetime as dt
import hashlib
from dataclasses import asdict

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Min

from mailer import doorbell, reports
from mailer.database import fetch, instant
from mailer.letters.notice import Facts, News
from mailer.letters.setting import LANGUAGE
from mailer.models import Attempt, Batch, Send
from mailer.thresholds import Limits
from mailer.transports.words import without_addresses
from mailer.vocabulary import BatchState, SendKind
from subscribers.models import Letter, List
from subscribers.vocabulary import OutboxKind

__all__ = ["News", "tell"]

INSERT_LETTER = """
INSERT INTO letter
  (kind, list_id, address, language, "values", occasion, state, answer, message_id, created_at)
VALUES (%s, %s, %s, %s, %s, %s, 'pending', '', '', %s)
ON CONFLICT (occasion) DO NOTHING
RETURNING id
"""


def tell(send: Send, news: News, *, now: dt.datetime, words: str = "", harm: Limits | None = None) -> bool:
    """Write the owner of the send's list one letter; return whether this call wrote it.

    Call it in the transaction that makes the news true, once that is written. The same news twice is one
    letter, so a sweep may call it again for whatever is still so. `words`, where there are any, say why, as
    the transport or the person did; of a pause they are the send's own if left out. `harm` is what came
    of its copies, of complaints and bounces. Of a test nobody is told.
    """
    row = Send.objects.select_related("edition__list").get(pk=send.pk)
    occasion = _occasion(row, news) if row.kind != SendKind.TEST else ""
    # Seen before the ledger is summed up: mostly there is nothing new.
    if not occasion or Letter.objects.filter(occasion=occasion).exists():
        return False
    owner = row.edition.list
    values = orjson.dumps(asdict(_facts(row, news, words, harm))).decode()
    written = fetch(
        INSERT_LETTER,
        [OutboxKind.NOTICE.value, owner.pk, _address(owner), LANGUAGE, values, occasion, instant(now)],
    )
    letters = [letter for (letter,) in written]
    transaction.on_commit(lambda: doorbell.ring("mailer.letter", *letters))
    return bool(written)


def _occasion(send: Send, news: News) -> str:
    """Return what names this piece of news for ever, from rows that stay as they are while it is so.

    '' where there is nothing to tell.
    """
    about = f"send {send.pk} {news.value}"
    if news is News.PAUSED:
        # Nothing is fired while a send is paused. Paused again for the same reason without a request in
        # between, the owner has this very letter already.
        requests = Attempt.objects.filter(batch__send=send).count()
        return f"{about} {requests} {hashlib.sha256(send.pause_reason.encode()).hexdigest()[:16]}"
    if news is News.UNKNOWN:
        # As long as the oldest is undecided, the owner knows that there is something to decide.
        doubted = Batch.objects.filter(send=send, state=BatchState.UNKNOWN)
        oldest = doubted.aggregate(oldest=Min("pk"))["oldest"]
        return f"{about} {oldest}" if oldest else ""
    if news is News.MISSED:
        # One that is resumed is due anew, and may be missed again.
        return f"{about} {instant(send.scheduled_at)}"
    return about


def _facts(send: Send, news: News, words: str, harm: Limits | None) -> Facts:
    owner, ledger = send.edition.list, reports.ledger(send)
    said = words or (send.pause_reason if news is News.PAUSED else "")
    return Facts(
        news=news,
        list_name=owner.name,
        list_slug=owner.slug,
        send=send.pk,
        edition=send.edition_id,
        title=send.title,
        due=f"{send.wall_time} {send.zone}" if send.wall_time else _in_utc(send.scheduled_at),
        candidates=ledger.candidates,
        outcomes=ledger.outcomes,
        reasons=ledger.reasons,
        possibly_twice=reports.twice(send),
        words=without_addresses(said),
        undecided_until=_in_utc(send.useful_until) if send.useful_until else "",
        when_unknown=owner.when_unknown,
        sandboxed=settings.CONFIGURATION.sandboxed,
        complained=(harm.complaints.copies or 0) if harm else 0,
        bounced=(harm.bounces.copies or 0) if harm else 0,
        arrived=harm.complaints.base if harm else 0,
        accepted=harm.bounces.base if harm else 0,
        report=f"{settings.CONFIGURATION.base_url}/desk/sends/{send.pk}/report",
    )


def _address(owner: List) -> str:
    return owner.owner_address or owner.reply_to or owner.sender_address


def _in_utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
