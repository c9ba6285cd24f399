"""What editors do on an edition's board: each action that changes the text is a new revision.

Who acts says which revision's board they looked at. Where another editor saved meanwhile, it is done to the
newest text if the story stands there as it was; else it is refused, and nothing is overwritten.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from mailer import boards, drafts, editions
from mailer.boards import Board, Word
from mailer.editions import EditionError
from mailer.manuscript import arranging
from mailer.manuscript.arranging import Arranged, ArrangingError, Item, Kind
from mailer.manuscript.document import Document
from mailer.manuscript.faults import quoted
from mailer.manuscript.proposing import Verdict
from mailer.models import Edition, Revision

_LOOK_AGAIN = "look at the board as it is now"


@dataclass(frozen=True)
class Hand:
    """Whose hand it is, and the number of the revision whose board they looked at."""

    edition: Edition
    base: int
    by: str
    now: dt.datetime


@dataclass(frozen=True)
class Done:
    """What an action came to: the newest revision, the item's line in it (0: no one item's), one sentence.

    `before` is the number of the revision that undoes it, 0 where the text is as it was.
    """

    revision: Revision
    line: int
    said: str
    before: int = 0


def shift(hand: Hand, line: int, by: int) -> Done:
    """Move an item up (-1) or down (1) by one place. Raises EditionError beyond the first and the last."""
    return _arrange(
        hand,
        line,
        lambda text, document, item: arranging.shifted(text, document, item.line, by),
        f"moved {'up' if by < 0 else 'down'}",
    )


def place(hand: Hand, line: int, under: int, *, position: int | None = None) -> Done:
    """Move a story beneath the section, or a point beneath the group, that line `under` of the board heads.

    `position` counts from 0 among those there, the item left out; None is the end.
    """
    heading = _heading(editions.document_of(_base(hand)), under)

    def placed(text: str, document: Document, item: Item) -> Arranged:
        there = _line_of(document, heading)
        return arranging.placed(text, document, item.line, under=there, position=position)

    return _arrange(hand, line, placed, f"moved to {quoted(heading[-1])}")


def tag(hand: Hand, line: int, interests: Collection[str]) -> Done:
    """Give an item these interests and no others: what it keeps is confirmed, what it loses dismissed."""
    base = boards.board_of(_base(hand))
    item = _item(base.revision, line)
    wanted = [interest.slug for interest in base.interests if interest.slug in interests]
    lost = [Word(item, slug, Verdict.DISMISSED) for slug in item.value.interests if slug not in wanted]
    kept = [] if set(wanted) != set(item.value.interests) else base.proposals[line].unconfirmed
    with transaction.atomic():
        done = _arrange(
            hand,
            line,
            lambda text, document, item: arranging.tagged_with(text, document, item.line, wanted),
            f"is for {_names(base, wanted)}",
        )
        words = [*lost, *(Word(item, each.interest, Verdict.CONFIRMED) for each in kept)]
        boards.settle(hand.edition, words, by=hand.by, now=hand.now)
    return done


def accept(hand: Hand, lines: Collection[int] | None = None, interest: str = "") -> Done:
    """Accept what the board proposes for the items on these lines, None for all; or one interest of that.

    Items are stories and points alike, and what is said of it names both.

    What the import wrote by itself stays and is confirmed. Where several items were asked for, those that
    another editor changed meanwhile are left out, and the answer says so.
    """
    base = boards.board_of(_base(hand))
    asked = {
        item: [each.interest for each in base.proposals[item.line].open if interest in {"", each.interest}]
        for item in base.items
        if lines is None or item.line in lines
    }
    asked = {item: slugs for item, slugs in asked.items() if slugs}
    if not asked:
        raise EditionError(f"Nothing is proposed there any more: {_LOOK_AGAIN}")
    with transaction.atomic():
        last = _locked(hand.edition)
        document = editions.document_of(last)
        found = [(item, _again(base.revision, last, document, item)) for item in asked]
        there = [(item, now) for item, now in found if now is not None]
        missed = [item for item, now in found if now is None]
        if not there:
            raise _changed_meanwhile(missed[0], last)
        text = last.text
        # From the last to the first: what changes there moves no line above.
        for item, now in sorted(there, key=lambda pair: pair[1].line, reverse=True):
            slugs = (*now.value.interests, *asked[item])
            text = arranging.tagged_with(text, document, now.line, slugs).text
        revision = _kept(hand, last, text)
        had = [(item, slug) for item, _ in there for slug in asked[item] if slug in item.value.interests]
        words = [Word(item, slug, Verdict.CONFIRMED) for item, slug in had]
        boards.settle(hand.edition, words, by=hand.by, now=hand.now)
    count = sum(len(asked[item]) for item, _ in there)
    points = sum(len(asked[item]) for item, _ in there if item.kind is Kind.POINT)
    one, now = there[0]
    said = f"{count} {'proposal' if count == 1 else 'proposals'} accepted"
    if count > 1 and (shares := boards.shares(count - points, points)):
        said += f": {shares}"
    if len(asked) == 1:
        said = f"{quoted(one.name)} is for {_names(base, dict.fromkeys((*now.value.interests, *asked[one])))}"
    if missed:
        said += f"; {quoted(missed[0].name)} was changed meanwhile, and what is proposed for it stands"
    return Done(revision, now.line if len(asked) == 1 else 0, said, _before(revision, last))


def dismiss(hand: Hand, line: int, interest: str) -> Done:
    """Propose this interest no more for the item, as long as its title or its words are the same."""
    return _say(hand, line, Word(_item_of(hand, line), interest, Verdict.DISMISSED))


def propose_again(hand: Hand, line: int, interest: str) -> Done:
    """Take back that somebody dismissed it."""
    return _say(hand, line, Word(_item_of(hand, line), interest, Verdict.OPEN))


def restore(hand: Hand, number: int) -> Done:
    """Make the text of an earlier revision the newest again; drafts.restore says what it raises."""
    revision = drafts.restore(hand.edition, number, over=hand.base, by=hand.by, now=hand.now)
    said = f"Undone: the text is that of revision {number} again"
    return Done(revision, 0, said, hand.base if revision.number > hand.base else 0)


def _arrange(hand: Hand, line: int, act: Callable[[str, Document, Item], Arranged], said: str) -> Done:
    """Do it to the newest text, where the item stands as it did on the board that was looked at."""
    base = _base(hand)
    item = _item(base, line)
    with transaction.atomic():
        last = _locked(hand.edition)
        document = editions.document_of(last)
        found = _again(base, last, document, item)
        if found is None:
            raise _changed_meanwhile(item, last)
        try:
            arranged = act(last.text, document, found)
        except ArrangingError as error:
            raise EditionError(str(error)) from error
        revision = _kept(hand, last, arranged.text)
    return Done(revision, arranged.line, f"{quoted(item.name)} {said}", _before(revision, last))


def _say(hand: Hand, line: int, word: Word) -> Done:
    """Write down what is said of a proposal; the text stays, so it does not matter who saved meanwhile."""
    base = boards.board_of(_base(hand))
    proposals = base.proposals[line]
    known = proposals.dismissed if word.verdict is Verdict.OPEN else proposals.untagged
    if word.interest not in {each.interest for each in known}:
        raise EditionError(f"That is not proposed for {quoted(word.item.name)} any more: {_LOOK_AGAIN}")
    with transaction.atomic():
        last = _locked(hand.edition)
        boards.settle(hand.edition, [word], by=hand.by, now=hand.now)
    now = _again(base.revision, last, editions.document_of(last), word.item)
    again = "again" if word.verdict is Verdict.OPEN else "no more"
    said = f"{_names(base, [word.interest])} is proposed {again} for {quoted(word.item.name)}"
    return Done(last, now.line if now else 0, said)


def _again(base: Revision, last: Revision, document: Document, item: Item) -> Item | None:
    """Find the item in the newest text: as it was written, and where more are so, beneath its own heading."""
    alike = [
        each
        for each in arranging.items(last.text, document)
        if (each.kind, each.written.rstrip()) == (item.kind, item.written.rstrip())
    ]
    if base.number == last.number:
        alike = [each for each in alike if each.line == item.line]
    elif len(alike) > 1:
        home = (item.section.title, item.place)
        alike = [each for each in alike if (each.section.title, each.place) == home]
    return alike[0] if len(alike) == 1 else None


def _changed_meanwhile(item: Item, last: Revision) -> EditionError:
    return EditionError(
        f"{quoted(item.name)} was changed or taken out meanwhile, by {last.author or 'somebody'} in revision"
        f" {last.number}, so nothing was done: {_LOOK_AGAIN}"
    )


def _heading(document: Document, line: int) -> tuple[str, ...]:
    """Return the titles that lead to the heading on a line: its section's, and a group's own."""
    for section in document.sections:
        if section.line == line:
            return (section.title,)
        for group in section.groups:
            if group.line == line:
                return (section.title, group.title)
    raise EditionError(f"No section and no list of points is headed on line {line}: {_LOOK_AGAIN}")


def _line_of(document: Document, heading: tuple[str, ...]) -> int:
    """Find a heading again in another text."""
    for section in document.sections:
        if heading == (section.title,):
            return section.line
        for group in section.groups:
            if heading == (section.title, group.title):
                return group.line
    raise EditionError(f"{quoted(heading[-1])} was renamed or taken out meanwhile: {_LOOK_AGAIN}")


def _base(hand: Hand) -> Revision:
    found = hand.edition.revisions.select_related("edition__list").filter(number=hand.base).first()
    if found is None:
        raise EditionError(f"Edition {hand.edition.pk} has no revision {hand.base}: {_LOOK_AGAIN}")
    return found


def _item_of(hand: Hand, line: int) -> Item:
    return _item(_base(hand), line)


def _item(revision: Revision, line: int) -> Item:
    try:
        return arranging.item_on(revision.text, editions.document_of(revision), line)
    except ArrangingError as error:
        raise EditionError(str(error)) from error


def _locked(edition: Edition) -> Revision:
    """Return the newest revision, and let no other be made before this transaction ends."""
    Edition.objects.select_for_update().get(pk=edition.pk)
    return editions.newest(edition)


def _kept(hand: Hand, last: Revision, text: str) -> Revision:
    if text == last.text:
        return last
    return editions.revise(hand.edition, text.encode(), author=hand.by, now=hand.now)


def _before(revision: Revision, last: Revision) -> int:
    return last.number if revision.number > last.number else 0


def _names(board: Board, slugs: Iterable[str]) -> str:
    """Return interests by their names: “China and Africa”, or “everyone” for none."""
    names = [interest.name for interest in board.interests if interest.slug in set(slugs)]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or "everyone"
