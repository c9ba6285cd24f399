"""What a letter says of its own accord, and how its script is set: one entry a language."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The letter's own words in one language; {names} in braces are filled in."""

    # Which of the forms of a word stands beside a number.
    form: Callable[[int], int]
    stories: tuple[str, ...]
    stories_for_you: tuple[str, ...]
    more_in_brief: tuple[str, ...]
    more_in_full: tuple[str, ...]
    # How a number of stories is joined to the names of the other sections.
    after_sections: str
    with_sections: str
    only_sections: str
    comma: str
    last_comma: str
    for_you: str
    elsewhere: str
    in_brief_because: str
    why: str
    change: str
    leave: str
    months: tuple[str, ...]
    date: str

    def date_of(self, day: dt.date) -> str:
        """Return a date as readers of this language write it."""
        return self.date.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def count(self, forms: tuple[str, ...], number: int) -> str:
        """Return `number` with its word in the right form."""
        return forms[self.form(number)].format(n=number)

    def listed(self, names: Sequence[str]) -> str:
        """Return names as a sentence lists them: “a, b and c”."""
        most, last = self.comma.join(names[:-1]), "".join(names[-1:])
        return f"{most}{self.last_comma}{last}" if most else last


@dataclass(frozen=True)
class Script:
    """How a language is set: direction, and line heights of text, headings and the title."""

    direction: str = "ltr"
    leading: str = "1.55"
    tight: str = "1.3"
    title: str = "1.2"

    @property
    def start(self) -> str:
        """Return the side on which lines begin."""
        return "right" if self.direction == "rtl" else "left"

    @property
    def end(self) -> str:
        """Return the side on which lines end."""
        return "left" if self.direction == "rtl" else "right"


_LATIN = Script()
_CHINESE = Script(leading="1.7", tight="1.4", title="1.3")
_DEVANAGARI = Script(leading="1.7", tight="1.45", title="1.4")
_NASKH = Script("rtl", leading="1.8", tight="1.5", title="1.4")
_NASTALIQ = Script("rtl", leading="2", tight="1.9", title="1.8")

_SCRIPTS = {
    "ar": _NASKH,
    "ckb": _NASKH,
    "fa": _NASKH,
    "he": Script("rtl"),
    "hi": _DEVANAGARI,
    "ja": _CHINESE,
    "ko": _CHINESE,
    "mr": _DEVANAGARI,
    "ne": _DEVANAGARI,
    "ps": _NASKH,
    "sd": _NASKH,
    "ug": _NASKH,
    "ur": _NASTALIQ,
    "yi": Script("rtl"),
    "zh": _CHINESE,
}

_ENGLISH = Words(
    form=lambda number: int(number != 1),
    stories=("{n} story", "{n} stories"),
    stories_for_you=("{n} story for you", "{n} stories for you"),
    more_in_brief=("{n} more in brief", "{n} more in brief"),
    more_in_full=("{n} more from elsewhere", "{n} more from elsewhere"),
    after_sections="{stories}, after {sections}.",
    with_sections="{stories}, with {sections}.",
    only_sections="{sections}.",
    comma=", ",
    last_comma=" and ",
    for_you="For you",
    elsewhere="Elsewhere in this edition",
    in_brief_because="In brief, as they are outside the interests you chose.",
    why="You get this letter because you subscribed to {list}.",
    change="Change your interests",
    leave="Unsubscribe",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    date="{day} {month} {year}",
)

_WORDS = {"en": _ENGLISH}


def words_of(language: str) -> Words:
    """Return the words of a BCP 47 language, or English where the letter does not speak it yet."""
    return _WORDS.get(_primary(language), _ENGLISH)


def script_of(language: str) -> Script:
    """Return how a BCP 47 language is set."""
    return _SCRIPTS.get(_primary(language), _LATIN)


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
