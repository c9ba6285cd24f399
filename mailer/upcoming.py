"""Editions that have not left yet: whose approval holds as their list stands, and which name an interest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q

from mailer.editions import document_of
from mailer.look import content_hash, look_of
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Approval, Edition, Revision, Send
from mailer.rendering.assemble import carried
from mailer.vocabulary import EditionStatus, SendKind, SendStatus
from subscribers.interests import former_slugs
from subscribers.models import List

_NOT_SENT = (EditionStatus.DRAFT, EditionStatus.APPROVED, EditionStatus.SCHEDULED)
_NOT_FROZEN = (SendStatus.SCHEDULED, SendStatus.PREPARING, SendStatus.PAUSED, SendStatus.MISSED)


@dataclass(frozen=True)
class Held:
    """An edition that may leave as it was approved; `send` is its scheduled send, if it has one."""

    edition: int
    send: int | None = None


@dataclass(frozen=True)
class Naming:
    """An edition that has not left, and names an interest in its text."""

    edition: int
    status: EditionStatus


def held(owner: List) -> frozenset[Held]:
    """Return the approvals of a list that are still to be used, and hold as the list stands now."""
    look = look_of(List.objects.get(pk=owner.pk))
    return frozenset(
        Held(edition, send)
        for edition, send, content, revision in (*_approved(owner), *_scheduled(owner))
        if content_hash(revision, look) == content
    )


def naming(owner: List, slug: str) -> list[Naming]:
    """Return the editions of a list that have not left, and whose newest text names the interest in {…}."""
    newest = Edition.objects.filter(list=owner, status__in=_NOT_SENT).annotate(newest=Max("revisions"))
    # Few texts hold the slug, or one that it was before, and only those are read.
    said = Q(text__contains=slug)
    for old, new in former_slugs(owner).items():
        said |= Q(text__contains=old) if new == slug else Q()
    texts = Revision.objects.filter(said, pk__in=newest.values("newest"))
    return [
        Naming(revision.edition_id, EditionStatus(revision.edition.status))
        for revision in texts.select_related("edition__list").order_by("edition")
        if _names(revision, slug)
    ]


def _approved(owner: List) -> Iterator[tuple[int, int | None, str, Revision]]:
    """Yield what no send has consumed: the edition, no send, the hash that was approved, the revision."""
    newer = Revision.objects.filter(
        edition=OuterRef("revision__edition"), number__gt=OuterRef("revision__number")
    )
    unused = Approval.objects.filter(
        ~Exists(newer),
        send=None,
        revision__edition__list=owner,
        revision__edition__status=EditionStatus.APPROVED,
    )
    for approval in unused.select_related("revision__edition__list").defer(
        "revision__text", "revision__source"
    ):
        yield approval.revision.edition_id, None, approval.content_hash, approval.revision


def _scheduled(owner: List) -> Iterator[tuple[int, int | None, str, Revision]]:
    """Yield the same of sends whose audience is not frozen: they stop where the hash differs by then."""
    waiting = Send.objects.filter(
        edition__list=owner, kind__in=[SendKind.SEND, SendKind.CORRECTION], status__in=_NOT_FROZEN
    ).filter(frozen_at=None)
    for send in waiting.select_related("revision__edition__list").defer("revision__text", "revision__source"):
        yield send.edition_id, send.pk, send.content_hash, send.revision


def _names(revision: Revision, slug: str) -> bool:
    try:
        return slug in carried(document_of(revision))
    except ManuscriptError:  # of another fault in it this must not depend
        tag = rf"\{{[^{{}}]*(?<![\w-]){re.escape(slug)}(?![\w-])[^{{}}]*\}}"
        return re.search(tag, revision.text) is not None
