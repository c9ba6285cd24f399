"""Where every edition stands, in a handful of statements however many there are: what the desk opens with."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from mailer import reports, seconding
from mailer.look import content_hash, look_of
from mailer.models import Approval, Edition, Revision, Send, Story
from mailer.rendering.values import Look
from mailer.reports import Ledger
from mailer.vocabulary import EditionStatus, SendKind, SendStatus
from subscribers.models import List

ENDED = (EditionStatus.DONE, EditionStatus.CANCELLED)
OPEN = 100  # editions that are on the desk at once; a busy house has a dozen
_WAITING = (SendStatus.SCHEDULED, SendStatus.PREPARING)


@dataclass(frozen=True)
class Row:
    """One edition: its text as it stands, and the send that counts, which is the last one.

    `lead` is the title of its first story, '' for none. `approved_by`: whose approval holds for the text and
    look as they stand, and no send has used. `sums` is None until the send's audience is frozen.
    """

    edition: Edition
    lead: str
    stories: int
    author: str
    saved_at: dt.datetime
    approved_by: str = ""
    send: Send | None = None
    sums: Ledger | None = None

    @property
    def list(self) -> List:
        """Return whose edition it is."""
        return self.edition.list

    @property
    def status(self) -> str:
        """Return the send's status as people see it where there is one that counts, else the edition's."""
        if self.send is None:
            return self.edition.status
        return reports.status(self.send, self.sums) if self.sums else self.send.status

    @property
    def leaves_at(self) -> dt.datetime | None:
        """Return when it is to leave, None where nobody has said or it has begun."""
        return self.send.scheduled_at if self.send and self.send.status in _WAITING else None

    @property
    def unknown(self) -> int:
        """Return how many readers somebody may have to decide about."""
        return self.sums.outcomes["unknown"] if self.sums else 0


def on_the_desk(newsletter: List | None = None) -> tuple[Row, ...]:
    """Return what is not over: what leaves or runs first, then what was changed last."""
    found = Edition.objects.exclude(status__in=ENDED).order_by("-changed_at")
    rows = _rows(_of(newsletter, found)[:OPEN])
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return tuple(sorted(rows, key=lambda row: row.send.scheduled_at if row.send else far))


def over(newsletter: List | None = None, *, before: int | None = None, limit: int = 12) -> tuple[Row, ...]:
    """Return what was sent or cancelled, newest first; `before` is an edition's number: older ones only."""
    found = Edition.objects.filter(status__in=ENDED).order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    return _rows(_of(newsletter, found)[:limit])


def _of(newsletter: List | None, found: QuerySet[Edition]) -> QuerySet[Edition]:
    chosen = found.filter(list=newsletter) if newsletter else found
    return chosen.select_related("list")


def _rows(editions: Iterable[Edition]) -> tuple[Row, ...]:
    found = list(editions)
    newest = {
        revision.edition_id: revision
        for revision in Revision.objects.filter(
            pk__in=Edition.objects.filter(pk__in=[each.pk for each in found])
            .annotate(newest=Max("revisions"))
            .values("newest")
        )
        .select_related("edition__list")
        .defer("text", "source", "warnings")
    }
    told = Story.objects.filter(revision__in=[each.pk for each in newest.values()])
    stories = dict(told.values_list("revision").annotate(Count("pk")).order_by())
    leads = dict(told.filter(position=0).values_list("revision", "title"))
    sends = _last_sends(found)
    sums = reports.ledgers(send.pk for send in sends.values() if send.frozen_at)
    words = _approvals([newest[each.pk] for each in found if each.status == EditionStatus.APPROVED])
    return tuple(
        Row(
            edition=each,
            lead=leads.get(newest[each.pk].pk, ""),
            stories=stories.get(newest[each.pk].pk, 0),
            author=newest[each.pk].author,
            saved_at=newest[each.pk].created_at,
            approved_by=words.get(newest[each.pk].pk, ""),
            send=sends.get(each.pk),
            sums=sums.get(sends[each.pk].pk) if each.pk in sends else None,
        )
        for each in found
    )


def _last_sends(editions: list[Edition]) -> dict[int, Send]:
    """Return the last send of each, those left out that were undone before they began."""
    sends = (
        Send.objects.filter(edition__in=[each.pk for each in editions])
        .exclude(kind=SendKind.TEST)
        .exclude(status=SendStatus.CANCELLED, frozen_at=None)
        .order_by("pk")
    )
    return {send.edition_id: send for send in sends}


def _approvals(revisions: list[Revision]) -> dict[int, str]:
    """Return whose word holds for each revision as it would leave now."""
    looks: dict[int, Look] = {}
    hashes: dict[int, str] = {}
    for revision in revisions:
        owner = revision.edition.list
        if owner.pk not in looks:
            looks[owner.pk] = look_of(owner)
        hashes[revision.pk] = content_hash(revision, looks[owner.pk])
    known = {each.pk: each for each in revisions}
    said = Approval.objects.filter(revision__in=list(hashes), send=None).order_by("pk")
    return {
        each.revision_id: each.by
        for each in said
        if hashes[each.revision_id] == each.content_hash
        and seconding.those_that_count(known[each.revision_id], [each])
    }
