"""What a letter says of its own accord, and how its script is set: one entry a language."""

from dataclasses import dataclass
from functools import lru_cache

from mailer.rendering.words import ar, en, fr, hi, ru, zh
from mailer.rendering.words.shape import Words

__all__ = ["Script", "Words", "script_of", "voice_of", "words_of"]


@dataclass(frozen=True)
class Script:
    """How a language is set: direction, line heights of text, headings and the title; do letters slant."""

    direction: str = "ltr"
    leading: str = "1.55"
    tight: str = "1.3"
    title: str = "1.2"
    slants: bool = True

    @property
    def start(self) -> str:
        """Return the side on which lines begin."""
        return "right" if self.direction == "rtl" else "left"

    @property
    def end(self) -> str:
        """Return the side on which lines end."""
        return "left" if self.direction == "rtl" else "right"


_LATIN = Script()
_CHINESE = Script(leading="1.7", tight="1.4", title="1.3", slants=False)
_DEVANAGARI = Script(leading="1.7", tight="1.45", title="1.4", slants=False)
_ETHIOPIC = Script(leading="1.7", tight="1.4", title="1.3", slants=False)
_HEBREW = Script("rtl", slants=False)
_NASKH = Script("rtl", leading="1.8", tight="1.5", title="1.4", slants=False)
_NASTALIQ = Script("rtl", leading="2", tight="1.9", title="1.8", slants=False)
# Letters with marks above and beneath: of South and South-East Asia.
_TALL = Script(leading="1.8", tight="1.5", title="1.4", slants=False)

_SCRIPTS = {
    "am": _ETHIOPIC,
    "ar": _NASKH,
    "bn": _TALL,
    "ckb": _NASKH,
    "fa": _NASKH,
    "gu": _TALL,
    "he": _HEBREW,
    "hi": _DEVANAGARI,
    "ja": _CHINESE,
    "km": _TALL,
    "kn": _TALL,
    "ko": _CHINESE,
    "lo": _TALL,
    "ml": _TALL,
    "mr": _DEVANAGARI,
    "my": _TALL,
    "ne": _DEVANAGARI,
    "pa": _TALL,
    "ps": _NASKH,
    "sd": _NASKH,
    "si": _TALL,
    "ta": _TALL,
    "te": _TALL,
    "th": _TALL,
    "ti": _ETHIOPIC,
    "ug": _NASKH,
    "ur": _NASTALIQ,
    "yi": _HEBREW,
    "zh": _CHINESE,
}

# Where Chinese is written with the letters that the words here are not in.
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
_WORDS = {"ar": ar.WORDS, "en": en.WORDS, "fr": fr.WORDS, "hi": hi.WORDS, "ru": ru.WORDS, "zh": zh.WORDS}


def voice_of(language: str) -> str:
    """Return what the letter itself speaks on a list of a BCP 47 language: that, or the nearest it can."""
    subtags = set(language.replace("_", "-").lower().split("-"))
    if "zh" in subtags and subtags & _TRADITIONAL:
        return "zh-Hans"
    return language if _primary(language) in _WORDS else "en"


@lru_cache(maxsize=256)
def words_of(language: str) -> Words:
    """Return the letter's own words on a list of a BCP 47 language; English where it has none yet."""
    return _WORDS[_primary(voice_of(language))]


@lru_cache(maxsize=256)
def script_of(language: str) -> Script:
    """Return how a BCP 47 language is set."""
    return _SCRIPTS.get(_primary(language), _LATIN)


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
