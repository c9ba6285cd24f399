"""Who would get an edition if it left now, against whom its list's last editions reached.

Read in a handful of statements whatever the size of the list: its people are counted by all that decides
their letter and their outcome as the freeze would (mailer.counting); of earlier sends their batches are read
alone, a thousand of which are a million readers.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from mailer import counting, reports
from mailer.counting import Counted, People
from mailer.editions import document_of
from mailer.look import look_of
from mailer.manuscript.document import Document
from mailer.models import Batch, Revision, Send, VariantSet
from mailer.models.editions import EVERYTHING
from mailer.rendering.assemble import carried
from mailer.rendering.values import Look
from mailer.vocabulary import Reason, SendKind, SendStatus
from subscribers.models import List, Segment
from subscribers.segments import keeping
from subscribers.segments.querying import where
from subscribers.vocabulary import NoStory, Status

LOOKED_BACK = 5  # sent editions of a list
# Unusual is what differs from the mean by more than a fifth, and by more readers than chance moves.
A_FIFTH, BY_CHANCE = 0.2, 10
RULE = "Unusual: more than a fifth above or below the mean of the last five, and at least ten readers."


@dataclass(frozen=True)
class Usual:
    """The mean of the last sent editions, and of how many it is; None where there is none to compare with."""

    now: int
    mean: float | None
    editions: int

    @property
    def unusual(self) -> bool:
        """Return whether now differs from it more than the rule allows."""
        if self.mean is None:
            return False
        away = abs(self.now - self.mean)
        return away > self.mean * A_FIFTH and away >= BY_CHANCE

    @property
    def change(self) -> str:
        """Return the difference as one would say it: “+12 %”, '' where there is nothing to compare with."""
        if not self.mean:
            return ""
        return f"{round((self.now / self.mean - 1) * 100):+d} %".replace("-", "−")


@dataclass(frozen=True)
class OfInterest:
    """Readers who chose an interest, or everything; `colour` is its place in the list."""

    name: str
    colour: int
    carried: bool
    readers: Usual


@dataclass(frozen=True)
class OfLetter:
    """Readers of one letter: whose it is in words, and how many get it as text alone."""

    name: str
    readers: int
    text_only: int


@dataclass(frozen=True)
class Expected:
    """Who would get it: each candidate is a reader, or left out with a reason."""

    candidates: int
    readers: Usual
    reasons: dict[str, int]
    interests: tuple[OfInterest, ...]
    letters: tuple[OfLetter, ...]
    at: dt.datetime | None = None  # as of when people were counted

    @property
    def unusual(self) -> bool:
        """Return whether anything is."""
        return self.readers.unusual or any(each.readers.unusual for each in self.interests)


@dataclass(frozen=True)
class Content:
    """What of an edition decides who gets it: bits it carries, that letters are about, and of its stories."""

    carried: int
    offered: int  # of the carried ones, those that can be chosen still
    stories: int
    always: bool  # a letter is never without a story, whatever its reader chose


Reach = Mapping[int, int]  # readers of one earlier send, by what they chose of what it carried


def expected(
    revision: Revision, *, now: dt.datetime, segment: Segment | None = None, holders: int = 0
) -> Expected:
    """Return who would get the revision if it left now; `holders` have this edition from another send.

    Raises SegmentError, and the manuscript's errors.
    """
    found = people(revision.edition.list, segment, now=now)
    return of_document(revision, document_of(revision), found, segment=segment, holders=holders)


def of_document(
    revision: Revision,
    document: Document,
    found: Counted,
    *,
    segment: Segment | None = None,
    holders: int = 0,
) -> Expected:
    """Return the same of a text in the place of the revision's, stored or not, and of `found` people."""
    owner = revision.edition.list
    names = {
        interest.number: (place, interest.name)
        for place, interest in enumerate(owner.interests.all())
        if interest.retired_at is None
    }
    content = content_of(document, look_of(owner), owner)
    return told(content, found.people, names, earlier(revision, segment), holders, at=found.at)


def holders_of(edition: int) -> int:
    """Return how many readers hold a copy of the edition, or may, by sends whose audience is frozen."""
    begun = Send.objects.filter(edition=edition).exclude(kind=SendKind.TEST).exclude(frozen_at=None)
    return sum(
        sum(sums.outcomes.values()) - sums.outcomes["excluded"] - sums.outcomes["cancelled"]
        for sums in reports.ledgers(begun.values_list("pk", flat=True)).values()
    )


def content_of(document: Document, look: Look, owner: List) -> Content:
    """Return what of an edition decides who gets it, as rendering.assemble does."""
    numbers = dict(owner.interests.values_list("slug", "number"))
    offered = {interest.slug for interest in look.interests}
    in_it = carried(document)
    return Content(
        carried=sum(1 << numbers[slug] for slug in in_it),
        offered=sum(1 << numbers[slug] for slug in offered.intersection(in_it)),
        stories=sum(
            1 << numbers[slug] for slug in {s for story in document.stories for s in story.interests}
        ),
        always=look.no_story != NoStory.SKIP
        or look.unchosen_stories == "full"
        or not document.stories
        or any(not story.interests for story in document.stories),
    )


