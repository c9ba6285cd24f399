"""The letter as plain text, written rather than scraped: 76 columns, links numbered and listed nearby."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from mailer.manuscript.document import Group, Section, Story
from mailer.manuscript.plaintext import plain
from mailer.rendering.addresses import address, source
from mailer.rendering.assemble import Assembly
from mailer.rendering.columns import COLUMNS
from mailer.rendering.directions import headed, isolated, laid, laid_as
from mailer.rendering.languages import Words, voice_of, words_of
from mailer.rendering.marks import defused, defused_address
from mailer.rendering.tongues import tongue
from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK, InterestLook, Look
from mailer.rendering.wording import labels, online, standfirst

# Between the paragraphs of one thing, and between one thing and the next.
_PARAGRAPH = "\n\n"
_APART = "\n\n\n"

_plain = lru_cache(maxsize=2048)(plain)


def write(assembly: Assembly, look: Look) -> tuple[str, tuple[str, ...]]:
    """Return the text part, and the web addresses in the letter in order, once each."""
    words = words_of(look.language)
    writer = _Writer(look)
    parts = [_masthead(assembly, look, words)]
    for section in assembly.edition.sections:
        parts += writer.section(section)
    if assembly.elsewhere:
        parts += writer.elsewhere(assembly, words)
    own = defused(writer.footer(look.theme.footer))
    said = defused(_APART.join(parts))
    links = tuple(link for link in map(address, writer.links) if link)
    return f"{said}{_APART}{_footer(assembly, look, words, own)}\n", links


def _masthead(assembly: Assembly, look: Look, words: Words) -> str:
    edition, language, voice = assembly.edition, look.language, voice_of(look.language)
    titles = "\n".join(laid(title, language) for title in (edition.title, edition.subtitle) if title)
    facts = [words.date_of(edition.date)] if edition.date else []
    if assembly.for_you:
        names = words.comma.join(isolated(interest.name, voice) for interest in assembly.for_you)
        facts.append(f"{words.for_you}{words.colon}{names}")
    return _joined(
        titles,
        _own(" · ".join(facts), language),
        "=" * COLUMNS,
        _own(standfirst(assembly, words, voice), language),
    )


def _own(text: str, language: str) -> str:
    """Return what the letter itself says, which runs as its language does, whatever names stand in it."""
    return laid_as(text, voice_of(language), language)


def _footer(assembly: Assembly, look: Look, words: Words, own: str) -> str:
    """Return what the list says, and how to leave; each mark has a line of its own, since links are long."""

    def way(label: str, there: str) -> str:
        return f"{_own(words.labelled(label), look.language)}\n{there}" if there else ""

    return _joined(
        "-" * COLUMNS,
        own,
        _own(
            defused(words.why.format(list=isolated(look.list_name, voice_of(look.language)))), look.language
        ),
        way(words.change, PREFERENCES_MARK),
        way(words.leave, LEAVE_MARK),
        way(words.online, online(assembly, look)),
        laid(defused(look.postal_address), look.language),
    )


def _joined(*paragraphs: str) -> str:
    return _PARAGRAPH.join(filter(None, paragraphs))


@lru_cache(maxsize=64)
def _teller(interests: tuple[InterestLook, ...], language: str) -> Callable[[Story], tuple[str, str, bool]]:
    """Return what tells of a list's stories, and remembers what it told: letters share stories."""
    return lru_cache(maxsize=1024)(partial(_of_story, interests, language))


def _of_story(interests: tuple[InterestLook, ...], language: str, story: Story) -> tuple[str, str, bool]:
    """Return what all letters say of a story: source and interests, its summary, and whether that has links.

    With links it has to be written anew for each letter, which numbers them as they come.
    """
    spoken = tongue(f"{story.title}\n{story.summary}", language) or language
    names = (isolated(interest.name, spoken) for interest in labels(story, interests))
    line = " · ".join(filter(None, (source(story.url), *names)))
    words, links = _plain(story.summary)
    return laid_as(line, spoken, language), laid(words, language), bool(links)


class _Writer:
    """Writes a letter's parts in order and numbers its links as they come."""

    def __init__(self, look: Look) -> None:
        self.links: list[str] = []
        self._look = look
        self._told = _teller(look.interests, look.language)

    def section(self, section: Section) -> list[str]:
        begun = len(self.links)
        prose = self._prose(section.prose)
        lead = _joined(prose, self._listed_since(begun), *map(self._group, section.groups))
        return self._headed(section.title, filter(None, (lead, *map(self._story, section.stories))))

    def elsewhere(self, assembly: Assembly, words: Words) -> list[str]:
        if assembly.elsewhere_in_full:
            return self._headed(words.elsewhere, map(self._story, assembly.elsewhere))
        begun = len(self.links)
        headlines = "\n".join(self._laid(f"- {self._headline(story)}") for story in assembly.elsewhere)
        because = _own(words.in_brief_because, self._look.language)
        return self._headed(words.elsewhere, [_joined(because, headlines, self._listed_since(begun))])

    def footer(self, lines: Iterable[str]) -> str:
        begun = len(self.links)
        said = "\n".join(self._prose(line) for line in lines)
        return _joined(said, self._listed_since(begun))

    def _headed(self, title: str, parts: Iterable[str]) -> list[str]:
        first, *rest = [*parts, ""]
        return [_joined(headed(title, "=", self._look.language), first), *filter(None, rest)]

    def _group(self, group: Group) -> str:
        begun = len(self.links)
        points = "\n".join(f"- {self._words(point.text)}" for point in group.points)
        heading = headed(group.title, "-", self._look.language)
        return _joined(f"{heading}\n{self._laid(points)}", self._listed_since(begun))

    def _story(self, story: Story) -> str:
        begun = len(self.links)
        facts, prose, has_links = self._told(story)
        headline = self._laid(self._headline(story))
        if has_links:
            prose = self._prose(story.summary)
        return _joined(f"{headline}\n{facts}" if facts else headline, prose, self._listed_since(begun))

    def _headline(self, story: Story) -> str:
        if not address(story.url):
            return story.title
        if story.url not in self.links:
            self.links.append(story.url)
        # Not to be parted: a number alone on the next line would look like the list beneath.
        return f"{story.title}\u00a0[{self.links.index(story.url) + 1}]"

    def _laid(self, text: str) -> str:
        return laid(text, self._look.language)

    def _prose(self, markdown: str) -> str:
        return self._laid(self._words(markdown))

    def _words(self, markdown: str) -> str:
        """Return Markdown as words; the text without links, which most is, is read once for all letters."""
        words, links = _plain(markdown)
        if links:
            words, links = _plain(markdown, tuple(self.links))
            self.links = list(links)
        return words

    def _listed_since(self, begun: int) -> str:
        if begun == len(self.links):
            return ""
        new = enumerate(self.links[begun:], begun + 1)
        return "\n".join(f"[{number}] {defused_address(link)}" for number, link in new)
