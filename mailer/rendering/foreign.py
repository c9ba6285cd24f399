"""Parts of a letter in another language than what is around them: which those are, and how HTML says so."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from markupsafe import Markup

from mailer.rendering.languages import Script, script_of
from mailer.rendering.tongues import may_differ, tongue

# A paragraph, or a point as far as the first within it.
_PARAGRAPH = re.compile(
    r"<(?P<tag>p|li)(?P<given> [^<>]*)?>(?P<said>[^<]*(?:<(?!/?(?:p|li|ul|ol|blockquote|pre)\b)[^<]*)*)"
)
_STYLED = re.compile(r' style="[^"]+"$')
_TAG = re.compile(r"<[^<>]*>")
# What is slanted elsewhere, in a script that has no slanted letters.
_UPRIGHT = 'style="font-style:normal;font-weight:600"'


@dataclass(frozen=True)
class Spoken:
    """A language that a part is in, other than what is around it, and how that is set."""

    language: str
    script: Script


@lru_cache(maxsize=4096)
def spoken(letter: str, text: str, around: str) -> Spoken | None:
    """Return what a text speaks in a letter, None where that is what is spoken around it."""
    language = tongue(text, around)
    if language and not tongue(text, letter):
        language = letter
    return Spoken(language, script_of(language)) if language else None


@dataclass(frozen=True)
class Manner:
    """How a heading is set: attributes and style of its own if it is in another language, line heights."""

    way: Markup  # ` lang="ur" dir="rtl"`, or nothing
    turn: str  # `;text-align:right`, or nothing
    tight: str
    title: str


@lru_cache(maxsize=4096)
def manner(letter: str, text: str, around: str) -> Manner:
    """Return how a heading is set in a letter, in lines of the language `around`."""
    other, here = spoken(letter, text, around), script_of(around)
    if other is None:
        return Manner(Markup(""), "", here.tight, here.title)
    script, way, turn = other.script, f' lang="{other.language}"', ""
    if script.direction != here.direction:
        way, turn = f'{way} dir="{script.direction}"', f";text-align:{script.start}"
    return Manner(Markup(way), turn, script.tight, script.title)  # noqa: S704  # of words of ours


def turned(letter: str, html: Markup, around: str) -> Markup:
    """Give each paragraph and point that is in another language than `around` its own, and its direction."""
    here = script_of(around)
    if not may_differ(html, around):
        return html

    def own_way(found: re.Match[str]) -> str:
        tag, given, said = found["tag"], found["given"] or "", found["said"]
        other = spoken(letter, unescape(_TAG.sub("", said)), around)
        if other is None:
            return found[0]
        script = other.script
        if not script.slants:
            said = said.replace("<em>", f"<em {_UPRIGHT}>")
        way, styles = f' lang="{other.language}"', []
        if script.leading != here.leading:
            styles.append(f"line-height:{script.leading}")
        if script.direction != here.direction:
            way += f' dir="{script.direction}"'
            styles.append(f"text-align:{script.start}")
            if tag == "li":
                # Its bullet is on the other side, and the room for it too.
                styles.append(f"margin-{script.start}:24px;margin-{script.end}:-24px")
        if styles:
            before = given.removesuffix('"') + ";" if _STYLED.search(given) else f'{given} style="'
            given = f'{before}{";".join(styles)}"'
        return f"<{tag}{way}{given}>{said}"

    return Markup(_PARAGRAPH.sub(own_way, html))  # noqa: S704  # ours, put into what is sanitised
