"""Decide which letters there are, who gets each and what it says: values in, values out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mailer.interest_sets import Group, sets
from mailer.manuscript.document import Document, Point, Story
from mailer.manuscript.inline import inline_html
from mailer.matrix.values import IN_FULL, Choice, Item, Matrix, Readers, Shown, Variant
from mailer.preflight.size import LONGEST_LINK, bytes_of
from mailer.preflight.values import Letter
from mailer.rendering.assemble import Assembly, assemble, carried
from mailer.rendering.sets import Letters
from mailer.rendering.values import InterestLook, Look, Reading, Rendered
from mailer.tracking.rewriting import TRANSPORTS, Rewriting

Part = Story | Point
Slugs = tuple[str, ...] | None  # in the list's order; None is everything


@dataclass(frozen=True)
class Issue:
    """An edition as it would leave now.

    `interests` are all that its list ever had, in order; `look` holds those on offer. `counted`: opens and
    clicks are, by that `rewriting`.
    """

    number: int
    document: Document
    look: Look
    interests: tuple[InterestLook, ...]
    counted: bool = True
    rewriting: Rewriting = TRANSPORTS


def decide(issue: Issue, groups: Iterable[Group], letters: Letters | None = None) -> Matrix:
    """Return all letters of an edition, equal ones once: everything first, then those most readers get.

    `letters` are those of the issue's document and look, where some were set in type before.
    """
    known = {interest.slug: interest for interest in issue.interests}
    groups = tuple(groups)
    order = _order(issue, groups)
    readers = _by_set(order, groups)
    chosen = {frozenset(slugs): people.all for slugs, people in readers.items() if slugs is not None}
    wanted: dict[Slugs, Readers] = {
        slugs: readers.get(slugs, Readers()) for slugs in (None, *sets(order, chosen))
    }
    unseen = {slugs: people for slugs, people in readers.items() if slugs not in wanted}
    parts = _parts(issue.document)
    variants = [
        _variant(issue, parts, letter, tuple(_choice(slugs, wanted[slugs], known) for slugs in those))
        for letter, those in _letters(letters or Letters(issue.document, issue.look), wanted)
    ]
    variants.sort(key=lambda variant: (variant.interests is not None, -variant.readers.all))
    outcomes = list(_outcomes(issue, parts, variants, unseen))
    return Matrix(
        edition=issue.number,
        list_name=issue.look.list_name,
        language=issue.look.language,
        title=issue.document.title,
        date=issue.document.date,
        variants=tuple(variants),
        items=tuple(_item(part, heading, known) for part, heading in parts),
        full=tuple(
            sum(people for people, sent, shown in outcomes if sent and shown[place] in IN_FULL)
            for place in range(len(parts))
        ),
        unsent=sum(people for people, sent, _ in outcomes if not sent),
        interests=tuple(known[slug] for slug in order),
        chose=tuple(
            sum(people.all for slugs, people in readers.items() if slug in (slugs or ())) for slug in order
        ),
        idle=tuple(interest for interest in issue.look.interests if interest.slug not in order),
        unseen=sum(unseen.values(), Readers()),
        more=len(unseen),
    )


def _order(issue: Issue, groups: tuple[Group, ...]) -> list[str]:
    """Return the interests that the edition carries; of the retired ones those that readers still have."""
    named = carried(issue.document)
    alive = {interest.slug for interest in issue.look.interests}
    alive = alive.union(*(group.interests for group in groups if group.interests))
    return [each.slug for each in issue.interests if each.slug in named and each.slug in alive]


def _by_set(order: list[str], groups: tuple[Group, ...]) -> dict[Slugs, Readers]:
    """Count readers by what they chose of what the edition carries."""
    readers: dict[Slugs, Readers] = {}
    for group in groups:
        chosen = group.interests
        slugs = None if chosen is None else tuple(slug for slug in order if slug in chosen)
        some = Readers(group.readers, group.readers * group.text_only, group.readers * (not group.tracked))
        readers[slugs] = readers.get(slugs, Readers()) + some
    return readers


def _reading(slugs: Slugs) -> Reading:
    return Reading(None if slugs is None else frozenset(slugs))


def _choice(slugs: Slugs, readers: Readers, known: Mapping[str, InterestLook]) -> Choice:
    return Choice(None if slugs is None else tuple(known[slug] for slug in slugs), readers)


def _letters(letters: Letters, wanted: Mapping[Slugs, Readers]) -> Iterator[tuple[Rendered, list[Slugs]]]:
    """Yield each letter once, with the sets that get it: everything first, then by their readers."""
    readings = {slugs: _reading(slugs) for slugs in wanted}
    rendered = letters.of(readings.values())
    made: dict[tuple[str, str], tuple[Rendered, list[Slugs]]] = {}
    for slugs, reading in readings.items():
        letter = rendered[reading]
        made.setdefault((letter.html, letter.text), (letter, []))[1].append(slugs)
    for _, those in made.values():
        those.sort(key=lambda slugs: (slugs is not None, -wanted[slugs].all))
    yield from made.values()


def _variant(
    issue: Issue, parts: Sequence[tuple[Part, str]], letter: Rendered, choices: tuple[Choice, ...]
) -> Variant:
    chosen = choices[0].slugs if choices[0].interests is not None else None
    assembly = assemble(issue.document, issue.look, _reading(chosen))
    return Variant(
        choices=choices,
        letter=letter,
        shown=_shown(assembly, parts),
        leaving=bytes_of(Letter((), letter, issue.counted, issue.rewriting), LONGEST_LINK),
        sent=_is_sent(issue, assembly),
    )


def _shown(assembly: Assembly, parts: Sequence[tuple[Part, str]]) -> tuple[Shown, ...]:
    """Return how a letter has each part."""
    sections = assembly.edition.sections
    full: set[Part] = {*assembly.edition.stories}
    full.update(point for section in sections for group in section.groups for point in group.points)
    elsewhere = set(assembly.elsewhere)
    outside = Shown.FURTHER if assembly.elsewhere_in_full else Shown.HEADLINE
    return tuple(
        Shown.FULL if part in full else outside if part in elsewhere else Shown.NOT for part, _ in parts
    )


def _is_sent(issue: Issue, assembly: Assembly) -> bool:
    return assembly.has_story or issue.look.no_story != "skip"


def _outcomes(
    issue: Issue,
    parts: Sequence[tuple[Part, str]],
    variants: Iterable[Variant],
    unseen: Mapping[Slugs, Readers],
) -> Iterator[tuple[int, bool, tuple[Shown, ...]]]:
    """Yield how many readers get what, and whether they are sent it, letters that are not rendered too."""
    for variant in variants:
        yield variant.readers.all, variant.sent, variant.shown
    for slugs, people in unseen.items():
        assembly = assemble(issue.document, issue.look, _reading(slugs))
        yield people.all, _is_sent(issue, assembly), _shown(assembly, parts)


def _parts(document: Document) -> list[tuple[Part, str]]:
    """Return what letters may have differently, with its headings: stories, then lines with interests."""
    sections = document.sections
    parts: list[tuple[Part, str]] = [
        (story, section.title) for section in sections for story in section.stories
    ]
    parts += [
        (point, f"{section.title} · {group.title}" if group.title else section.title)
        for section in sections
        for group in section.groups
        for point in group.points
        if point.interests
    ]
    return parts


def _item(part: Part, heading: str, known: Mapping[str, InterestLook]) -> Item:
    labels = tuple(known[slug] for slug in known if slug in part.interests)
    if isinstance(part, Story):
        return Item(part.title, heading, labels)
    words = Markup(inline_html(part.text)).striptags()  # noqa: S704  # its Markdown goes with its tags
    return Item(words, heading, labels, is_story=False)
