"""Editions as rows: import a text, show it, export it, check it, approve it."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import translation

from mailer import checking, seconding
from mailer.accounts.names import user_number
from mailer.checking import Checked
from mailer.fetching.values import Asks
from mailer.languages import nearest
from mailer.look import content_hash, look_of
from mailer.manuscript.arriving import Arrival, arrive
from mailer.manuscript.document import Document, Section
from mailer.manuscript.drafting import UNNAMED_SECTION
from mailer.manuscript.reading import read
from mailer.models import Approval, Edition, Revision, Send, Story
from mailer.rendering.sets import render_sets
from mailer.rendering.values import Reading, Rendered
from mailer.vocabulary import EditionStatus, SendKind, SendStatus
from subscribers import changes
from subscribers.interests import Interests, former_slugs
from subscribers.models import List

LONGEST_WORD = 500  # characters; the column's
_BLANK = b"\xef\xbb\xbf \t\r\n"  # what programs put before a text


class EditionError(Exception):
    """What was asked of an edition cannot be done; the message says why and what to do."""


class BlockedError(EditionError):
    """Preflight found errors in an edition, which is not approved while they stand."""

    def __init__(self, edition: int, checked: Checked) -> None:
        """Name the first error with its place."""
        self.checked = checked
        first, number = checked.errors[0], len(checked.errors)
        count = "An error stands" if number == 1 else f"{number} errors stand"
        super().__init__(
            f"{count} in the way of edition {edition}; line {first.line}, column {first.column}:"
            f" {first.message}; `mailer editions check {edition}` shows all that was found"
        )


@dataclass(frozen=True)
class Imported:
    """The edition a text became, and whether it was there already."""

    edition: Edition
    new: bool


def find(number: int) -> Edition:
    """Return the edition with this number, or raise EditionError."""
    try:
        return Edition.objects.select_related("list").get(pk=number)
    except Edition.DoesNotExist as error:
        raise EditionError(
            f"There is no edition {number}; `mailer editions ls` shows those there are"
        ) from error


def newest(edition: Edition) -> Revision:
    """Return the edition's newest revision."""
    return edition.revisions.select_related("edition__list").latest("number")


def import_text(owner: List, data: bytes, *, author: str, now: dt.datetime) -> Imported:
    """Make `data`, canonical Markdown or a pasted newsletter, the first revision of a new edition.

    The same text again is the same edition. Raises the manuscript's errors, with lines; nothing is
    stored then.
    """
    arrival = _arrived(owner, data)
    with transaction.atomic():
        List.objects.select_for_update().get(pk=owner.pk)  # two imports at once: one edition
        known = (
            Revision.objects.filter(edition__list=owner, text_hash=_sha256(arrival.text))
            .select_related("edition")
            .first()
        )
        if known is not None:
            return Imported(known.edition, new=False)
        edition = Edition.objects.create(
            list=owner,
            title=arrival.document.title,
            date=arrival.document.date,
            created_at=now,
            changed_at=now,
        )
        _add_revision(edition, 1, arrival, author, now)
    return Imported(edition, new=True)


def revise(edition: Edition, data: bytes, *, author: str, now: dt.datetime) -> Revision:
    """Make `data` the newest revision of an edition; the text it has already is that very revision.

    Markdown only: what was understood from a pasted text, with doubts, must be seen before it leaves.
    Raises EditionError, or the manuscript's errors, with lines; nothing is stored then.
    """
    arrival = _arrived(edition.list, data)
    if arrival.source and not data.lstrip(_BLANK).startswith(b"---"):
        raise EditionError(
            "This is no edition in Markdown, which begins with --- and its list; get the one there is with"
            f" `mailer editions export {edition.pk}`, correct that, and try again"
        )
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=edition.pk)  # two at once: one after the other
        last = newest(edition)
        if last.text_hash == _sha256(arrival.text):
            return last
        revision = _add_revision(edition, last.number + 1, arrival, author, now)
        Edition.objects.filter(pk=edition.pk).update(
            title=arrival.document.title, date=arrival.document.date, changed_at=now
        )
    return revision


