"""Editions as the public may or may not see them: sent to everybody, corrected, under way."""

import datetime as dt
from typing import Any

from mailer import editions
from mailer.models import Approval, Batch, Edition, Revision, Send, Variant
from mailer.vocabulary import BatchState, SendKind, SendStatus
from subscribers.models import List
from tests.stage import EDITION, NOW, an_edition

WEEK = dt.timedelta(days=7)


def a_send_of(edition: Edition, revision: Revision | None = None, **said: Any) -> Send:  # noqa: ANN401 - columns of a send
    """Return a send that stands where it is said to: over, to everybody, if nothing is said."""
    revision = revision or editions.newest(edition)
    approval = Approval.objects.create(revision=revision, content_hash="", by="ed", at=NOW)
    at = said.get("scheduled_at", NOW)
    known = {"kind": SendKind.SEND, "status": SendStatus.DONE, "scheduled_at": NOW, "finished_at": at}
    return Send.objects.create(
        edition=edition, revision=revision, approval=approval, created_at=NOW, **(known | said)
    )


def left(send: Send, state: BatchState = BatchState.ACCEPTED) -> Send:
    """Let a letter of a send leave, or stand otherwise."""
    name = f"{send.pk} {state}"
    variant = Variant.objects.create(revision=send.revision, language="en", hash=name, created_at=NOW)
    attempt = None if state == BatchState.ACCEPTED else "6f1ed002-ab55-4a9c-8d5f-1a2b3c4d5e6f"
    Batch.objects.create(send=send, variant=variant, state=state, n=1, attempt=attempt)
    return send


def published(owner: List, text: bytes = EDITION, *, weeks: int = 0) -> Edition:
    """Return an edition that everybody was sent `weeks` after NOW."""
    edition = an_edition(owner, text)
    at = NOW + weeks * WEEK
    a_send_of(edition, scheduled_at=at, finished_at=at + dt.timedelta(minutes=5))
    return edition


def many(owner: List, count: int) -> list[Edition]:
    """Return editions, one a week, oldest first; each has its number in its title and its date."""
    return [
        published(
            owner,
            EDITION.replace(b"seen from elsewhere", b"number %d" % number).replace(
                b"2026-12-01", str((NOW + number * WEEK).date()).encode()
            ),
            weeks=number,
        )
        for number in range(count)
    ]


def corrected(owner: List, before: bytes, now: bytes = EDITION, *, some_left: bool = True) -> Edition:
    """Return an edition of which some letters may have left before its text was corrected an hour later."""
    edition = an_edition(owner, before)
    first = a_send_of(edition, status=SendStatus.CANCELLED)
    if some_left:
        left(first)
    at = NOW + dt.timedelta(hours=1)
    revision = editions.revise(edition, now, author="ed", now=at)
    a_send_of(edition, revision, kind=SendKind.CORRECTION, corrects=first, scheduled_at=at, finished_at=at)
    return edition
