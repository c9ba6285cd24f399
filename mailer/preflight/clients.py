"""Rules of mail programs: HTML and CSS that some of them do not show."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from mailer.preflight.values import Found, Matter

# Gmail drops a style that is longer, whole.
MOST_STYLE = 8_192  # characters
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[a-z][^>]*>", re.IGNORECASE)
# What Outlook for Windows alone reads, or all but it.
_FOR_OUTLOOK = re.compile(r"<!--\[if (?:[^\]]*\bmso\b|[^\]]*\bIE\b)[^\]]*\]>.*?<!\[endif\]-->", re.DOTALL)


@dataclass(frozen=True)
class Feature:
    """What a letter may hold, who does not support it, and what they miss ('': nothing)."""

    slug: str
    name: str
    pattern: re.Pattern[str]
    without: tuple[str, ...]
    loss: str = ""


def unsupported(matter: Matter) -> Iterator[Found]:
    """Find what some readers would miss."""
    pages = {letter.name: _markup(letter.rendered.html) for letter in matter.letters}
    # Letters have most of their tags in common: what stands in none of them is sought once.
    anywhere = "\n".join(["", *dict.fromkeys(chain.from_iterable(pages.values())), ""])
    for feature in features():
        if not (feature.loss and feature.pattern.search(anywhere)):
            continue
        names = tuple(name for name, some in pages.items() if feature.pattern.search("\n".join(some)))
        if names:
            said = f"{feature.name} does not work in {', '.join(feature.without)}: {feature.loss} there"
            yield Found(f"{said}, so take it out of the letter's template", variants=names)


def _markup(html: str) -> list[str]:
    """Return the styles of a letter, and its tags, each once: its words say nothing here."""
    everyones = _FOR_OUTLOOK.sub("", html)
    return [*_STYLE.findall(everyones), *sorted(set(_TAG.findall(everyones)))]


def dropped_style(matter: Matter) -> Iterator[Found]:
    """Find styles that Gmail drops for their length."""
    for letter in matter.letters:
        longest = max(map(len, _STYLE.findall(letter.rendered.html)), default=0)
        if longest > MOST_STYLE:
            said = f"A style has {longest:,} characters, and Gmail drops one of more than {MOST_STYLE:,}"
            yield Found(f"{said}: split it in the letter's template", variants=(letter.name,))


@cache
def features() -> tuple[Feature, ...]:
    """Return what is known of mail programs."""
    data = tomllib.loads((Path(__file__).parent / "clients.toml").read_text(encoding="utf-8"))
    return tuple(
        Feature(
            slug,
            entry["name"],
            re.compile(entry["pattern"], re.IGNORECASE),
            tuple(entry["without"]),
            entry.get("loss", ""),
        )
        for slug, entry in data.items()
    )
