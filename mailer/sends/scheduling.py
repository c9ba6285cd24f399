"""A send is made: an approved text, an instant, and whom it goes to."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When

from mailer import doorbell, editions, seconding
from mailer.checking import Checked
from mailer.look import content_hash, look_of
from mailer.models import Approval, Edition, Revision, Send
from mailer.sends.errors import PassedError, ScheduledMeanwhileError, SendError
from mailer.timetable import Instant
from mailer.vocabulary import EditionStatus, SendKind, SendStatus
from subscribers import changes
from subscribers.models import List, Segment
from subscribers.segments import keeping

PAST = dt.timedelta(minutes=1)  # who says "now" by the clock may be so slow
# Of a send whose audience is not chosen yet; one that is paused or missed may be resumed.
NOT_FROZEN = (SendStatus.SCHEDULED, SendStatus.PREPARING, SendStatus.PAUSED, SendStatus.MISSED)
# Of a send whose time may be another: nobody prepares it now.
MOVABLE = (SendStatus.SCHEDULED, SendStatus.PAUSED, SendStatus.MISSED)
# Of a send that nobody gets anything from unless somebody wants it anew.
_GONE = (SendStatus.CANCELLED, SendStatus.MISSED)


def find(number: int) -> Send:
    """Return the send with this number, or raise SendError."""
    try:
        return Send.objects.select_related("edition__list", "revision__edition__list").get(pk=number)
    except Send.DoesNotExist as error:
        raise SendError(f"There is no send {number}; `mailer sends ls` shows those there are") from error


def standing(edition: Edition) -> list[Send]:
    """Return the sends of an edition that wait, run or are done, oldest first."""
    found = edition.sends.exclude(kind=SendKind.TEST).exclude(status__in=_GONE)
    return list(found.order_by("pk"))


def going_on_beside(send: Send) -> list[Send]:
    """Return the other sends of its edition that are not over: they go on whatever becomes of this one."""
    over = (SendStatus.DONE, SendStatus.DONE_WITH_GAPS)
    return [each for each in standing(send.edition) if each.pk != send.pk and each.status not in over]


def meanwhile(edition: Edition, seen: Collection[int]) -> list[Send]:
    """Return those of an edition's standing sends that whoever has `seen` these does not know of."""
    return [each for each in standing(edition) if each.pk not in seen]


def same(send: Send, at: Instant, *, by: str, content: str, segment: str) -> bool:
    """Return whether it is what `by` would make once more: this content, then, to that segment's people.

    `segment` is a slug, '' for the whole list.
    """
    slug = (send.segment or {}).get("slug", "")
    there = (send.created_by, send.content_hash, slug, send.wall_time, send.zone)
    return there == (by, content, segment, at.wall_time, at.zone)


def schedule(
    edition: Edition,
    at: Instant,
    *,
    by: str,
    now: dt.datetime,
    segment: Segment | None = None,
    checked: Checked | None = None,
    word: str = "",
    seen: Collection[int] | None = None,
) -> Send:
    """Schedule the edition's newest revision for `at`, approving it unless the list asks for a second person.

    It goes to the list, or to those of its people for whom the segment's conditions, as they stand now, are
    true when it starts. Works while no broker runs: the sweep rings. `checked` spares a second preflight;
    `word` says why its warnings may stand, where this approves. `seen` are the edition's sends that whoever
    asks was shown; None: they were shown none, and want one more whatever there is.
    Raises PassedError, SendError where an approval is wanting or the segment has nobody, SegmentError,
    ScheduledMeanwhileError where there is a send that was not `seen`, and BlockedError where preflight finds
    an error, approved or not: an embargo depends on the moment.
    """
    if at.utc < now - PAST:
        raise PassedError(at)
    _may_write(edition.list)
    checked = editions.sound(edition, now=now, at=at.utc, checked=checked)
    with transaction.atomic():
        # Two at once, or a second click: the later one finds the send of the first.
        Edition.objects.select_for_update().get(pk=edition.pk)
        if seen is not None and (unseen := meanwhile(edition, seen)):
            raise ScheduledMeanwhileError(edition.pk, unseen)
        meant = _meant(segment, now=now) if segment else None
        approval = approval_of(edition, by=by, now=now, checked=checked, word=word)
        send = made(edition, at, approval=approval, by=by, now=now, segment=meant)
        Edition.objects.filter(pk=edition.pk).update(status=EditionStatus.SCHEDULED, changed_at=now)
        changes.record(
            "sends schedule",
            by=by,
            at=now,
            newsletter=edition.list,
            subject=f"send {send.pk}",
            after={
                "edition": edition.pk,
                "at": at.utc.isoformat(),
                "wall_time": at.wall_time,
                "zone": at.zone,
                "segment": segment.slug if segment else None,
                "content": send.content_hash,
                "word": approval.word,
            },
        )
    return send


