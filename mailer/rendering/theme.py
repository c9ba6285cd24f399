"""A list's theme as values: what a list may change of its letters, without touching a template."""

from dataclasses import dataclass, field

from mailer.manuscript.document import Document, Section
from mailer.manuscript.pictures import Picture
from mailer.rendering.palette import COLOURS, INTERESTS, Shade

PULL_OUT, PLAIN = "pull-out", "plain"
# The two families that every mail program has; a font from elsewhere would be a request to elsewhere.
FAMILIES = {
    "sans": "system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif",
    "serif": "Georgia,serif",
}
LOGO_WIDTH = 160  # CSS px
WIDEST_LOGO, TALLEST_LOGO = 536, 200


@dataclass(frozen=True)
class Logo:
    """A picture above the title; `dark` is shown in dark mode instead, '' for `alt` is an ornament."""

    light: Picture
    dark: Picture | None = None
    alt: str = ""
    width: int = LOGO_WIDTH


@dataclass(frozen=True)
class Theme:
    """What a list's letters look like; everything has a default, so that an empty theme is a good one.

    `headings` and `text` are families by name, `footer` inline Markdown, a line each. Equal themes make
    equal letters, so that what is made of one can be remembered by it.
    """

    logo: Logo | None = None
    colours: tuple[tuple[str, Shade], ...] = ()
    interests: tuple[tuple[str, Shade], ...] = ()
    headings: str = "serif"
    text: str = "sans"
    order: tuple[str, ...] = ()
    styles: tuple[tuple[str, str], ...] = ()
    footer: tuple[str, ...] = ()

    @property
    def palette(self) -> dict[str, Shade]:
        """Return every colour of a letter by its name."""
        return COLOURS | dict(self.colours)

    @property
    def shades(self) -> tuple[Shade, ...]:
        """Return the colours of interests: those that go round, then those that one interest was given."""
        return INTERESTS + tuple(shade for _, shade in self.interests)

    def place(self, slug: str, number: int) -> int:
        """Return where in `shades` the colour of an interest stands; `number` is its own within the list."""
        own = [each for each, _ in self.interests]
        return len(INTERESTS) + own.index(slug) if slug in own else number % len(INTERESTS)


EMPTY = Theme()


@dataclass(frozen=True)
class Fault:
    """What is wrong in a theme: where (`colours.accent`), and in a sentence what and what to do."""

    where: str
    said: str = field(compare=False)

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{self.where}: {self.said}"


def pull_outs(document: Document, theme: Theme) -> tuple[str, ...]:
    """Return the titles of the sections whose prose is set apart.

    Where the theme styles no section of this edition, the first of several sections of prose alone is.
    """
    styles = dict(theme.styles)
    titles = [section.title for section in document.sections]
    if any(title in styles for title in titles):
        return tuple(title for title in titles if styles.get(title) == PULL_OUT)
    prose = [section.title for section in document.sections if _is_prose(section)]
    return tuple(prose[:1]) if len(prose) > 1 else ()


def ordered(document: Document, theme: Theme) -> tuple[Section, ...]:
    """Return the sections: those that the theme orders, then the others as they were written."""
    places = {title: place for place, title in enumerate(theme.order)}
    return tuple(sorted(document.sections, key=lambda section: places.get(section.title, len(places))))


def _is_prose(section: Section) -> bool:
    return bool(section.prose) and not section.groups and not section.stories
