"""What editors type, kept before it is saved, and saved without writing over what another saved meanwhile."""

import contextlib
import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from mailer import editions, merging
from mailer.editions import Imported
from mailer.manuscript.characters import with_plain_line_ends
from mailer.manuscript.decoding import MOST_BYTES
from mailer.manuscript.faults import Fault, ManuscriptError
from mailer.merging import Merged
from mailer.models import Draft, Edition, Revision
from subscribers import changes
from subscribers.models import List

BEGUN, SAVED, RESTORED = "editions import", "editions save", "editions restore"
# PostgreSQL keeps no zero; browsers make the same of one.
_ZERO, _REPLACED = "\0", "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Saved:
    """The newest revision after saving; `merged` with what was saved meanwhile, by whoever `others` are."""

    revision: Revision
    merged: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Together:
    """A text over revision `base` with what was saved from then to the `newest`."""

    text: str
    base: Revision
    newest: Revision


class ConflictError(editions.EditionError):
    """Somebody saved another text of the same lines meanwhile; both stand in `merged`, for one to settle."""

    def __init__(self, merged: Merged, newest: Revision) -> None:
        """Say whose text it is."""
        self.merged, self.newest = merged, newest
        number = len(merged.clashes)
        places = "one place" if number == 1 else f"{number} places"
        super().__init__(
            f"{newest.author or 'Somebody'} saved revision {newest.number} while you wrote, and it differs"
            f" from yours in {places}: nothing of either is lost; say what should stand"
        )


class OtherDraftError(editions.EditionError):
    """Another window of the same person kept other text meanwhile; that is `draft`, and stays."""

    def __init__(self, draft: Draft) -> None:
        """Keep it, to be put together with what was to be kept."""
        self.draft = draft
        super().__init__(
            "You typed other text over this edition in another window, and neither is written over the other"
        )


class MergedFaultyError(ManuscriptError):
    """Two changes that do not touch make a text together that does not read; `text` is that."""

    def __init__(self, faults: list[Fault], text: str, newest: Revision) -> None:
        """Keep the text, to be mended."""
        super().__init__(faults)
        self.text, self.newest = text, newest


def typed(text: str) -> str:
    """Return what a form posted as it is kept: browsers write other line ends."""
    return with_plain_line_ends(text).replace(_ZERO, _REPLACED)


def begin(owner: List, text: str, *, by: str, now: dt.datetime) -> Imported:
    """Make a new edition of what was typed or pasted. Raises the manuscript's errors."""
    with transaction.atomic():
        made = editions.import_text(owner, text.encode(), author=by, now=now)
        if made.new:
            changes.record(
                BEGUN,
                by=by,
                at=now,
                newsletter=owner,
                subject=f"edition {made.edition.pk}",
                after={"revision": 1},
            )
    return made


def keep(
    edition: Edition, text: str, *, based_on: int, who: str, now: dt.datetime, over: dt.datetime | None = None
) -> Draft:
    """Keep what `who` has typed over revision `based_on`, instead of the draft that their window has seen.

    `over` is when that was changed, and None where it has seen none. Raises OtherDraftError where there is
    another that says something else, and EditionError for more than an edition may have.
    """
    _measure(text)
    if over is not None:
        # No two drafts of one have the same instant, which is what windows know them by.
        at = max(now, over + dt.timedelta(microseconds=1))
        # One row if it is still what the window saw; else another window was here.
        if _of(edition, who).filter(changed_at=over).update(text=text, based_on=based_on, changed_at=at):
            return Draft(edition=edition, who=who, text=text, based_on=based_on, changed_at=at)
    draft, new = Draft.objects.get_or_create(
        edition=edition, who=who, defaults={"text": text, "based_on": based_on, "changed_at": now}
    )
    if not new and draft.text != text:
        raise OtherDraftError(draft)
    return draft


def _of(edition: Edition, who: str) -> QuerySet[Draft]:
    return Draft.objects.filter(edition=edition, who=who)


def kept(edition: Edition, who: str) -> Draft | None:
    """Return what `who` has typed over the edition and not saved, whatever it is; None if nothing."""
    return _of(edition, who).first()


def offered(draft: Draft | None, newest: Revision) -> Draft | None:
    """Return the draft where there is something in it that the newest revision does not say."""
    return draft if draft is not None and draft.text != newest.text else None


def drop(edition: Edition, who: str, *, over: dt.datetime | None) -> bool:
    """Forget what `who` typed, if it is still what was changed at `over`; return whether it was."""
    return over is not None and bool(_of(edition, who).filter(changed_at=over).delete()[0])