def move(number: int, at: Instant, *, by: str, now: dt.datetime) -> Send:
    """Let a send that has not begun leave at another time; a missed one is scheduled anew.

    What was approved stays approved; preflight is asked about the new moment, since an embargo depends on it.
    Moved to where it stands already, nothing is changed.
    Raises SendError where it has begun or the time has passed, and BlockedError.
    """
    if at.utc < now - PAST:
        raise PassedError(at)
    send = find(number)
    editions.sound(send.edition, now=now, at=at.utc, revision=send.revision)
    there = (send.scheduled_at, send.wall_time, send.zone) == (at.utc, at.wall_time, at.zone)
    if there and send.frozen_at is None and send.status in {SendStatus.SCHEDULED, SendStatus.PAUSED}:
        return send
    # Whoever prepares it at this moment has seen the old time: then it has begun.
    still = Send.objects.filter(pk=number, frozen_at=None, status__in=MOVABLE)
    missed = When(status=SendStatus.MISSED, then=Value(SendStatus.SCHEDULED.value))
    with transaction.atomic():
        moved = still.update(
            status=Case(missed, default=F("status")),
            scheduled_at=at.utc,
            wall_time=at.wall_time,
            zone=at.zone,
        )
        if not moved:
            raise SendError(f"Send {number} is {send.status.replace('_', ' ')}: it has begun, or is over")
        changes.record(
            "sends move",
            by=by,
            at=now,
            newsletter=send.edition.list,
            subject=f"send {number}",
            before=_time(send),
            after=_time(find(number)),
        )
        transaction.on_commit(lambda: doorbell.ring("mailer.prepare", number))
    return find(number)


def _time(send: Send) -> dict[str, str]:
    return {"at": send.scheduled_at.isoformat(), "wall_time": send.wall_time, "zone": send.zone}


def made(
    edition: Edition,
    at: Instant,
    *,
    approval: Approval | None,
    by: str,
    now: dt.datetime,
    kind: SendKind = SendKind.SEND,
    corrects: Send | None = None,
    segment: dict[str, Any] | None = None,
) -> Send:
    """Write the row of a send and ring for it; the sender is copied, since the approval binds it.

    Raises SendError where the list lacks what every letter must say.
    """
    owner = edition.list
    _may_write(owner)
    revision = approval.revision if approval else editions.newest(edition)
    send = Send.objects.create(
        edition=edition,
        revision=revision,
        approval=approval,
        content_hash=approval.content_hash if approval else content_hash(revision, look_of(owner)),
        title=editions.document_of(revision).title,
        sender_name=owner.sender_name,
        sender_address=owner.sender_address,
        reply_to=owner.reply_to,
        kind=kind,
        corrects=corrects,
        segment=segment,
        scheduled_at=at.utc,
        wall_time=at.wall_time,
        zone=at.zone,
        created_by=by,
        created_at=now,
    )
    transaction.on_commit(lambda: doorbell.ring("mailer.prepare", send.pk))
    return send


def _may_write(owner: List) -> None:
    """Raise SendError where the list lacks what every letter must say."""
    if not owner.postal_address.strip():
        raise SendError(
            f"List {owner.slug} has no postal address, which the law asks for; set it with"
            f' `mailer lists set {owner.slug} --postal-address "…"`'
        )
    if not owner.sender_address.strip():
        raise SendError(
            f"List {owner.slug} has no sender address to write from; set it with"
            f' `mailer lists set {owner.slug} --from "Name <address>"`'
        )


def approval_of(
    edition: Edition,
    *,
    by: str,
    now: dt.datetime,
    revision: Revision | None = None,
    checked: Checked | None = None,
    word: str = "",
) -> Approval:
    """Return an approval of the revision (left out: the newest) as it stands, which no send consumed.

    A word for its warnings is kept with it, where it has none yet.
    """
    revision = revision or editions.newest(edition)
    content = content_hash(revision, look_of(edition.list))
    counting = seconding.counting(revision, content)
    if counting:
        approval = counting[-1]
        if word and not approval.word:
            approval.word = editions.word_of(word)
            approval.save(update_fields=["word"])
        return approval
    if edition.list.second_approval:
        raise SendError(
            f"Edition {edition.pk} needs the word of a second person, and has none for this text;"
            f" they say it with `mailer editions approve {edition.pk}`"
        )
    return editions.approve(edition, by=by, now=now, revision=revision, checked=checked, word=word)


def nobody_waits_for(segment: Segment) -> None:
    """Raise SendError while a send that names the segment has not begun."""
    for number in waiting_for(segment)[:1]:
        raise SendError(
            f"Send {number} is to go to the segment {segment.slug}: let it begin, or cancel it with"
            f" `mailer sends cancel {number}`"
        )


def waiting_for(segment: Segment) -> list[int]:
    """Return the sends that name the segment and have not begun, oldest first."""
    waiting = Send.objects.filter(
        edition__list=segment.list_id, frozen_at=None, status__in=NOT_FROZEN, segment__slug=segment.slug
    ).exclude(kind=SendKind.TEST)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _meant(segment: Segment, *, now: dt.datetime) -> dict[str, Any]:
    """Return what a send keeps of its segment: the slug, and the conditions as they stand."""
    kept = keeping.current(segment)
    if not keeping.count(segment.list, kept, now=now).candidates:
        raise SendError(
            f"The segment {segment.slug} of {segment.list.slug} matches nobody now;"
            f" `mailer segments show {segment.list.slug} {segment.slug}` says whom it means"
        )
    return {"slug": segment.slug, **kept.json()}
