"""The board of an edition: stories moved between sections and given interests, by buttons and forms alone."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, QueryDict
from django.views.decorators.http import require_GET, require_POST

from mailer import editions, rearranging
from mailer.boards import Board, board_of
from mailer.charts import drawing
from mailer.desk import unsaved
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, page
from mailer.editions import EditionError
from mailer.manuscript.arranging import Item
from mailer.manuscript.document import Document, Group, Section, Story
from mailer.manuscript.faults import ManuscriptError, quoted
from mailer.manuscript.gazetteer import Proposal
from mailer.manuscript.plaintext import plain
from mailer.models import Edition
from mailer.rearranging import Done, Hand

_DIGITS = 10  # no text has so many lines
# So many interests stand on each card to be ticked; of more, those that it has, and a field for one more.
_FEW = 12


@dataclass(frozen=True)
class Topic:
    """An interest as the board shows it; `colour` is its class."""

    slug: str
    name: str
    colour: str
    retired: bool


@dataclass(frozen=True)
class Suggestion:
    """A proposal as the board shows it."""

    topic: Topic
    words: str


@dataclass(frozen=True)
class Card:
    """A story or a point as the board shows it: `short` names it on buttons, `host` where it links to."""

    item: Item
    title: str
    short: str
    host: str
    summary: str
    topics: tuple[Topic, ...]
    given: tuple[Suggestion, ...]
    proposed: tuple[Suggestion, ...]
    dismissed: tuple[Suggestion, ...]

    @property
    def open(self) -> int:
        """Return how many proposals wait for somebody's word."""
        return len(self.given) + len(self.proposed)


@dataclass(frozen=True)
class Heap:
    """Cards beneath one heading: a section's stories, or a group's points."""

    heading: Section | Group
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Column:
    """A section as the board shows it."""

    section: Section
    groups: tuple[Heap, ...]
    stories: Heap

    @property
    def open(self) -> int:
        """Return how many proposals wait in it."""
        return sum(card.open for heap in (*self.groups, self.stories) for card in heap.cards)

    @property
    def lines(self) -> str:
        """Return the lines of the cards that something is proposed for."""
        return " ".join(
            str(card.item.line) for heap in (*self.groups, self.stories) for card in heap.cards if card.open
        )


@needs("look")
@require_GET
def board(request: DeskRequest, number: int) -> HttpResponse:
    """Show the board of an edition's newest revision."""
    return _page(request, _edition(number), undo=_number(request.GET, "undo"), at=_number(request.GET, "at"))


@needs("write")
@require_POST
def change(request: DeskRequest, number: int) -> HttpResponse:
    """Do what a button of the board says, and return to the story it was done to."""
    edition = _edition(number)
    word, _, interest = request.POST.get("do", "").partition(":")
    hand = Hand(edition, _number(request.POST, "base"), request.user.by, dt.datetime.now(dt.UTC))
    try:
        act = _ACTS.get(word)
        if act is None:
            return _page(request, edition, refused="The board has no such button: load it again", status=422)
        done = act(hand, request, interest)
    except EditionError as error:
        return _page(request, edition, refused=str(error), status=409)
    except ManuscriptError as error:
        return _page(request, edition, refused=f"The text cannot be kept so: {error.faults[0]}", status=422)
    undo = f"?undo={done.before}&at={done.line}" if done.before else ""
    # Whoever works by keyboard or by ear goes on where they were.
    there = f"#l{done.line}" if done.line else ""
    return back(request, f"/desk/editions/{edition.pk}/board{undo}{there}", f"{done.said}.")


def _place(hand: Hand, request: DeskRequest, _: str) -> Done:
    line, under = _number(request.POST, "line"), _number(request.POST, "under")
    position = next(iter(_numbers(request.POST.get("position", ""))), None)
    return rearranging.place(hand, line, under, position=position)


def _tag(hand: Hand, request: DeskRequest, _: str) -> Done:
    chosen, more = request.POST.getlist("interest"), " ".join(request.POST.get("more", "").split())
    if more:
        chosen.append(_called(hand.edition, more))
    return rearranging.tag(hand, _number(request.POST, "line"), chosen)


def _called(edition: Edition, name: str) -> str:
    """Return the interest on offer that somebody named, by its name or its slug. Raises EditionError."""
    for interest in edition.list.interests.filter(retired_at=None):
        if name.casefold() in {interest.name.casefold(), interest.slug}:
            return interest.slug
    raise EditionError(f"{quoted(name)} is no interest of this list, so nothing was changed")


def _accept(hand: Hand, request: DeskRequest, interest: str) -> Done:
    return rearranging.accept(hand, [_number(request.POST, "line")], interest)


