"""Which script letters are written in, and which of them pass for Latin ones."""

import unicodedata
from collections import Counter
from functools import lru_cache

# Beginnings of Unicode names; what is not here is COMMON.
_SCRIPTS = (
    "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "TAMIL", "ETHIOPIC", "THAI",
    "GEORGIAN", "ARMENIAN", "HANGUL", "HIRAGANA", "KATAKANA", "CJK", "GUJARATI", "GURMUKHI", "TELUGU",
    "SINHALA", "KANNADA", "MALAYALAM", "MYANMAR", "KHMER", "LAO", "TIBETAN",
)  # fmt: skip
COMMON = ""
_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA"})
# What a language is written in; all others in Latin letters.
_LANGUAGES = {
    "ar": {"ARABIC"}, "fa": {"ARABIC"}, "ur": {"ARABIC"}, "ps": {"ARABIC"}, "sd": {"ARABIC"},
    "ckb": {"ARABIC"}, "ug": {"ARABIC"}, "he": {"HEBREW"}, "yi": {"HEBREW"},
    "ru": {"CYRILLIC"}, "uk": {"CYRILLIC"}, "be": {"CYRILLIC"}, "bg": {"CYRILLIC"}, "mk": {"CYRILLIC"},
    "kk": {"CYRILLIC"}, "ky": {"CYRILLIC"}, "mn": {"CYRILLIC"}, "tg": {"CYRILLIC"},
    "sr": {"CYRILLIC", "LATIN"}, "uz": {"CYRILLIC", "LATIN"}, "az": {"CYRILLIC", "LATIN"},
    "el": {"GREEK"}, "hi": {"DEVANAGARI"}, "mr": {"DEVANAGARI"}, "ne": {"DEVANAGARI"}, "sa": {"DEVANAGARI"},
    "bn": {"BENGALI"}, "as": {"BENGALI"}, "ta": {"TAMIL"}, "te": {"TELUGU"}, "gu": {"GUJARATI"},
    "pa": {"GURMUKHI", "ARABIC"}, "kn": {"KANNADA"}, "ml": {"MALAYALAM"}, "si": {"SINHALA"},
    "am": {"ETHIOPIC"}, "ti": {"ETHIOPIC"}, "th": {"THAI"}, "lo": {"LAO"}, "km": {"KHMER"},
    "my": {"MYANMAR"}, "bo": {"TIBETAN"}, "ka": {"GEORGIAN"}, "hy": {"ARMENIAN"},
    "ko": {"HANGUL", "CJK"}, "zh": {"CJK"}, "yue": {"CJK"}, "ja": set(_JAPANESE),
}  # fmt: skip

# Letters of other scripts that nobody tells from a Latin one (Unicode Technical Standard #39, its table of
# confusables), and the Latin ones that they pass for.
_PAIRS = {
    "CYRILLIC": ("аеорсухіјѕһӏԁԛԝАВЕКМНОРСТУХІЈЅӀԌ", "aeopcyxijshldqwABEKMHOPCTYXIJSIG"),
    "GREEK": ("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX"),
}
LIKE_LATIN = {odd: plain for odds, plains in _PAIRS.values() for odd, plain in zip(odds, plains, strict=True)}
# Greek letters stand beside Latin ones in units and formulas (Δv, μm); these do not.
_LATIN_TWINS = frozenset(LIKE_LATIN.values())


@lru_cache(maxsize=8192)
def script_of(character: str) -> str:
    """Return the script of a letter, as its Unicode name begins, or COMMON."""
    if not character.isalpha():
        return COMMON
    name = unicodedata.name(character, "")
    first = name.split(" ", 1)[0].split("-", 1)[0]
    return first if first in _SCRIPTS else COMMON


def scripts(text: str) -> Counter[str]:
    """Count the letters of each script in `text`."""
    counts = Counter(map(script_of, text))
    del counts[COMMON]
    return counts


def expected(language: str) -> frozenset[str]:
    """Return the scripts that readers of a BCP 47 language read."""
    return frozenset(_LANGUAGES.get(language.replace("_", "-").partition("-")[0].lower(), {"LATIN"}))


def is_disguised(word: str) -> bool:
    """Return whether `word` mixes Latin with Cyrillic or Greek, and the fewer of them pass for the others."""
    counts = scripts(word)
    foreign = [script for script in _PAIRS if counts[script]]
    if not foreign or len(counts) != 2 or not counts["LATIN"]:  # noqa: PLR2004 - two scripts, Latin one of them
        return False
    rare = foreign[0] if counts[foreign[0]] <= counts["LATIN"] else "LATIN"
    twins = LIKE_LATIN.keys() if rare != "LATIN" else _LATIN_TWINS
    return all(letter in twins for letter in word if script_of(letter) == rare)


def as_latin(word: str) -> str:
    """Return what a word of Cyrillic or Greek letters is read as where all pass for Latin ones, else ''."""
    letters = [letter for letter in word if script_of(letter) != COMMON]
    if letters and all(letter in LIKE_LATIN for letter in letters):
        return "".join(LIKE_LATIN.get(letter, letter) for letter in word)
    return ""
