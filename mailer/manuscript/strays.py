"""Lines of a pasted text that were no part of the edition: captions, tables of contents, buttons."""

from collections import Counter
from collections.abc import Sequence

from mailer.manuscript.lines import Kind, Line
from mailer.manuscript.titles import words_in

# What mail programs and web pages add around a newsletter, in small letters without signs.
_FURNITURE = frozenset(
    (
        "contents", "table of contents", "view in browser", "view in your browser", "view online",
        "view this email in your browser", "read more", "read the full story", "read full story",
        "learn more", "continue reading", "click here", "share", "share this", "tweet", "forward",
        "forward to a friend", "image", "photo", "logo", "advertisement", "back to top",
        "menu", "subscribe", "unsubscribe",
        "manage preferences", "update your preferences",
    )
)  # fmt: skip
_LONGEST_CAPTION = 3  # words
_SHORTEST_CONTENTS = 3  # lines

_FURNITURE_REASON = "belongs to the page around a newsletter"
_CONTENTS_REASON = "is an entry in a table of contents"
_CAPTION_REASON = "stands alone like the caption of an image"
_REPEATED_REASON = "stands there more than once with nothing beneath it"
_ORNAMENT_REASON = "holds no words"


def find_strays(lines: Sequence[Line]) -> dict[int, str]:
    """Return why lines are left out, by their index."""
    strays = {index: reason for index, line in enumerate(lines) if (reason := _by_itself(line))}
    strays |= dict.fromkeys(_contents(lines, strays), _CONTENTS_REASON)
    strays |= dict.fromkeys(_captions(lines, strays), _CAPTION_REASON)
    counts = Counter(line.raw for index, line in enumerate(lines) if index not in strays)
    first = next((index for index in range(len(lines)) if index not in strays), 0)
    for index, line in enumerate(lines):
        if index > first and index not in strays and counts[line.raw] > 1 and _is_alone(lines, strays, index):
            strays[index] = _REPEATED_REASON
    return strays


def _by_itself(line: Line) -> str:
    if line.kind is Kind.ORNAMENT:
        return _ORNAMENT_REASON
    if line.kind is not Kind.TITLE:
        return ""
    if line.text.strip(" :…→>»[]()").casefold() in _FURNITURE:
        return _FURNITURE_REASON
    return ""


def _contents(lines: Sequence[Line], strays: dict[int, str]) -> list[int]:
    """Return the first run of lines that all come again further down."""
    last = {_key(line): index for index, line in enumerate(lines)}
    run: list[int] = []
    for index, line in enumerate(lines):
        if index in strays:
            continue
        if last[_key(line)] > index and line.kind in {Kind.TITLE, Kind.POINT, Kind.NUMBERED}:
            run.append(index)
        elif len(run) >= _SHORTEST_CONTENTS:
            break
        else:
            run.clear()
    return run if len(run) >= _SHORTEST_CONTENTS else []


def _captions(lines: Sequence[Line], strays: dict[int, str]) -> list[int]:
    """Return a few words in small letters by themselves, where headings have capitals."""
    titles = [index for index, line in enumerate(lines) if line.kind is Kind.TITLE and index not in strays]
    if not titles or lines[titles[0]].text[:1].islower():
        return []
    return [index for index in titles if _is_caption(lines[index], lines[index + 1 : index + 2])]


def _is_caption(line: Line, below: Sequence[Line]) -> bool:
    alone = line.starts_block and line.ends_block and words_in(line.text) <= _LONGEST_CAPTION
    heads_a_list = line.text.endswith(":") or (bool(below) and below[0].kind in {Kind.POINT, Kind.NUMBERED})
    return alone and line.text[:1].islower() and not heads_a_list


def _is_alone(lines: Sequence[Line], strays: dict[int, str], index: int) -> bool:
    """Return whether a heading has another heading, or the end, beneath it."""
    if lines[index].kind is not Kind.TITLE:
        return False
    below = next(
        (line for later, line in enumerate(lines[index + 1 :], index + 1) if later not in strays), None
    )
    return below is None or (below.kind in {Kind.TITLE, Kind.MARKED} and below.starts_block)


def _key(line: Line) -> str:
    return line.text.casefold().rstrip(":")
