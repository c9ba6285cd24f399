"""What language a text on a page is in, where the list's is known and the page's may be another."""

from dataclasses import dataclass

from mailer.rendering.languages import script_of
from mailer.rendering.tongues import tongue


@dataclass(frozen=True)
class Speech:
    """A language (BCP 47) and its direction: ltr | rtl."""

    language: str
    direction: str


def spoken(text: str, language: str) -> Speech:
    """Return what a text on a list of a language is in: that, unless its letters tell of another."""
    own = tongue(text, language) or language
    return Speech(own, script_of(own).direction)
