"""The letter as plain text, written rather than scraped: 76 columns, links numbered and listed nearby."""

from collections.abc import Iterable
from functools import lru_cache

from mailer.manuscript.document import Group, Section, Story
from mailer.manuscript.plaintext import plain
from mailer.rendering.addresses import address, source
from mailer.rendering.assemble import Assembly
from mailer.rendering.columns import COLUMNS, underlined, wrapped
from mailer.rendering.languages import Words, words_of
from mailer.rendering.marks import defused, defused_address
from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK, Look
from mailer.rendering.wording import labels, standfirst

# Between the paragraphs of one thing, and between one thing and the next.
_PARAGRAPH = "\n\n"
_APART = "\n\n\n"

_plain = lru_cache(maxsize=2048)(plain)


def write(assembly: Assembly, look: Look) -> tuple[str, tuple[str, ...]]:
    """Return the text part, and the web addresses in the letter in order, once each."""
    words = words_of(look.language)
    writer = _Writer(look)
    parts = [_masthead(assembly, words)]
    for section in assembly.edition.sections:
        parts += writer.section(section)
    if assembly.elsewhere:
        parts += writer.elsewhere(assembly, words)
    said = defused(_APART.join(parts))
    links = tuple(link for link in map(address, writer.links) if link)
    return f"{said}{_APART}{_footer(look, words)}\n", links


def _masthead(assembly: Assembly, words: Words) -> str:
    edition = assembly.edition
    titles = "\n".join(wrapped(title) for title in (edition.title, edition.subtitle) if title)
    facts = [words.date_of(edition.date)] if edition.date else []
    if assembly.for_you:
        facts.append(f"{words.for_you}: {', '.join(interest.name for interest in assembly.for_you)}")
    return _joined(titles, wrapped(" · ".join(facts)), "=" * COLUMNS, wrapped(standfirst(assembly, words)))


def _footer(look: Look, words: Words) -> str:
    """Return how to leave; each mark has a line of its own, since an address may be long."""
    return _joined(
        "-" * COLUMNS,
        wrapped(defused(words.why.format(list=look.list_name))),
        f"{words.change}:\n{PREFERENCES_MARK}",
        f"{words.leave}:\n{LEAVE_MARK}",
        wrapped(defused(look.postal_address)),
    )


def _joined(*paragraphs: str) -> str:
    return _PARAGRAPH.join(filter(None, paragraphs))


def _headed(title: str, parts: Iterable[str]) -> list[str]:
    first, *rest = [*parts, ""]
    return [_joined(underlined(title, "="), first), *filter(None, rest)]


class _Writer:
    """Writes a letter's parts in order and numbers its links as they come."""

    def __init__(self, look: Look) -> None:
        self.links: list[str] = []
        self._look = look

    def section(self, section: Section) -> list[str]:
        begun = len(self.links)
        prose = self._prose(section.prose)
        lead = _joined(prose, self._listed_since(begun), *map(self._group, section.groups))
        return _headed(section.title, filter(None, (lead, *map(self._story, section.stories))))

    def elsewhere(self, assembly: Assembly, words: Words) -> list[str]:
        if assembly.elsewhere_in_full:
            return _headed(words.elsewhere, map(self._story, assembly.elsewhere))
        begun = len(self.links)
        headlines = "\n".join(wrapped(f"- {self._headline(story)}") for story in assembly.elsewhere)
        because = wrapped(words.in_brief_because)
        return _headed(words.elsewhere, [_joined(because, headlines, self._listed_since(begun))])

    def _group(self, group: Group) -> str:
        begun = len(self.links)
        points = "\n".join(f"- {self._words(point.text)}" for point in group.points)
        return _joined(f"{underlined(group.title, '-')}\n{wrapped(points)}", self._listed_since(begun))

    def _story(self, story: Story) -> str:
        begun = len(self.links)
        facts = [source(story.url), *(interest.name for interest in labels(story, self._look))]
        lines = (self._headline(story), " · ".join(filter(None, facts)))
        head = "\n".join(wrapped(line) for line in lines if line)
        return _joined(head, self._prose(story.summary), self._listed_since(begun))

    def _headline(self, story: Story) -> str:
        if not address(story.url):
            return story.title
        if story.url not in self.links:
            self.links.append(story.url)
        # Not to be parted: a number alone on the next line would look like the list beneath.
        return f"{story.title}\u00a0[{self.links.index(story.url) + 1}]"

    def _prose(self, markdown: str) -> str:
        return wrapped(self._words(markdown))

    def _words(self, markdown: str) -> str:
        """Return Markdown as words; the text without links, which most is, is read once for all letters."""
        words, links = _plain(markdown)
        if links:
            words, links = _plain(markdown, tuple(self.links))
            self.links = list(links)
        return words

    def _listed_since(self, begun: int) -> str:
        new = enumerate(self.links[begun:], begun + 1)
        return "\n".join(f"[{number}] {defused_address(link)}" for number, link in new)
