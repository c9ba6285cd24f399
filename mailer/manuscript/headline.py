"""The grammar of one line: a title, perhaps linked, and the interests in braces at its end."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

HEADING = re.compile(r" {0,3}(?P<marks>#{1,2})(?:[ \t]+(?P<text>.*))?")
POINT = re.compile(r"[-*+](?:[ \t]+(?P<text>.*))?")
_CONTINUATION = re.compile(r"[ \t]+(?![-*+][ \t]|\d+[.)][ \t])\S.*")

_SPECIAL = re.compile(r"[\\\[\]{}]")
_ESCAPED = re.compile(r"\\([\\\[\]{}])")
_BEFORE_BRACE = re.compile(r"(?:[^\\{]|\\.|\\$)*")
_BRACES = re.compile(r"\{(?P<names>[^{}]*)\}")
_NAME = re.compile(r"[^,\s](?:[^,]*[^,\s])?")
_LINK_TEXT = re.compile(r"\[(?P<title>(?:[^\\\[\]]|\\.|\[(?:[^\\\[\]]|\\.)*\])*)\]\(")
_LINK_INSIDE = re.compile(r"(?<!\\)\](?:\(|\s+\(https?://)")


class MisreadError(Exception):
    """One line breaks the grammar at `offset`, counted from 0."""

    def __init__(self, offset: int, message: str) -> None:
        """Keep the place and the message."""
        self.offset, self.message = offset, message
        super().__init__(message)


@dataclass(frozen=True)
class Tagged:
    """Words and the names in the braces after them, each with its offset; None where there are no braces."""

    text: str
    names: tuple[tuple[int, str], ...] | None


@dataclass(frozen=True)
class Headline:
    """A heading: its title as plain text, its link or '', and the names in braces as in `Tagged`."""

    title: str
    url: str
    names: tuple[tuple[int, str], ...] | None


def tagged(line: str) -> Tagged:
    r"""Split `{a, b}` from the end of `line`; a brace that is meant as such is written \{.

    Raises MisreadError where a brace stays open or stands before the end.
    """
    start = _BEFORE_BRACE.match(line).end()  # type: ignore[union-attr]  # it matches '' at least
    if start == len(line):
        return Tagged(line.strip(), None)
    braces = _BRACES.match(line, start)
    if braces is None:
        raise MisreadError(start, "“{” is not closed: write } after the interests, or \\{ for a brace")
    if line[braces.end() :].strip():
        raise MisreadError(start, "interests stand at the end of the line; write \\{ for a brace")
    names = _NAME.finditer(line, braces.start("names"), braces.end("names"))
    return Tagged(line[:start].strip(), tuple((name.start(), name.group()) for name in names))


def headline(line: str) -> Headline:
    """Read `Title {a}` or `[Title](address) {a}`; raises MisreadError."""
    link = _LINK_TEXT.match(line)
    if link is None:
        inside = _LINK_INSIDE.search(line)
        if inside:
            raise MisreadError(
                inside.start(), "a link is the whole heading: write ## [Title](https://…) {interests}"
            )
        plain = tagged(line)
        return Headline(unescaped(plain.text), "", plain.names)
    end = _end_of_address(line, link.end())
    url = line[link.end() : end]
    fault = address_fault(url)
    if fault:
        raise MisreadError(link.end(), fault)
    rest = tagged(" " * (end + 1) + line[end + 1 :])
    if rest.text:
        raise MisreadError(end + 1, "only {interests} may follow the link")
    return Headline(unescaped(link["title"]).strip(), url, rest.names)


def _end_of_address(line: str, start: int) -> int:
    """Return where the parenthesis that holds the address closes; an address may hold pairs of its own."""
    depth = 0
    for offset in range(start, len(line)):
        if line[offset] == "(":
            depth += 1
        elif line[offset] == ")":
            if depth == 0:
                return offset
            depth -= 1
    raise MisreadError(start, "the link is not closed: write ) after the address")


def address_fault(url: str) -> str:
    """Return why `url` cannot be a story's link, or '' where it can."""
    if not url:
        return "the link has no address: write [Title](https://…), or the title alone"
    if re.search(r"[\s<>\"\\]", url) or url.count("(") != url.count(")"):
        return "the address holds a character it must not: percent-encode spaces, quotes and odd brackets"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a wrong port is only found when it is asked for
    except ValueError:
        return "the address cannot be read: write https://host/path"
    if parts.scheme not in {"http", "https"} or not host:
        return "the address must begin with http:// or https:// and a host"
    return ""


def is_points(lines: list[str]) -> bool:
    """Return whether `lines` hold nothing but points, or nothing at all."""
    before = ""
    for line in lines:
        continues = _CONTINUATION.fullmatch(line) and before.strip()
        if line.strip() and not POINT.fullmatch(line) and not continues:
            return False
        before = line
    return True


def escaped(title: str) -> str:
    """Return a plain title as a heading writes it."""
    return _SPECIAL.sub(r"\\\g<0>", title)


def unescaped(written: str) -> str:
    """Return the plain title of what a heading holds."""
    return _ESCAPED.sub(r"\1", written)