def _arrived(owner: List, data: bytes) -> Arrival:
    return arrive(
        data,
        list_slug=owner.slug,
        interests={interest.slug: interest.name for interest in owner.interests.filter(retired_at=None)},
        former=former_slugs(owner),
        extra_gazetteer=owner.gazetteer,
        unnamed=_unnamed(owner.language),
    )


def _unnamed(language: str) -> str:
    """Return what heads a text that nothing headed, in the list's language where we speak it."""
    with translation.override(nearest(language)):
        return translation.gettext(UNNAMED_SECTION)  # the archive's pages say it too


def _add_revision(edition: Edition, number: int, arrival: Arrival, author: str, now: dt.datetime) -> Revision:
    revision = Revision.objects.create(
        edition=edition,
        number=number,
        text=arrival.text,
        text_hash=_sha256(arrival.text),
        source=arrival.source,
        source_hash=_sha256(arrival.source) if arrival.source else "",
        warnings=list(arrival.warnings),
        author=author,
        author_user_id=user_number(author),
        created_at=now,
    )
    _write_stories(revision, arrival.document)
    return revision


def document_of(revision: Revision) -> Document:
    """Return the revision as values. Retired interests still read, since old editions keep them."""
    owner = revision.edition.list
    document = read(
        revision.text, [interest.slug for interest in owner.interests.all()], former=former_slugs(owner)
    )
    return replace(document, number=revision.edition_id)


def check(
    edition: Edition,
    *,
    now: dt.datetime,
    at: dt.datetime | None = None,
    revision: Revision | None = None,
    online: Asks | None = None,
) -> Checked:
    """Return what preflight finds in the revision, the newest if left out, were it to leave at `at`.

    None for `at`: nobody has said when. `online` asks what is behind its addresses (mailer.online.Asking);
    None: nothing is fetched.
    """
    revision = revision or newest(edition)
    return checking.check(revision, document_of(revision), now=now, at=at, online=online)


def leaves_at(edition: Edition) -> dt.datetime | None:
    """Return when the first of its sends that have not begun is to leave, None where there is none."""
    waiting = edition.sends.filter(
        kind=SendKind.SEND,
        frozen_at=None,
        status__in=(SendStatus.SCHEDULED, SendStatus.PREPARING, SendStatus.PAUSED),
    )
    return waiting.order_by("scheduled_at").values_list("scheduled_at", flat=True).first()


def sound(
    edition: Edition,
    *,
    now: dt.datetime,
    at: dt.datetime | None = None,
    revision: Revision | None = None,
    checked: Checked | None = None,
) -> Checked:
    """Return the check of a revision without errors, or raise BlockedError.

    `checked` is taken where it is of this very revision and look, and of the same moment.
    """
    revision = revision or newest(edition)
    content = content_hash(revision, look_of(edition.list))
    known = checked and (checked.revision, checked.content_hash, checked.at) == (revision.pk, content, at)
    found = checked if checked and known else check(edition, now=now, at=at, revision=revision)
    if found.blocked:
        raise BlockedError(edition.pk, found)
    return found


def approve(
    edition: Edition,
    *,
    by: str,
    now: dt.datetime,
    revision: Revision | None = None,
    checked: Checked | None = None,
    word: str = "",
) -> Approval:
    """Approve the revision, the newest if left out, exactly as it would be sent now.

    `word` says why warnings may stand, and is kept with the approval. `checked` spares a second check of the
    same content. Raises EditionError where the list wants a second person, and this is or may be the first
    (mailer.seconding); BlockedError where preflight finds an error.
    """
    revision = revision or newest(edition)
    if edition.list.second_approval:
        _seconds(edition, revision, by)
    word = word_of(word)
    sound(edition, now=now, at=checked.at if checked else None, revision=revision, checked=checked)
    with transaction.atomic():
        approval = Approval.objects.create(
            revision=revision,
            content_hash=content_hash(revision, look_of(edition.list)),
            by=by,
            by_user_id=user_number(by),
            at=now,
            word=word,
        )
        Edition.objects.filter(pk=edition.pk, status=EditionStatus.DRAFT).update(
            status=EditionStatus.APPROVED, changed_at=now
        )
        changes.record(
            "editions approve",
            by=by,
            at=now,
            newsletter=edition.list,
            subject=f"edition {edition.pk}",
            after={"revision": revision.number, "content": approval.content_hash, "word": word},
        )
    return approval