def save(
    edition: Edition, text: str, *, based_on: int, by: str, now: dt.datetime, over: dt.datetime | None = None
) -> Saved:
    """Make a revision of what `by` typed over revision `based_on`, with what others saved since.

    Raises ManuscriptError where it does not read, ConflictError where others changed the same lines, and
    EditionError. The newest revision then stays, and what was typed is kept as a draft; but not instead of
    one that their window has not seen, as `keep` has it. Nor is such a one dropped by saving.
    """
    try:
        return _save(edition, text, based_on=based_on, by=by, now=now, over=over)
    except MergedFaultyError as error:
        with contextlib.suppress(OtherDraftError):
            keep(edition, error.text, based_on=error.newest.number, who=by, now=now, over=over)
        raise
    except (ManuscriptError, editions.EditionError):
        if len(text.encode()) <= MOST_BYTES:
            with contextlib.suppress(OtherDraftError):
                keep(edition, text, based_on=based_on, who=by, now=now, over=over)
        raise


def together(edition: Edition, text: str, *, based_on: int) -> Together:
    """Put what somebody typed over revision `based_on` together with what others saved since.

    Raises ManuscriptError where marks of a conflict stand in it, ConflictError where others changed the same
    lines, and EditionError.
    """
    _measure(text)
    _check_settled(text)
    newest = editions.newest(edition)
    base = newest if based_on == newest.number else revision(edition, based_on)
    merged = merging.merge(base.text, text, newest.text)
    if merged.clashes:
        raise ConflictError(merged, newest)
    return Together(merged.text, base, newest)


def _save(
    edition: Edition, text: str, *, based_on: int, by: str, now: dt.datetime, over: dt.datetime | None
) -> Saved:
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=edition.pk)  # two at once: one merges what the other saved
        merged = together(edition, text, based_on=based_on)
        base, newest = merged.base, merged.newest
        saved = _revised(edition, merged.text, text, newest, by=by, now=now)
        if saved.pk != newest.pk:
            _write_down(SAVED, edition, saved, newest, by=by, now=now)
        # What another window of theirs typed stays.
        said = Q(text__in={text, merged.text})
        _of(edition, by).filter(said | Q(changed_at=over) if over else said).delete()
    if base == newest or merged.text in {text, newest.text}:
        return Saved(saved)
    return Saved(saved, merged=True, others=others_since(base, by, before=saved.number))


def others_since(base: Revision, by: str, *, before: int | None = None) -> tuple[str, ...]:
    """Return who else saved since a revision, and before that of number `before`: each once, in order."""
    since = Revision.objects.filter(edition=base.edition_id, number__gt=base.number).exclude(author=by)
    between = since if before is None else since.filter(number__lt=before)
    return tuple(dict.fromkeys(between.order_by("number").values_list("author", flat=True)))


def restore(edition: Edition, number: int, *, over: int, by: str, now: dt.datetime) -> Revision:
    """Make the text of revision `number` the newest again, as a new revision.

    `over` is the newest that `by` has seen. Raises EditionError where there is a newer one, and the
    manuscript's errors where the old text does not read now, as with interests that the list has no more.
    """
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=edition.pk)
        newest = editions.newest(edition)
        if newest.number != over:
            raise editions.EditionError(
                f"{newest.author or 'Somebody'} saved revision {newest.number} meanwhile, and nothing was"
                " restored: look at that first"
            )
        restored = editions.revise(edition, revision(edition, number).text.encode(), author=by, now=now)
        if restored.pk != newest.pk:
            _write_down(RESTORED, edition, restored, newest, by=by, now=now, restored=number)
    return restored


def revision(edition: Edition, number: int) -> Revision:
    """Return one revision. Raises EditionError where there is none of this number."""
    found = edition.revisions.filter(number=number).first()
    if found is None:
        raise editions.EditionError(
            f"Edition {edition.pk} has no revision {number}; its history shows those there are"
        )
    return found


def _revised(
    edition: Edition, merged: str, text: str, newest: Revision, *, by: str, now: dt.datetime
) -> Revision:
    try:
        return editions.revise(edition, merged.encode(), author=by, now=now)
    except ManuscriptError as error:
        if merged == text:
            raise
        raise MergedFaultyError(error.faults, merged, newest) from error


def _write_down(
    what: str,
    edition: Edition,
    now_newest: Revision,
    before: Revision,
    *,
    by: str,
    now: dt.datetime,
    **more: int,
) -> None:
    changes.record(
        what,
        by=by,
        at=now,
        newsletter=edition.list,
        subject=f"edition {edition.pk}",
        before={"revision": before.number},
        after={"revision": now_newest.number, **more},
    )


def _measure(text: str) -> None:
    if (size := len(text.encode())) > MOST_BYTES:
        raise editions.EditionError(f"The text has {size:,} bytes, and an edition at most {MOST_BYTES:,}")


def _check_settled(text: str) -> None:
    """Refuse a text in which marks of a conflict stand. Raises ManuscriptError."""
    faults = [
        Fault(line, 1, "a mark of the conflict still stands: keep what should stand around it, and delete it")
        for line in merging.unsettled(text)
    ]
    if faults:
        raise ManuscriptError(faults)
