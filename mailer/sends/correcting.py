"""Stop the press: those who have not had the letter get corrected text, everybody else is left in peace."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from mailer import editions, seconding
from mailer.checking import Checked
from mailer.faultpoints import reach
from mailer.look import content_hash, look_of
from mailer.models import Batch, Edition, Revision, Send
from mailer.seconding import Person
from mailer.sends.controlling import cancel, locked, noted
from mailer.sends.errors import SavedMeanwhileError, SendError
from mailer.sends.scheduling import approval_of, find, made
from mailer.timetable import Instant
from mailer.vocabulary import BatchState, EditionStatus, SendKind, SendStatus

# Of readers to whom nothing has left.
_UNSENT = (BatchState.PENDING, BatchState.CLAIMED, BatchState.CANCELLED)


@dataclass(frozen=True)
class Tried:
    """What a correction would be: the text that left, the corrected one as it is kept, and preflight's word.

    `second_word`: the list wants another person's approval of it, which is wanting; `authors` may not give
    it.
    """

    first: str
    text: str
    checked: Checked
    second_word: bool
    authors: tuple[Person, ...] = ()


def correct(
    number: int, text: bytes, *, by: str, now: dt.datetime, word: str = "", over: int | None = None
) -> Send:
    """Cancel a send and send `text` to the readers of what had not left; return the correction.

    The text is read and checked first: a fault in it (the manuscript's errors, with lines; BlockedError)
    stops nothing and changes nothing. `word` says why its warnings may stand. `over` is the newest revision
    that `by` has seen, and theirs takes the place of; where another is the newest by now, nothing is stopped,
    and SavedMeanwhileError raised (None: whatever is the newest). Run again, it takes those whose request was
    refused since. Raises SendError where everything has left, or where the list wants a second person's
    approval of the new text: the press is stopped then, and the correction follows upon that.
    """
    send = _correctable(number)
    _nobody_corrects(number)
    with transaction.atomic():  # a text with errors leaves no revision
        revision, checked = _revised(send, text, by=by, now=now, over=over)
    if send.status != SendStatus.CANCELLED:
        cancel(number, by=by, now=now)
    reach("correct.after_cancel")
    with transaction.atomic():
        locked(number)  # two at once: the second finds the first's correction
        _nobody_corrects(number)
        _somebody_waits(number, BatchState.CANCELLED)
        edition = editions.find(send.edition_id)
        correction = made(
            edition,
            Instant(now),
            approval=approval_of(edition, by=by, now=now, revision=revision, checked=checked, word=word),
            by=by,
            now=now,
            kind=SendKind.CORRECTION,
            corrects=send,
        )
        Edition.objects.filter(pk=edition.pk).update(status=EditionStatus.SCHEDULED, changed_at=now)
        noted(
            "sends correct",
            send,
            by=by,
            now=now,
            status=send.status,
            correction=correction.pk,
            revision=revision.number,
        )
    return correction


def tried(number: int, text: bytes, *, by: str, now: dt.datetime, over: int | None = None) -> Tried:
    """Read and check a corrected text as `correct` does, and change nothing. Raises what that raises."""
    send = _correctable(number)
    with transaction.atomic():
        revision, checked = _revised(send, text, by=by, now=now, over=over)
        asked = send.edition.list.second_approval and not _approved(send, revision)
        authors = seconding.authors(revision) if asked else ()
        found = Tried(send.revision.text, revision.text, checked, second_word=asked, authors=authors)
        transaction.set_rollback(True)
    return found


def going(send: Send, text: str) -> Send | None:
    """Return the correction that takes this very text to whoever waited, where nobody waits for another."""
    last = Send.objects.filter(corrects=send).exclude(status=SendStatus.CANCELLED).order_by("-pk").first()
    if last is None or last.revision.text.rstrip() != text.rstrip():
        return None
    return last if last.frozen_at is None or not _waiting(send.pk, *_UNSENT) else None


def _approved(send: Send, revision: Revision) -> bool:
    """Return whether somebody has approved this revision as it would leave now, and no send consumed it."""
    content = content_hash(revision, look_of(send.edition.list))
    return bool(seconding.counting(revision, content))


def _correctable(number: int) -> Send:
    """Return a send of which readers wait for another text, or raise SendError."""
    send = find(number)
    if send.kind == SendKind.TEST:
        raise SendError(f"Send {number} is a test: nobody but those you named has it; test the new text")
    if send.frozen_at is None:
        raise SendError(
            f"Nothing of send {number} has left: cancel it with `mailer sends cancel {number}`, import the"
            " corrected text and schedule that"
        )
    _somebody_waits(number, *_UNSENT)
    return send


def _revised(
    send: Send, text: bytes, *, by: str, now: dt.datetime, over: int | None
) -> tuple[Revision, Checked]:
    """Make the text the edition's newest revision, and check it; call it in a transaction."""
    Edition.objects.select_for_update().get(pk=send.edition_id)  # nobody saves between the look and the word
    before = editions.newest(send.edition)
    revision = editions.revise(send.edition, text, author=by, now=now)
    if revision.pk != before.pk and over not in {None, before.number}:
        raise SavedMeanwhileError(send.pk, send.edition_id, before.number, before.author)
    if revision.pk == send.revision_id:
        raise SendError(f"This is the very text of send {send.pk}: there is nothing to correct")
    return revision, editions.sound(send.edition, now=now, at=now, revision=revision)


def _nobody_corrects(number: int) -> None:
    """Raise SendError while another correction is about to take the same readers."""
    under_way = Send.objects.filter(corrects=number, frozen_at=None).exclude(status=SendStatus.CANCELLED)
    for other in under_way.values_list("pk", flat=True):
        raise SendError(
            f"Send {other} is about to take corrected text to the readers of send {number}: let it begin, or"
            f" cancel it with `mailer sends cancel {other}`"
        )


def _somebody_waits(number: int, *states: BatchState) -> None:
    """Raise SendError where a correction would be an empty send."""
    if _waiting(number, *states):
        return
    mine = Batch.objects.filter(send=number)
    stopped = Send.objects.filter(replaces__in=mine, status=SendStatus.CANCELLED).order_by("-pk")
    for other in stopped.values_list("pk", flat=True):
        raise SendError(
            f"The readers of send {number} whose letter had not left belong to its correction, send {other},"
            f" which was cancelled: correct that one with `mailer sends correct {other} FILE`"
        )
    raise SendError(f"Every letter of send {number} had left or may have: nobody is left to correct")


def _waiting(number: int, *states: BatchState) -> bool:
    """Return whether the send has readers in such a state whom no correction has taken."""
    return Batch.objects.filter(send=number, state__in=states, replaced_by=None).exists()