def _accept_lines(hand: Hand, request: DeskRequest, _: str) -> Done:
    return rearranging.accept(hand, _numbers(request.POST.get("lines", "")))


_ACTS: dict[str, Callable[[Hand, DeskRequest, str], Done]] = {
    "up": lambda hand, request, _: rearranging.shift(hand, _number(request.POST, "line"), -1),
    "down": lambda hand, request, _: rearranging.shift(hand, _number(request.POST, "line"), 1),
    "place": _place,
    "tag": _tag,
    "accept": _accept,
    "accept-section": _accept_lines,
    "accept-all": lambda hand, *_: rearranging.accept(hand),
    "dismiss": lambda hand, request, slug: rearranging.dismiss(hand, _number(request.POST, "line"), slug),
    "again": lambda hand, request, slug: rearranging.propose_again(hand, _number(request.POST, "line"), slug),
    "undo": lambda hand, request, _: rearranging.restore(hand, _number(request.POST, "to")),
}


def _edition(number: int) -> Edition:
    try:
        return editions.find(number)
    except EditionError as error:
        raise Http404 from error


def _number(given: QueryDict, name: str) -> int:
    """Return a number that a form or an address has hidden; 0, which is none, for anything else."""
    return next(iter(_numbers(given.get(name, ""))), 0)


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split() if word.isascii() and word.isdigit() and len(word) < _DIGITS]


def _page(
    request: DeskRequest,
    edition: Edition,
    *,
    undo: int = 0,
    at: int = 0,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    revision = editions.newest(edition)
    values: dict[str, object] = {
        "edition": edition,
        "revision": revision,
        "refused": refused,
        "unsaved": unsaved.of(revision, request.user.by),
    }
    try:
        shown = board_of(revision)
    except ManuscriptError as error:
        return page(request, "board_unread.html", status=422, place="Editions", faults=error.faults, **values)
    topics = _topics(shown)
    return page(
        request,
        "board.html",
        status=status,
        place="Editions",
        columns=_columns(shown, topics),
        # Sent once, whatever the number of cards.
        many=[topic for topic in topics.values() if not topic.retired] if len(topics) > _FEW else [],
        story_places=[(section.line, section.title) for section in shown.document.sections],
        point_places=_lists_of_points(shown.document),
        open=shown.open,
        shares=shown.shares,
        # What was done last can be undone as long as nobody saved since.
        undo=undo if undo == revision.number - 1 else 0,
        at=at,
        **values,
    )


def _topics(shown: Board) -> dict[str, Topic]:
    return {
        interest.slug: Topic(
            interest.slug, interest.name, f"i{drawing.colour(index)}", retired=interest.retired_at is not None
        )
        for index, interest in enumerate(shown.interests)
    }


def _columns(shown: Board, topics: dict[str, Topic]) -> list[Column]:
    cards: dict[int, list[Card]] = {}
    for item in shown.items:
        cards.setdefault(item.under, []).append(_card(shown, item, topics))

    def heap(heading: Section | Group) -> Heap:
        return Heap(heading, tuple(cards.get(heading.line, ())))

    return [
        Column(section, tuple(map(heap, section.groups)), heap(section))
        for section in shown.document.sections
    ]


def _lists_of_points(document: Document) -> list[tuple[int, str]]:
    """Return each group's line, and its name, with its section's where another is called the same."""
    groups = [(section, group) for section in document.sections for group in section.groups]
    times = Counter(group.title for _, group in groups)
    return [
        (group.line, group.title if times[group.title] == 1 else f"{section.title}: {group.title}")
        for section, group in groups
    ]


def _card(shown: Board, item: Item, topics: dict[str, Topic]) -> Card:
    proposals, value = shown.proposals[item.line], item.value
    name = value.title if isinstance(value, Story) else plain(value.text)[0]
    return Card(
        item=item,
        title=name,
        short=quoted(name),
        host=(urlsplit(value.url).hostname or "") if isinstance(value, Story) else "",
        summary=plain(value.summary)[0] if isinstance(value, Story) else "",
        topics=tuple(
            topic
            for topic in topics.values()
            if topic.slug in value.interests or not (topic.retired or len(topics) > _FEW)
        ),
        given=_suggestions(proposals.unconfirmed, topics),
        proposed=_suggestions(proposals.untagged, topics),
        dismissed=_suggestions(proposals.dismissed, topics),
    )


def _suggestions(proposals: tuple[Proposal, ...], topics: dict[str, Topic]) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(topics[each.interest], ", ".join(" ".join(word.split()) for word in each.words))
        for each in proposals
    )
