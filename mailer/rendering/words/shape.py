"""What a letter says of its own accord, whatever the language."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The letter's own words in one language; {names} in braces are filled in.

    A form of a number may leave its figure out (Arabic says two stories in a word), never another's.
    """

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
    # What stands between a label and what it labels.
    colon: str
    for_you: str
    elsewhere: str
    in_brief_because: str
    why: str
    change: str
    leave: str
    online: str
    months: tuple[str, ...]
    date: str
    # How the first of a month is written, where that is no figure.
    first_day: str = ""

    def date_of(self, day: dt.date) -> str:
        """Return a date as readers of this language write it."""
        day_of_month = self.first_day if day.day == 1 and self.first_day else str(day.day)
        return self.date.format(day=day_of_month, month=self.months[day.month - 1], year=day.year)

    def count(self, forms: tuple[str, ...], number: int) -> str:
        """Return `number` with its word in the right form."""
        return forms[self.form(number)].format(n=number)

    def labelled(self, label: str) -> str:
        """Return a label above what it labels."""
        return f"{label}{self.colon}".rstrip()

    def listed(self, names: Sequence[str]) -> str:
        """Return names as a sentence lists them: “a, b and c”."""
        most, last = self.comma.join(names[:-1]), "".join(names[-1:])
        return f"{most}{self.last_comma}{last}" if most else last
