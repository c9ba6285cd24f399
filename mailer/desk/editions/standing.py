"""What the edition's page has to know of its tests, approvals and sends.

In two statements; where the list wants a second person, in those of mailer.seconding besides.
"""

from mailer import seconding
from mailer.desk.editions.steps import Standing
from mailer.desk.pages import local
from mailer.look import content_hash, look_of
from mailer.models import Revision, Send
from mailer.previews import Preview
from mailer.vocabulary import SendKind, SendStatus

_WAITING = (SendStatus.SCHEDULED, SendStatus.PREPARING)
_GONE = (SendStatus.CANCELLED, SendStatus.MISSED)
_LOOKED_AT = 50  # sends of one edition, tests among them


def standing_of(revision: Revision, preview: Preview, sends: list[Send], *, by: str) -> Standing:
    """Return where the edition stands, as `by` sees it; `preview` is of the text that is shown."""
    edition = revision.edition
    owner = edition.list
    content = content_hash(revision, look_of(owner))
    approved = revision.approvals.filter(content_hash=content).exclude(send__status__in=_GONE).order_by("pk")
    people = seconding.authors(revision) if owner.second_approval else ()
    counting = seconding.those_that_count(revision, approved, people)
    real = [each for each in sends if each.kind != SendKind.TEST and each.status not in _GONE]
    last = real[0] if real else None
    waiting = last is not None and last.status in _WAITING
    return Standing(
        number=edition.pk,
        errors=len(preview.errors),
        first_error=preview.errors[0].line if preview.errors else 1,
        tested=any(each.kind == SendKind.TEST and each.content_hash == content for each in sends),
        approved_by=tuple(dict.fromkeys(each.by for each in counting)),
        second_person=owner.second_approval,
        own=seconding.is_among(people, by),
        send=last.pk if last else None,
        leaves=local(last.scheduled_at, owner.zone) if last and waiting else "",
        # A text that was restored is another revision, and the same.
        of_revision=last.revision.number if last and last.revision.text_hash != revision.text_hash else None,
        over=str(SendStatus(last.status)).replace("_", " ").capitalize() if last and not waiting else "",
    )


def sends_of(revision: Revision) -> list[Send]:
    """Return the last sends and tests of the edition, newest first."""
    some = revision.edition.sends.select_related("revision").order_by("-pk")
    needed = ("kind", "status", "scheduled_at", "content_hash", "created_by")
    of_revision = ("revision__number", "revision__text_hash")
    return list(some.only(*needed, *of_revision)[:_LOOKED_AT])
