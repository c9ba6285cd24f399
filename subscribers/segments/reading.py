"""Conditions as people type them, read into a tree; what cannot be read is told with its column.

    interest in (china, africa) and joined after 2025-01-01 and not (opened within 90 days or clicked never)

Words of the language may be written in any case; `not` binds before `and`, and that before `or`.
"""

from collections.abc import Callable, Collection
from typing import Final, TypeVar

from subscribers.segments import values
from subscribers.segments.conditions import (
    MOST_CONDITIONS,
    MOST_LEVELS,
    MOST_VALUES,
    All,
    Among,
    Any,
    Chose,
    Compared,
    Comparison,
    Condition,
    Dated,
    DomainEnds,
    Event,
    Field,
    GetsEverything,
    LocaleBegins,
    LocaleKnown,
    Never,
    Not,
    Present,
    Quantifier,
    SegmentError,
    Side,
    Within,
    levels,
    unknown_interest,
)
from subscribers.segments.lexing import Kind, Token, tokens

T = TypeVar("T")

# They join conditions: an attribute's name or text that is one of them needs quotation marks.
RESERVED: Final = ("and", "or", "not")
_TOO_DEEP = f"conditions stand more than {MOST_LEVELS} levels deep inside each other; take them apart"


def read(text: str, *, interests: Collection[str] | None = None) -> Condition:
    """Return the tree that a text is.

    `interests` are those the list has; None: any may be named. Raises SegmentError with a column.
    """
    return _Reader(tokens(text), interests).everything()


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, found: list[Token], interests: Collection[str] | None) -> None:
        self._tokens = found
        self._place = 0
        self._open = 0  # parentheses and nots around the place
        self._conditions = 0
        self._interests = interests
        self._leaves: dict[str, Callable[[], Condition]] = {
            "interest": self._interest,
            "everything": GetsEverything,
            "status": lambda: self._among(Field.STATUS),
            "domain": self._domain,
            "locale": self._locale,
            "joined": lambda: self._event(Event.JOINED),
            "opened": lambda: self._event(Event.OPENED),
            "clicked": lambda: self._event(Event.CLICKED),
            "attribute": self._attribute,
        }

    def everything(self) -> Condition:
        """Return the condition that all the tokens are."""
        if self._next.kind is Kind.END:
            raise self._error("there is no condition; one is: interest in (africa)")
        condition = self._either()
        rest = self._next
        if rest.says(")"):
            raise self._error("this parenthesis was never opened")
        if rest.kind in (Kind.WORD, Kind.QUOTED, Kind.SIGN):
            raise self._error(
                f"{self._shown} follows a condition, after which comes and, or, or the end;"
                f" several words that belong together need quotation marks"
            )
        return condition

    def _either(self) -> Condition:
        return self._joined("or", self._both, Any)

    def _both(self) -> Condition:
        return self._joined("and", self._one, All)

    def _joined(
        self, word: str, part: Callable[[], Condition], whole: Callable[[tuple[Condition, ...]], Condition]
    ) -> Condition:
        parts, joint = [part()], self._next
        while self._takes(word):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return self._shallow(whole(tuple(parts)), joint)

    def _one(self) -> Condition:
        first = self._next
        if self._takes("not"):
            return self._shallow(Not(self._inside(first, self._one)), first)
        if self._takes("("):
            condition = self._inside(first, self._either)
            if not self._takes(")"):
                raise self._error(
                    f"{self._shown} stands where the parenthesis opened at column {first.column} should close"
                )
            return condition
        return self._leaf()

    def _inside(self, opening: Token, part: Callable[[], Condition]) -> Condition:
        self._open += 1
        if self._open > MOST_LEVELS:
            raise SegmentError(_TOO_DEEP, column=opening.column)
        condition = part()
        self._open -= 1
        return condition

    def _shallow(self, condition: Condition, joint: Token) -> Condition:
        if levels(condition) > MOST_LEVELS:
            raise SegmentError(_TOO_DEEP, column=joint.column)
        return condition

    def _leaf(self) -> Condition:
        word = self._next
        if word.kind is not Kind.WORD or word.text.lower() not in self._leaves:
            raise self._error(
                f"{self._shown} begins no condition; conditions begin with {', '.join(self._leaves)}"
            )
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise self._error(f"there are more than {MOST_CONDITIONS} conditions")
        self._place += 1
        return self._leaves[word.text.lower()]()

    def _interest(self) -> Condition:
        for how in Quantifier:
            if self._next.says(how.value):
                self._place += 1
                self._must("of", f"interest {how} of (africa, china)")
                return Chose(how, self._several(self._slug))
        inside, found = self._values(self._slug, "interest in (africa, china)")
        return Chose(Quantifier.ANY if inside else Quantifier.NONE, found)

    def _slug(self, text: str) -> str:
        slug = values.interest(text)
        if self._interests is not None and slug not in self._interests:
            raise unknown_interest(slug, self._interests)
        return slug

    def _among(self, field: Field) -> Condition:
        check, example = {
            Field.STATUS: (values.status, "status = active"),
            Field.DOMAIN: (values.domain, "domain = gmail.com or domain ends .cn"),
            Field.LOCALE: (values.locale, "locale = fr or locale begins pt"),
        }[field]
        inside, found = self._values(check, example)
        return Among(field, found, inside)

    def _domain(self) -> Condition:
        if self._takes("ends"):
            return DomainEnds(self._value(values.ending))
        return self._among(Field.DOMAIN)

    def _locale(self) -> Condition:
        if self._takes("begins"):
            return LocaleBegins(self._value(values.locale))
        if self._takes("is"):
            return LocaleKnown(self._set())
        return self._among(Field.LOCALE)

    def _event(self, event: Event) -> Condition:
        if event is not Event.JOINED and self._takes("never"):
            return Never(event)
        for side in Side:
            if self._takes(side.value):
                return Dated(event, side, self._value(values.day))
        if self._takes("within"):
            days = self._value(values.days)
            if not self._takes("days", "day"):
                raise self._error(f"{self._shown} stands where days should: {event} within {days} days")
            return Within(event, days)
        never = "" if event is Event.JOINED else ", or never"
        raise self._error(
            f"{self._shown} does not follow {event}:"
            f" within 90 days, before 2025-01-31, after 2025-01-31{never}"
        )

    def _attribute(self) -> Condition:
        name = self._value(values.name, bare_reserved=False)
        if self._takes("is"):
            return Present(name, self._set())
        for comparison in Comparison:
            if self._takes(comparison.value):
                return self._compared(name, comparison)
        raise self._error(
            f"{self._shown} compares nothing; an attribute goes with {', '.join(Comparison)},"
            f" is set, or is not set"
        )

    def _compared(self, name: str, comparison: Comparison) -> Condition:
        value = self._next
        check = values.word if value.kind is Kind.WORD else values.text
        found = self._value(check, bare_reserved=False)
        try:
            values.check_comparison(comparison, found)
        except SegmentError as error:
            raise SegmentError(error.reason, column=value.column) from None
        return Compared(name, comparison, found)

    def _set(self) -> bool:
        present = not self._takes("not")
        self._must("set", "is set, or is not set")
        return present

    def _values(self, check: Callable[[str], T], example: str) -> tuple[bool, tuple[T, ...]]:
        """Return whether it is to be among the values (=, in) or not (!=, not in), and the values."""
        if self._takes("="):
            return True, (self._value(check),)
        if self._takes("!="):
            return False, (self._value(check),)
        inside = not self._takes("not")
        self._must("in", example)
        return inside, self._several(check)

    def _several(self, check: Callable[[str], T]) -> tuple[T, ...]:
        """Return what stands in parentheses with commas between, each value once."""
        self._must("(", "values in parentheses, with commas between them")
        found: dict[T, None] = {}
        while True:
            if len(found) == MOST_VALUES:
                raise self._error(f"there are more than {MOST_VALUES} values in these parentheses")
            found[self._value(check)] = None
            if self._takes(")"):
                return tuple(found)
            self._must(",", "a comma or a closing parenthesis")

    def _value(self, check: Callable[[str], T], *, bare_reserved: bool = True) -> T:
        value = self._next
        if value.kind not in (Kind.WORD, Kind.QUOTED):
            raise self._error(f"{self._shown} stands where a value should")
        if not bare_reserved and value.says(*RESERVED):
            raise self._error(
                f"{self._shown} joins conditions; to mean the word, put quotation marks around it"
            )
        try:
            found = check(value.text)
        except SegmentError as error:
            raise SegmentError(error.reason, column=value.column) from None
        self._place += 1
        return found

    def _must(self, word: str, example: str) -> None:
        if not self._takes(word):
            raise self._error(f"{self._shown} stands where something else should: {example}")

    def _takes(self, *words: str) -> bool:
        """Go on if the next token is one of these words or signs; return whether it is."""
        taken = self._next.says(*words)
        self._place += taken
        return taken

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    @property
    def _shown(self) -> str:
        return "the end" if self._next.kind is Kind.END else values.shown(self._next.text)

    def _error(self, reason: str) -> SegmentError:
        return SegmentError(reason, column=self._next.column)
