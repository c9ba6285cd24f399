"""What language a text is in, as far as its letters tell: enough for a voice, a font and a direction.

A guess by script, and by a few letters that only one language of a script has. A Bulgarian text is read as
Russian, a French one in an English letter as English: the editor does not say, and letters do not tell.
"""

import re
from collections import Counter
from functools import lru_cache
from operator import itemgetter

# Scripts by the ranges of their letters (Unicode 16), each with the language that is meant most often.
_SCRIPTS = (
    ("latn", "en", "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\ua720-\ua7ff"),
    ("cyrl", "ru", "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f"),
    ("arab", "ar", "\u0620-\u064a\u066e-\u06d3\u06d5\u0750-\u077f\u08a0-\u08c9\ufb50-\ufdff\ufe70-\ufefc"),
    ("hebr", "he", "\u05d0-\u05ea"),
    ("deva", "hi", "\u0900-\u097f\ua8e0-\ua8ff"),
    ("beng", "bn", "\u0980-\u09ff"),
    ("guru", "pa", "\u0a00-\u0a7f"),
    ("gujr", "gu", "\u0a80-\u0aff"),
    ("taml", "ta", "\u0b80-\u0bff"),
    ("telu", "te", "\u0c00-\u0c7f"),
    ("knda", "kn", "\u0c80-\u0cff"),
    ("mlym", "ml", "\u0d00-\u0d7f"),
    ("sinh", "si", "\u0d80-\u0dff"),
    ("thai", "th", "\u0e00-\u0e7f"),
    ("mymr", "my", "\u1000-\u109f"),
    ("geor", "ka", "\u10a0-\u10ff\u1c90-\u1cbf"),
    ("armn", "hy", "\u0531-\u0587"),
    ("ethi", "am", "\u1200-\u139f\u2d80-\u2ddf"),
    ("grek", "el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("kana", "ja", "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff"),
    ("hang", "ko", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"),
    ("hani", "zh", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"),
)
_LETTERS = re.compile("|".join(f"(?P<{name}>[{ranges}]+)" for name, _, ranges in _SCRIPTS))
_BEYOND_LATIN = re.compile(f"[{''.join(ranges for name, _, ranges in _SCRIPTS if name != 'latn')}]")
_LANGUAGE = {name: language for name, language, _ in _SCRIPTS}
# Letters that tell a language from the others of its script, and how few of all its letters they may be, one
# in so many: a name may bring in a letter or two. The first that is found counts.
_TELLING = (
    ("arab", "ckb", "ێۆڕڵە", 20),
    ("arab", "sd", "ٻڄڃڏڊٺڀڦڪ", 40),
    ("arab", "ur", "ٹڈڑںےہھ", 40),
    ("arab", "ps", "ټډړښځڅۍ", 40),
    # Persian writes two letters that every text has in a way of its own; گ stands in Arabic names too.
    ("arab", "fa", "یک", 25),
    ("cyrl", "be", "ўЎ", 100),
    ("cyrl", "kk", "әғқңұӘҒҚҢҰ", 40),
    ("cyrl", "uk", "іїєґІЇЄҐ", 40),
    ("cyrl", "sr", "ђћџјЂЋЏЈ", 40),
    ("deva", "mr", "ळ", 100),
)
# Within one script a letter is set as its own language is; only these are set otherwise, and surely told.
_TOLD_APART = {"ar": "ur ps ckb sd fa", "fa": "ur"}
# What a language is written in, where that is not the script of its letters alone.
_WRITTEN = {
    "latn": "",
    "cyrl": "be bg kk ky mk mn ru sr tg uk",
    "arab": "ar ckb fa ps sd ug ur",
    "hebr": "he yi",
    "deva": "hi mr ne sa",
    "hani": "ja zh",
    "ethi": "am ti",
    "hang": "ko",
}
# What one letter of a script says, where that is more than a letter of the others does.
_WEIGHT = {"hani": 3, "kana": 2, "hang": 2, "ethi": 2}
# Of twelve letters of Japanese more than one is no Chinese letter, weighed as above.
_KANA_IN = 12
# Addresses and tags in Markdown, which are in Latin letters whatever the text is.
_UNSAID = re.compile(r"\]\([^()]*\)|https?://[^\s<>]+|<[^<>]*>")
_SCRIPT_OF = {language: name for name, language, _ in _SCRIPTS} | {
    language: name for name, languages in _WRITTEN.items() for language in languages.split()
}


def may_differ(text: str, language: str) -> bool:
    """Return whether a text in a letter of a BCP 47 language may be in another at all; most are not."""
    return _own(language) != "latn" or _BEYOND_LATIN.search(text) is not None


@lru_cache(maxsize=4096)
def tongue(text: str, language: str) -> str:
    """Return the language (BCP 47) of Markdown in a letter of `language`, '' where it may be the same."""
    if not may_differ(text, language):
        return ""
    primary, own = _primary(language), _own(language)
    letters = Counter[str]()
    text = _UNSAID.sub("]", text)
    for found in _LETTERS.finditer(text):
        script = str(found.lastgroup)
        letters[script] += len(found[0]) * _WEIGHT.get(script, 1)
    # Japanese is written with Chinese letters too; that it has others tells it, and not one in a name.
    if letters["kana"] * _KANA_IN >= letters["hani"] and letters["kana"]:
        letters["kana"] += letters.pop("hani", 0)
    most, count = max(letters.items(), key=itemgetter(1), default=("", 0))
    if not count or (most == "kana" and primary == "ja"):
        return ""
    said = _told(text, most, count)
    if most == own:
        return said if said in _TOLD_APART.get(primary, "").split() else ""
    return said


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


@lru_cache(maxsize=256)
def _own(language: str) -> str:
    if "-latn" in language.replace("_", "-").lower():
        return "latn"
    return _SCRIPT_OF.get(_primary(language), "latn")


def _told(text: str, script: str, count: int) -> str:
    """Return the language that text of `count` letters in a script is in, as far as they tell."""
    for its_script, language, letters, one_in in _TELLING:
        if its_script == script and sum(map(text.count, letters)) * one_in >= count:
            return language
    return _LANGUAGE[script]
