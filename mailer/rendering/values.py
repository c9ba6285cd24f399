"""What goes into a letter and what comes out."""

from dataclasses import dataclass

from mailer.rendering.theme import EMPTY, Theme

# Per-reader values stand in a letter as these marks, which the transport replaces for each reader.
# No mark is the beginning of another, and text from outside never holds one: it would be replaced there too.
LEAVE_MARK = "-leave_url-"
PREFERENCES_MARK = "-preferences_url-"
MARKS = (LEAVE_MARK, PREFERENCES_MARK)
# Put into letters that are counted, when they leave (mailer.tracking.rewriting).
TOKEN_MARK = "-reader_token-"  # noqa: S105 - no secret: a reader's token takes its place


@dataclass(frozen=True)
class InterestLook:
    """An interest of the list as a letter shows it; `colour` counts from 0 in the list's own order."""

    slug: str
    name: str
    colour: int


@dataclass(frozen=True)
class House:
    """What an installation brings to all its letters."""

    # Where mail programs find what is kept here: https://news.example
    base_url: str = ""
    # The folder of its own templates; '' where it has none.
    templates: str = ""


@dataclass(frozen=True)
class Look:
    """What a list brings to each of its letters."""

    list_slug: str
    list_name: str
    postal_address: str
    interests: tuple[InterestLook, ...]
    language: str = "en"
    unchosen_stories: str = "headlines"  # headlines | full | hidden
    no_story: str = "skip"  # skip | top_stories
    theme: Theme = EMPTY
    # Where its editions can be read online: https://news.example; '' for nowhere.
    archive: str = ""
    house: House = House()


@dataclass(frozen=True)
class Reading:
    """How one set of readers gets an edition; `interests` None is everything."""

    interests: frozenset[str] | None = None
    text_only: bool = False
    tracked: bool = True


@dataclass(frozen=True)
class Rendered:
    """A letter. `html` is '' for text only; `links` are its outside addresses, in order, once each."""

    subject: str
    html: str
    text: str
    links: tuple[str, ...]
    # False where no story is in full: the list's rule then says whether anyone is sent it.
    has_story: bool