def people(owner: List, segment: Segment | None, *, now: dt.datetime) -> Counted:
    """Count the people of a list, or of its segment, by all that decides about their letter."""
    if segment is None:
        return counting.counted(owner, now=now)
    kept = keeping.current(segment)
    asked = where(kept.condition, kept.as_of(owner, now))
    found = counting.people(owner, conditions=asked.sql, **asked.parameters)
    return Counted(found, now, owner)


def earlier(revision: Revision, segment: Segment | None) -> list[Reach]:
    """Return whom the last five sent editions of the list reached, in the same segment if there is one."""
    owner = revision.edition.list_id
    sent = Send.objects.filter(edition__list=owner, kind=SendKind.SEND, frozen_at__isnull=False)
    sent = sent.filter(segment__slug=segment.slug) if segment else sent.filter(segment__isnull=True)
    over = sent.filter(status__in=[SendStatus.DONE, SendStatus.DONE_WITH_GAPS])
    rows = over.exclude(edition=revision.edition_id).order_by("-pk").values_list("edition", "pk")
    newest: dict[int, int] = {}
    for edition, number in rows[: LOOKED_BACK * 4]:  # an edition may have several
        newest.setdefault(edition, number)
    wanted = list(newest.values())[:LOOKED_BACK]
    held = (
        Batch.objects.filter(send__in=wanted, n__gt=0)
        .values_list("send", "variant")
        .annotate(readers=Sum("n"))
        .order_by()
    )
    reached = [(send, variant, readers) for send, variant, readers in held]
    chose: dict[int, int] = {}
    of_those = VariantSet.objects.filter(variant__in={variant for _, variant, _ in reached})
    for variant, bits in of_those.values_list("variant", "interests"):
        chose[variant] = max(bits, chose.get(variant, EVERYTHING))
    reach: dict[int, dict[int, int]] = {number: {} for number in wanted}
    for send, variant, readers in reached:
        bits = chose.get(variant, EVERYTHING)
        reach[send][bits] = reach[send].get(bits, 0) + readers
    return list(reach.values())


def told(
    content: Content,
    people: Iterable[People],
    names: Mapping[int, tuple[int, str]],
    earlier: Iterable[Reach],
    holders: int = 0,
    *,
    at: dt.datetime | None = None,
) -> Expected:
    """Decide who gets it, from values alone; `names` are the interests on offer by number: place and name."""
    people = list(people)
    reasons: Counter[str] = Counter()
    readers: list[People] = []
    for some in people:
        barred = Reason.SUPPRESSED if some.suppressed else _REASONS.get(some.standing)
        reason = barred or _no_story(some.chosen, content)
        if reason:
            reasons[reason] += some.readers
        else:
            readers.append(some)
    many = sum(some.readers for some in readers)
    if holders:
        reasons[Reason.ALREADY_HAS_THIS_EDITION] = min(holders, many)
    past = list(earlier)
    sums = [sum(reach.values()) for reach in past]
    return Expected(
        candidates=sum(some.readers for some in people),
        readers=_usual(many - reasons[Reason.ALREADY_HAS_THIS_EDITION], sums),
        reasons={reason: reasons[reason] for reason in Reason if reasons[reason]},
        interests=tuple(
            OfInterest(
                name,
                place,
                bool(content.carried >> number & 1),
                _usual(
                    sum(some.readers for some in readers if _wants(some.chosen, number)),
                    [
                        sum(n for bits, n in reach.items() if _wants(bits, number))
                        for reach in past
                        if _carried(reach) >> number & 1
                    ],
                ),
            )
            for number, (place, name) in names.items()
        ),
        letters=tuple(_letters(readers, content, names)),
        at=at,
    )


_REASONS: dict[str, Reason] = {
    Status.PAUSED: Reason.PAUSED,
    Status.PENDING: Reason.UNCONFIRMED,
}


def _no_story(chosen: int, content: Content) -> Reason | None:
    if content.always or _everything(chosen, content) or chosen & content.stories:
        return None
    return Reason.NO_STORY


def _everything(chosen: int, content: Content) -> bool:
    return chosen == EVERYTHING or chosen & content.offered == content.offered


def _wants(chosen: int, number: int) -> bool:
    return chosen == EVERYTHING or bool(chosen >> number & 1)


def _carried(reach: Reach) -> int:
    """Return what an earlier edition carried, as far as somebody chose it: else it cannot be told."""
    found = 0
    for bits in reach:
        found |= bits if bits != EVERYTHING else 0
    return found


def _usual(now: int, past: list[int]) -> Usual:
    return Usual(now, sum(past) / len(past) if past else None, len(past))


def _letters(
    readers: list[People], content: Content, names: Mapping[int, tuple[int, str]]
) -> Iterable[OfLetter]:
    """Return each letter once, the most read first."""
    found: dict[int, list[int]] = {}
    for some in readers:
        key = EVERYTHING if _everything(some.chosen, content) else some.chosen & content.carried
        letter = found.setdefault(key, [0, 0])
        letter[0] += some.readers
        letter[1] += some.readers * some.text_only
    for key, (many, text_only) in sorted(found.items(), key=lambda item: (-item[1][0], item[0])):
        chosen = [name for number, (_, name) in names.items() if key != EVERYTHING and key >> number & 1]
        name = "everything" if key == EVERYTHING else " · ".join(chosen) or "none of its interests"
        yield OfLetter(name, many, text_only)
