"""Where two texts differ, in passages short enough to read: values in, values out."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Words that stand around a change, so that one sees what it is about.
AROUND = 6
# Who changed more than this in one text has written it anew: so many passages, so many words on either side;
# and of a text of which less than half stayed, so many.
MOST_PASSAGES, MOST_WORDS, MOST_OF_ANOTHER = 3, 40, 12
# Beyond so many words no passages are looked for: a comparison takes the square of them.
MOST_COMPARED = 3_000
# Letters of scripts that write without spaces are compared one by one, others by the word with its space.
WITHOUT_SPACES = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{WITHOUT_SPACES}]|[^\s{WITHOUT_SPACES}]+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """Part of a passage; `differs` from the other text."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Passage:
    """The same place in both texts."""

    before: tuple[Piece, ...]
    now: tuple[Piece, ...]


def passages(before: str, now: str) -> tuple[Passage, ...]:
    """Return where two texts differ, with some words around; none where one is the other written anew."""
    old, new = _WORD.findall(f"{before} "), _WORD.findall(f"{now} ")
    if len(old) + len(new) > MOST_COMPARED:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    stayed = sum(block.size for block in matcher.get_matching_blocks())
    changed = max(len(old), len(new)) - stayed
    if changed > (MOST_WORDS if stayed > changed else MOST_OF_ANOTHER):
        return ()
    groups = list(matcher.get_grouped_opcodes(AROUND))
    if len(groups) > MOST_PASSAGES:
        return ()
    return tuple(_passage(group, old, new) for group in groups)


def _passage(group: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Passage:
    before: list[Piece] = []
    now: list[Piece] = []
    for kind, from_old, to_old, from_new, to_new in group:
        differs = kind != "equal"
        before += _piece(old[from_old:to_old], differs=differs)
        now += _piece(new[from_new:to_new], differs=differs)
    _, old_start, _, new_start, _ = group[0]
    _, _, old_end, _, new_end = group[-1]
    return Passage(
        _cut(before, at_start=old_start > 0, at_end=old_end < len(old)),
        _cut(now, at_start=new_start > 0, at_end=new_end < len(new)),
    )


def _piece(found: list[str], *, differs: bool) -> list[Piece]:
    """Return words as a piece, and the space after them as one that differs from nothing."""
    text = "".join(found)
    said = text.rstrip()
    return [Piece(said, differs), Piece(text[len(said) :])] if differs else [Piece(text)]


def _cut(pieces: list[Piece], *, at_start: bool, at_end: bool) -> tuple[Piece, ...]:
    """Return the pieces that say something, with an ellipsis where the text goes on."""
    said = [Piece("… ")] if at_start else []
    said += [piece for piece in pieces if piece.text]
    return (*said, Piece("…")) if at_end else tuple(said)
