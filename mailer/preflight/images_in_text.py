"""The images of a text, as letters read its Markdown: where each stands, and where its address is written.

By hand and in one pass, since a pattern for brackets in brackets takes minutes over what a stranger pasted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.common.utils import unescapeAll

from mailer.preflight.page import Line

_DEFINITION = re.compile(
    r" {0,3}\[(?P<label>[^\[\]]{1,200})\]:\s+(?:<(?P<angled>[^<>]*)>|(?P<bare>[^\s<>]+))"
)
_TITLE = re.compile(r"\s*(?:\s(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)")
_LABEL = re.compile(r"\[(?P<label>[^\[\]]{0,200})\]")
_DEEPEST = 8  # brackets in an address


@dataclass(frozen=True)
class Image:
    """An image: its words, its address as it is asked, and both places in the text.

    `address` and `line` are of what is to be written anew for another address: from where to where, with `<`
    and `>`. `shared`: a link leads there too.
    """

    alt: str
    url: str
    at: Line
    start: int
    line: Line
    address: tuple[int, int]
    shared: bool = False


def images(lines: Sequence[Line]) -> tuple[Image, ...]:
    """Return the images in these lines, in order; what is quoted as code is none."""
    definitions = dict(_definitions(lines))
    return tuple(image for line in lines for image in _on(line, definitions, lines))


def _definitions(lines: Sequence[Line]) -> Iterator[tuple[str, tuple[Line, re.Match[str]]]]:
    for line in reversed(lines):  # the first of a label counts, and comes last into the table
        if line.kind == "body" and (found := _DEFINITION.match(line.text)):
            yield _folded(found["label"]), (line, found)


def _on(
    line: Line, definitions: dict[str, tuple[Line, re.Match[str]]], lines: Sequence[Line]
) -> Iterator[Image]:
    text = line.text
    for start, end in _pairs(text):
        alt = text[start + 2 : end]
        if text.startswith("(", end + 1):
            if address := _address(text, end + 2):
                yield Image(alt, _asked(text[slice(*address)]), line, start, line, address)
            continue
        label = _LABEL.match(text, end + 1)
        name = _folded((label["label"] if label else "") or alt)
        if name in definitions and line.kind != "footer":
            where, found = definitions[name]
            group = "angled" if found["angled"] is not None else "bare"
            before, after = found.span(group)
            angle = group == "angled"
            shared = any(_is_linked(each.text, name) for each in lines)
            yield Image(
                alt, _asked(found[group]), line, start, where, (before - angle, after + angle), shared
            )


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where `![` stands and where its bracket closes, for those that are in no other."""
    if "![" not in text:
        return
    opened: list[int] = []
    position = 0
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            position += 1
        elif letter == "[":
            opened.append(position - 1 if text.startswith("![", max(position - 1, 0)) else -1)
        elif letter == "]" and opened:
            start = opened.pop()
            if start >= 0 and not any(other >= 0 for other in opened[-_DEEPEST:]) and _is_plain(text, start):
                yield start, position
        position += 1


def _is_plain(text: str, start: int) -> bool:
    """Return whether no backslash takes the sign before the bracket for itself."""
    before = text[max(start - 20, 0) : start]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 0


def _address(text: str, start: int) -> tuple[int, int] | None:
    """Return from where to where an address stands behind its bracket, None where it is none."""
    while start < len(text) and text[start] in " \t":
        start += 1
    if text.startswith("<", start):
        end = next((at for at in range(start + 1, len(text)) if text[at] in "<>"), -1)
        end = end + 1 if end > 0 and text[end] == ">" else -1
    else:
        end = _bare(text, start)
    return (start, end) if end >= 0 and _TITLE.match(text, end) else None


def _bare(text: str, start: int) -> int:
    """Return where an address without angles ends, -1 where its brackets come in no pairs."""
    depth, position = 0, start
    while position < len(text) and text[position] not in " \t<>":
        letter = text[position]
        if letter == "\\":
            position += 1
        elif letter == "(":
            depth += 1
            if depth > _DEEPEST:
                return -1
        elif letter == ")":
            if depth == 0:
                break
            depth -= 1
        position += 1
    return min(position, len(text)) if depth == 0 else -1


def _asked(written: str) -> str:
    """Return an address as programs ask it: without escapes, and with what stands for a space."""
    return unescapeAll(written.removeprefix("<").removesuffix(">")).replace(" ", "%20")


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())


def _is_linked(text: str, name: str) -> bool:
    """Return whether a link, and no image, refers to a label."""
    folded = text.casefold()
    if f"[{name}]" not in folded or _DEFINITION.match(text):
        return False
    name = re.escape(name)
    pattern = rf"(?<![!\]])(?:\[[^\[\]]{{1,200}}\]\[{name}\]|\[{name}\](?![\[(:]))"
    return any(not folded.endswith("!", 0, found.start()) for found in re.finditer(pattern, folded))
