"""Which of the HTML in an edition stays HTML; all other is text, shown as the editor typed it."""

import re
from collections.abc import Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# A tag that an editor may type in a line, and the one that readers get.
KEPT = {
    **{name: name for name in ("a", "br", "code", "del", "em", "s", "strong", "sub", "sup", "u")},
    "b": "strong",
    "i": "em",
}

_COMMENT = "<!--"
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)")
_MARKDOWN = ""  # stands for an element of Markdown among the names of open tags


def settle_tags(state: StateCore) -> None:
    """Keep pairs of harmless tags, turn all others into text; a rule for the core of markdown-it."""
    for token in state.tokens:
        _settle(token.children or ())


def _settle(tokens: Sequence[Token]) -> None:
    """Pair tags within the Markdown around them, so that none reaches beyond what it was typed in."""
    opened: list[tuple[str, Token]] = []
    for token in tokens:
        _settle(token.children or ())  # the words of an image
        if token.type == "html_inline":
            _settle_tag(token, opened)
        elif token.nesting > 0:
            opened.append((_MARKDOWN, token))
        elif token.nesting < 0:
            while opened.pop()[0] != _MARKDOWN:
                pass  # a tag that was not closed in time stays text


def _settle_tag(token: Token, opened: list[tuple[str, Token]]) -> None:
    written, token.type = token.content, "text"
    if written.startswith(_COMMENT):
        token.content = ""
        return
    tag = _TAG.match(written)
    name = KEPT.get(tag["name"].lower()) if tag else None
    if tag is None or name is None:
        return
    if not tag["end"]:
        if name == "br":
            token.type, token.content = "html_inline", "<br>"
        else:
            opened.append((name, token))
    elif name in _names_within(opened):
        while opened[-1][0] != name:
            opened.pop()
        _, opening = opened.pop()
        opening.type = token.type = "html_inline"
        # Only a link has an attribute to keep.
        opening.content = opening.content if name == "a" else f"<{name}>"
        token.content = f"</{name}>"


def _names_within(opened: Sequence[tuple[str, Token]]) -> set[str]:
    """Return the names of the tags opened since the last element of Markdown was."""
    names: set[str] = set()
    for name, _ in reversed(opened):
        if name == _MARKDOWN:
            break
        names.add(name)
    return names
