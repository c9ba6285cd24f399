"""One edition of a seeded list, from its text to what came back, in one transaction.

The importer reads its text, the renderer makes its letters, and the freeze's own rules say who gets one and
why others do not. Only the transport is left out.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mailer import editions, reports, variants
from mailer.audience import frame_of
from mailer.database import Row, execute, fetch, instant, one_snapshot
from mailer.look import look_of
from mailer.models import Attempt, Batch, Edition, Send, Story
from mailer.seeding import audience, chance, happenings
from mailer.seeding.errors import SeedError
from mailer.seeding.standing import LEAVE_FROM, LEAVE_WITHIN, ONE_CLICK
from mailer.tallies import rebuilding
from mailer.transports import sendgrid
from mailer.transports.sendgrid_verdict import ACCEPTED
from mailer.vocabulary import AnswerKind, BatchState, EditionStatus, SendStatus
from subscribers.models import List

SAMPLE = Path(editions.__file__).parent / "samples" / "edition.md"
AUTHOR = "mailer seed"
USEFUL_LIFE = dt.timedelta(days=1)
# Seconds until the first request leaves; between two at most; between the first and the last at most.
FIRST_REQUEST, SLOWEST, ALL_REQUESTS = 5, 2, 600
ANSWERED, FINISHED = 1, 15 * 60  # seconds after a request, and after the first


@dataclass(frozen=True)
class Issue:
    """An edition to be made: the `number`-th of its list, counted from 1; `first` is the row of person 1."""

    word: str
    owner: List
    place: int
    number: int
    at: dt.datetime
    first: int


def made(lists: Iterable[List]) -> QuerySet[Send]:
    """Return the sends of these lists that were made here."""
    return Send.objects.filter(edition__list__in=lists, created_by=AUTHOR)


def make(issue: Issue) -> None:
    """Make an edition and its send, which is done, unless it is there. Call it in no transaction."""
    with transaction.atomic():
        one_snapshot()
        if made([issue.owner]).count() >= issue.number:
            return
        send = _send(issue)
        frame = _frame(issue, send)
        _render(issue, send, frame)
        candidates = fetch(audience.COUNT, frame)[0][0]
        execute(audience.FORGET)
        execute(audience.CHOOSE, frame)
        readers = fetch(audience.COUNT_READERS)
        _accept(issue, send, readers)
        execute(audience.deliver(), frame)
        execute(audience.EXCLUDE, frame)
        execute(audience.FORGET)
        written = fetch(audience.COUNT_WRITTEN, frame)[0][0]
        if written != candidates:
            raise SeedError(
                f"{candidates:,} people were on {issue.owner.slug}, but {written:,} deliveries were written;"
                f" nothing of this edition was kept: try again while nobody else changes these lists"
            )
        Send.objects.filter(pk=send.pk).update(frozen_at=issue.at, candidates=candidates)
        _come_back(send, frame)


def _send(issue: Issue) -> Send:
    """Import and approve the text, and write the row of its send, which nobody sees before all is done."""
    written, done = issue.at - dt.timedelta(hours=3), issue.at + dt.timedelta(seconds=FINISHED)
    edition = editions.import_text(issue.owner, _text(issue), author=AUTHOR, now=written).edition
    approval = editions.approve(edition, by=AUTHOR, now=written + dt.timedelta(hours=1))
    Edition.objects.filter(pk=edition.pk).update(status=EditionStatus.DONE, changed_at=done)
    return Send.objects.create(
        edition=edition,
        revision=approval.revision,
        approval=approval,
        content_hash=approval.content_hash,
        title=edition.title,
        sender_name=issue.owner.sender_name,
        sender_address=issue.owner.sender_address,
        reply_to=issue.owner.reply_to,
        scheduled_at=issue.at,
        status=SendStatus.DONE,
        useful_until=issue.at + USEFUL_LIFE,
        finished_at=done,
        created_by=AUTHOR,
        created_at=written + dt.timedelta(hours=2),
    )


def _frame(issue: Issue, send: Send) -> dict[str, Any]:
    """Return what all statements are asked with: those of the freeze, and those of chance."""
    frame = frame_of(send, look_of(issue.owner), size=sendgrid.MOST_READERS, now=issue.at, useful_life=0)
    return frame | {
        "before": issue.first - 1,
        "salt": chance.salt(issue.word, "letters", issue.place, issue.number),
        "habit": chance.salt(issue.word, "habits"),
        "one_click": ONE_CLICK,
        "until": instant(issue.at + dt.timedelta(seconds=LEAVE_FROM + LEAVE_WITHIN)),
    }


def _render(issue: Issue, send: Send, frame: dict[str, Any]) -> None:
    """Make each letter that somebody on the list may get."""
    keys = {(int(bits), bool(text), bool(tracked)) for bits, text, tracked in fetch(audience.KEYS, frame)}
    variants.make(send.revision, look_of(issue.owner), send.content_hash, keys, now=issue.at)


def _text(issue: Issue) -> bytes:
    """Return the sample as this edition: its list, its number, its date."""
    text = SAMPLE.read_text(encoding="utf-8")
    for field, value in {
        "list": issue.owner.slug,
        "title": f"{issue.owner.name} {issue.number}: Who Builds, Who Buys, Who Listens",
        "date": f"{issue.at:%Y-%m-%d}",
    }.items():
        before, begins, rest = text.partition(f"\n{field}: ")
        text = "".join((before, begins, value, *rest.partition("\n")[1:]))
    return text.encode()


def _accept(issue: Issue, send: Send, readers: list[Row]) -> None:
    """Cut the readers of each variant into batches, of which each had one request that was accepted."""
    size = sendgrid.MOST_READERS
    cuts = [(variant, min(size, n - start)) for variant, n in readers for start in range(0, n, size)]
    batches, attempts = [], []
    for place, (variant, n) in enumerate(cuts):
        name = hashlib.sha256(f"{issue.word}\0{issue.place}\0{issue.number}\0{place}".encode())
        attempt = uuid.UUID(bytes=name.digest()[:16], version=4)
        seconds = FIRST_REQUEST + min(place * SLOWEST, place * ALL_REQUESTS // len(cuts))
        fired = issue.at + dt.timedelta(seconds=seconds)
        batches.append(
            Batch(
                send=send, variant_id=variant, state=BatchState.ACCEPTED, attempt=attempt, fired_at=fired, n=n
            )
        )
        attempts.append(
            Attempt(
                id=attempt,
                batch=batches[-1],
                transport=sendgrid.NAME,
                n=n,
                fired_at=fired,
                payload_hash=name.hexdigest(),
                answer=AnswerKind.ACCEPTED,
                status=ACCEPTED,
                message_id=f"seed-{name.hexdigest()[:20]}",
                settled_at=fired + dt.timedelta(seconds=ANSWERED),
                settled_by="answer",
            )
        )
    Batch.objects.bulk_create(batches)
    Attempt.objects.bulk_create(attempts)


def _come_back(send: Send, frame: dict[str, Any]) -> None:
    """Tell the events of what came of each letter, and suppress who bounced, complained or left."""
    first, last = fetch(reports.READ_SPAN, [send.pk])[0]
    links = Story.objects.filter(revision=send.revision).exclude(url="").values_list("url", flat=True)
    frame |= {"first": first, "last": last}
    for place, url in enumerate(links):
        frame |= {
            f"url{place}": url,
            f"key{place}": hashlib.blake2b(url.encode(), digest_size=16).hexdigest(),
        }
    execute(happenings.tell(), frame)
    execute(happenings.tell_clicks(len(links)), frame)
    execute(happenings.SUPPRESS, frame)
    rebuilding.rebuild(send.pk)
