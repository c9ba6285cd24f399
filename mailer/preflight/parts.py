"""A rule of the two parts: what stands in HTML stands in plain text too, and the other way round."""

import re
from collections.abc import Iterator
from html import unescape

from mailer.manuscript.faults import quoted
from mailer.preflight.footer import solid
from mailer.preflight.values import Found, Matter
from mailer.rendering.marks import defused_address

# The subject stands in the head, and the preheader where nobody reads: neither is the letter's text.
_UNSEEN = re.compile(r"<head>.*?</head>|<div style=\"display:none;[^\"]*\">[^<]*</div>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def differ(matter: Matter) -> Iterator[Found]:
    """Find stories of which one part has the title or the link, and the other has not."""
    lacking: dict[tuple[str, str, str], list[str]] = {}
    for letter in matter.letters:
        if not letter.rendered.html:
            continue
        body = _UNSEEN.sub("", letter.rendered.html)
        text = solid(letter.rendered.text)
        parts = {"title": solid(unescape(_TAG.sub(" ", body))), "link": solid(unescape(body))}
        for story in matter.document.stories:
            wanted = {"title": solid(story.title), "link": solid(defused_address(story.url))}
            for what, words in wanted.items():
                if words and (words in parts[what]) != (words in text):
                    where = "plain text" if words in parts[what] else "HTML"
                    lacking.setdefault((story.title, what, where), []).append(letter.name)
    lines = {story.title: story.line for story in matter.document.stories}
    for (title, what, where), names in lacking.items():
        said = f"The {what} of {quoted(title)} is missing in the {where} part: mend the letter's template"
        yield Found(said, matter.page.heading(lines[title], title), tuple(names))
