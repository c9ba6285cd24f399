"""Lines of a pasted text become the Markdown that says the same; signs with a meaning there are escaped."""

import re
from collections.abc import Sequence

from mailer.manuscript.lines import Kind, Line
from mailer.manuscript.titles import ADDRESS

_INLINE = re.compile(r"[\\`*\[{]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_BLOCK = re.compile(r"^(?:(?P<number>\d+)(?=[.)](?:\s|$))|(?=#{1,6}(?:\s|$)|>|[-+](?:\s|$)|~~~|=+$|-+$))")
_MARKS = re.compile(r"^#{1,6} \S|\]\(https?://|\*\*\w[^*\n]*\*\*", re.MULTILINE)
_HEADING = re.compile(r"^(?=#{1,2}(?:\s|$))")
_BRACE_OR_ESCAPE = re.compile(r"\\.|\{")


def speaks_markdown(text: str) -> bool:
    """Return whether a pasted text has marks that nobody types without meaning them."""
    return _MARKS.search(text) is not None


def words(text: str, *, speaks_markdown: bool) -> str:
    """Return `text` as inline Markdown in which every address is a link.

    Text that speaks Markdown keeps its marks; only braces, which would name interests, are escaped.
    """
    if speaks_markdown:
        return _BRACE_OR_ESCAPE.sub(lambda found: r"\{" if found.group() == "{" else found.group(), text)
    pieces, after = [], 0
    for address in ADDRESS.finditer(text):
        pieces += [_INLINE.sub(r"\\\g<0>", text[after : address.start()]), f"<{address.group()}>"]
        after = address.end()
    return "".join(pieces) + _INLINE.sub(r"\\\g<0>", text[after:])


def body(lines: Sequence[Line], *, speaks_markdown: bool) -> str:
    """Return paragraphs and lists: each line a paragraph, items in a row a list."""
    composed = ""
    before: Kind | None = None
    for line in lines:
        tight = line.kind is before and line.kind in {Kind.POINT, Kind.NUMBERED}
        composed += ("\n" if tight else "\n\n") + _paragraph(line, speaks_markdown=speaks_markdown)
        before = line.kind
    return composed.strip("\n")


def _paragraph(line: Line, *, speaks_markdown: bool) -> str:
    if line.kind is Kind.ADDRESS:
        return f"{line.label}: <{line.text}>" if line.label else f"<{line.text}>"
    text = words(line.text, speaks_markdown=speaks_markdown)
    if line.kind is Kind.POINT:
        return f"- {text}"
    if line.kind is Kind.NUMBERED:
        return f"{line.figure}. {text}"
    if line.kind is Kind.MARKED:
        return f"### {text}"
    if speaks_markdown:
        return _HEADING.sub(r"\\", text)
    return _BLOCK.sub(lambda found: f"{found['number'] or ''}\\", text)
