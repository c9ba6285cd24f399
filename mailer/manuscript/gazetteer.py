"""Which interests a text is about, by the names it mentions; the names are data (`gazetteer.toml`)."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_NOTHING = "nothing"  # the table of words that mean none of the interests
_APOSTROPHES = re.compile("['’ʼ‘]")
_GAPS = re.compile(r"[\s-]+")
_LIST_OF_NAMES = re.compile(r"\s*(?:[,;/&+]|\band\b)\s*")


@dataclass(frozen=True)
class Proposal:
    """An interest, and the words of the text that led to it, each once, in the order they stand there."""

    interest: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Gazetteer:
    """Words by the interest they propose."""

    words: Mapping[str, tuple[str, ...]]
    nothing: tuple[str, ...] = ()

    @classmethod
    def load(cls, extra: Mapping[str, Sequence[str]] | None = None) -> "Gazetteer":
        """Return the gazetteer that ships, with `extra` words added to it, by interest."""
        words = {region: list(known) for region, known in _shipped().items()}
        nothing = tuple(words.pop(_NOTHING))
        for interest, more in (extra or {}).items():
            words.setdefault(interest, []).extend(more)
        return cls({interest: tuple(known) for interest, known in words.items()}, nothing)

    def propose(self, text: str, interests: Mapping[str, str]) -> list[Proposal]:
        """Return which of `interests` (name by slug) the text mentions, in their order.

        An interest without words here is looked for by its own name.
        """
        owners: dict[str, set[str]] = {}
        for interest, name in interests.items():
            for word in self._words_for(interest, name):
                owners.setdefault(_normal(word), set()).add(interest)
        found: dict[str, dict[str, None]] = {interest: {} for interest in interests}
        for mention in self._mentions(text, owners):
            for interest in owners.get(_owned(mention, owners), ()):
                found[interest].setdefault(mention)
        return [Proposal(interest, tuple(words)) for interest, words in found.items() if words]

    def _words_for(self, interest: str, name: str) -> Iterator[str]:
        known = self.words.get(interest) or self.words.get(_slug(name))
        if known:
            yield from known
        else:
            yield from (part.lower() for part in _LIST_OF_NAMES.split(name) if part)

    def _mentions(self, text: str, owners: Iterable[str]) -> Iterator[str]:
        """Find every word of any interest, listed or not: the longest that fits wins its place."""
        everything = {_normal(word) for known in self.words.values() for word in known}
        everything.update(map(_normal, self.nothing), owners)
        return (match.group() for match in _pattern(frozenset(everything)).finditer(text))


@cache
def _shipped() -> dict[str, tuple[str, ...]]:
    written = files("mailer.manuscript").joinpath("gazetteer.toml").read_text(encoding="utf-8")
    return {
        region: tuple(word for words in kinds.values() for word in words)
        for region, kinds in tomllib.loads(written).items()
    }


@lru_cache(maxsize=32)
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    """Match any of the words; each is tried only where its first letter begins a word."""
    longest_first = sorted((word for word in words if word), key=lambda word: (-len(word), word))
    by_letter: dict[str, list[str]] = {}
    for word in longest_first:
        by_letter.setdefault(_opening(word), []).append(_alternative(word))
    groups = (f"{opening}(?:{'|'.join(group)})" for opening, group in by_letter.items())
    return re.compile("|".join(groups) or r"(?!)")


def _opening(word: str) -> str:
    """Look ahead for a word's first letter, large or small, where a word with spaces around it begins."""
    first = word[0]
    # Scripts without capitals, such as Chinese, set no spaces between words.
    before = r"(?<!\w)" if first.isalnum() and _has_spaces(first) else ""
    alone = first.isalpha() and len(first.upper()) == len(first.lower()) == 1
    return before + (f"(?=(?i:{first.lower()}))" if alone else "")


def _alternative(word: str) -> str:
    """Match a whole word: with capitals, as written or all in capitals; else in any case and as a plural."""
    if word == word.lower():
        body = f"(?i:{_loosely(word)}(?:e?s)?)"
    elif word.upper() == word:
        body = _loosely(word)
    else:
        body = f"(?:{_loosely(word)}|{_loosely(word.upper())})"
    return body + (r"(?!\w)" if _has_spaces(word[-1]) else "")


def _loosely(word: str) -> str:
    """Let apostrophes be straight or curly, and words be set apart by spaces, line ends or hyphens."""
    parts = (_APOSTROPHES.sub("['’ʼ‘]", re.escape(part)) for part in _GAPS.split(word))
    return r"[\s-]+".join(parts)


def _has_spaces(character: str) -> bool:
    return character.lower() != character.upper() or not character.isalpha()


@lru_cache(maxsize=4096)  # a text's every search asks for all words that there are
def _normal(word: str) -> str:
    return _GAPS.sub(" ", _APOSTROPHES.sub("’", word.strip()))


def _owned(mention: str, owners: Mapping[str, set[str]]) -> str:
    """Return the word of the gazetteer that `mention` is, however it is written."""
    normal = _normal(mention)
    if normal in owners:
        return normal
    lower = normal.lower()
    for form in (lower, lower.removesuffix("s"), lower.removesuffix("es")):
        if form in owners:
            return form
    return next((word for word in owners if word.upper() == normal), "")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
