"""A rule of the two parts: what stands in HTML stands in plain text too, and the other way round."""

import re
from collections.abc import Iterator
from functools import cached_property
from html import unescape

from mailer.manuscript.faults import quoted
from mailer.preflight.reading import Search, solid
from mailer.preflight.values import Found, Matter
from mailer.rendering.marks import defused_address

# The subject stands in the head, and the preheader where nobody reads: neither is the letter's text.
_UNSEEN = re.compile(r"<head>.*?</head>|<div style=\"display:none;[^\"]*\">[^<]*</div>|<!--.*?-->", re.DOTALL)
_OF_REFERENCES = re.compile("[&;]")
_TAG = re.compile(r"<[^>]*>")


class Links:
    """Asks HTML whether an address stands in it: as it is typed there, or with its references resolved."""

    def __init__(self, body: str) -> None:
        """Resolve nothing yet: most addresses are found without that."""
        self._typed = Search(body)
        self._body = body

    def __contains__(self, words: str) -> bool:
        """Return whether the words stand anywhere."""
        # Such words lie in no reference, and hold none.
        plain = "/" in words and not _OF_REFERENCES.search(words)
        return (plain and words in self._typed) or words in self._resolved

    @cached_property
    def _resolved(self) -> Search:
        return Search(solid(unescape(self._body)))


def differ(matter: Matter) -> Iterator[Found]:
    """Find stories of which one part has the title or the link, and the other has not."""
    lacking: dict[tuple[str, str, str], list[str]] = {}
    stories = [
        (story.title, {"title": solid(story.title), "link": solid(defused_address(story.url))})
        for story in matter.document.stories
    ]
    for letter in matter.letters:
        if not letter.rendered.html:
            continue
        body = _UNSEEN.sub("", letter.rendered.html)
        parts: dict[str, Search | Links] = {
            "title": Search(solid(unescape(_TAG.sub(" ", body)))),
            "link": Links(body),
        }
        text = {"title": Search(letter.solid_text), "link": Search(letter.solid_text)}
        for title, wanted in stories:
            for what, words in wanted.items():
                if words and (in_html := words in parts[what]) != (words in text[what]):
                    where = "plain text" if in_html else "HTML"
                    lacking.setdefault((title, what, where), []).append(letter.name)
    lines = {story.title: story.line for story in matter.document.stories}
    for (title, what, where), names in lacking.items():
        said = f"The {what} of {quoted(title)} is missing in the {where} part: mend the letter's template"
        yield Found(said, matter.page.heading(lines[title], title), tuple(names))