def _seconds(edition: Edition, revision: Revision, by: str) -> None:
    """Raise EditionError where this is no second person's word."""
    people = seconding.authors(revision)
    if seconding.is_among(people, by):
        others = seconding.others(people, by)
        if not others:
            raise EditionError(
                f"Edition {edition.pk} is {by}'s own, and {edition.list.slug} wants a second person's"
                " approval"
            )
        raise EditionError(
            f"{by} and {' and '.join(others)} wrote edition {edition.pk} since it was last approved, and"
            f" {edition.list.slug} wants the approval of somebody who did not. {seconding.WAY_OUT}"
        )
    if seconding.poses(by):
        raise EditionError(
            f"{by} is a user of the desk, for whom no command speaks, and {edition.list.slug} wants a second"
            " person's approval: approve at the desk, or by the name of your own account"
        )


def word_of(said: str) -> str:
    """Return on one line why warnings may stand. Raises EditionError where it is too long to be kept."""
    word = " ".join(said.split())
    if len(word) > LONGEST_WORD:
        raise EditionError(
            f"A word has at most {LONGEST_WORD} characters, and this has {len(word):,}: say less"
        )
    return word


def give_back(send: Send, *, now: dt.datetime) -> None:
    """Make the edition of a send that never began as if it had not been scheduled; call it in a transaction.

    Where the newest text is what was approved, and would leave so now, the approval holds again: the same
    people's word, for another send to consume. Else the edition is a draft.
    """
    said = send.approval
    revision = newest(send.edition)
    holds = said is not None and said.content_hash == content_hash(revision, look_of(send.edition.list))
    if said is not None and holds:
        Approval.objects.create(
            revision=revision,
            content_hash=said.content_hash,
            by=said.by,
            by_user_id=said.by_user_id,
            at=said.at,
            word=said.word,
        )
    status = EditionStatus.APPROVED if holds else EditionStatus.DRAFT
    Edition.objects.filter(pk=send.edition_id).update(status=status, changed_at=now)


def render(edition: Edition, interests: Iterable[str]) -> Rendered:
    """Return the newest revision's letter for a reader with these interests; none is everything.

    Raises UnknownInterestError, naming the list's interests.
    """
    owner, chosen = edition.list, list(interests)
    Interests.of(owner).bits(chosen)
    reading = Reading(frozenset(chosen) if chosen else None, tracked=owner.tracked)
    return render_sets(document_of(newest(edition)), look_of(owner), [reading])[reading]


def described(edition: Edition) -> dict[str, Any]:
    """Return the edition in the shape of `editions show --json`."""
    revision = newest(edition)
    document = document_of(revision)
    return {
        "id": edition.pk,
        "list": edition.list.slug,
        "title": document.title,
        "subtitle": document.subtitle,
        "date": document.date.isoformat() if document.date else None,
        "status": edition.status,
        "sections": [_section(section) for section in document.sections],
        "stories": [
            {
                "title": story.title,
                "url": story.url or None,
                "interests": list(story.interests),
                "summary": story.summary,
            }
            for story in document.stories
        ],
        "warnings": revision.warnings,
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "prose": section.prose,
        "groups": [
            {
                "title": group.title,
                "points": [
                    {"text": point.text, "interests": list(point.interests)} for point in group.points
                ],
            }
            for group in section.groups
        ],
        "stories": len(section.stories),
    }


def listing(owner: List | None = None) -> list[dict[str, Any]]:
    """Return the editions, newest first, in the shape of `editions ls --json`."""
    found = Edition.objects.order_by("-pk")
    if owner is not None:
        found = found.filter(list=owner)
    return [
        {"id": number, "list": slug, "title": title, "date": date and date.isoformat(), "status": status}
        for number, slug, title, date, status in found.values_list(
            "pk", "list__slug", "title", "date", "status"
        )
    ]


def _write_stories(revision: Revision, document: Document) -> None:
    interests = {interest.slug: interest for interest in revision.edition.list.interests.all()}
    for position, story in enumerate(document.stories):
        row = Story.objects.create(
            revision=revision, position=position, title=story.title, url=story.url, summary=story.summary
        )
        row.interests.set(interests[slug] for slug in story.interests)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
