"""A tree as JSON holds it, and back: closed tables of words, never a piece of SQL.

{"all": [{"what": "interest", "test": "any", "value": ["china"]}, {"not": {"what": "everything"}}]}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any as Anything
from typing import TypeVar

from subscribers.segments import values
from subscribers.segments.conditions import (
    MOST_CONDITIONS,
    MOST_LEVELS,
    MOST_VALUES,
    All,
    Among,
    Any,
    Attribute,
    Choice,
    Chose,
    Compared,
    Comparison,
    Condition,
    Dated,
    DomainEnds,
    Event,
    Field,
    GetsEverything,
    Leaf,
    LocaleBegins,
    LocaleKnown,
    Moment,
    Never,
    Not,
    Present,
    Quantifier,
    SegmentError,
    Side,
    Value,
    Within,
    Word,
    leaves,
)

T = TypeVar("T")

_FIELDS: Mapping[Field, Callable[[str], str]] = {
    Field.STATUS: values.status,
    Field.DOMAIN: values.domain,
    Field.LOCALE: values.locale,
}


def to_json(condition: Condition) -> dict[str, Anything]:
    """Return the tree as `from_json` takes it."""
    match condition:
        case All(of):
            return {"all": [to_json(part) for part in of]}
        case Any(of):
            return {"any": [to_json(part) for part in of]}
        case Not(of):
            return {"not": to_json(of)}
        case leaf:
            return {name: found for name, found in vars(_given(leaf)).items() if found is not None}


def from_json(data: object) -> Condition:
    """Return the tree that JSON holds. Raises SegmentError, whose place is like `conditions.all[2].not`."""
    condition = _condition(data, "conditions", 0)
    if len(list(leaves(condition))) > MOST_CONDITIONS:
        raise SegmentError(f"there are more than {MOST_CONDITIONS} conditions", place="conditions")
    return condition


@dataclass(frozen=True)
class _Given:
    """What the object of one condition holds; None is what it lacks."""

    what: str
    test: object = None
    value: object = None
    name: object = None

    def without(self, *names: str) -> None:
        """Raise SegmentError where something is said that means nothing here."""
        for name in names:
            if getattr(self, name) is not None:
                raise SegmentError(f'"{name}" means nothing in this test of {self.what}')

    def refused(self) -> SegmentError:
        return SegmentError(f"this is no test of {self.what}")


def _given(leaf: Leaf) -> _Given:
    match leaf:
        case Chose(how, interests):
            return _Given("interest", how.value, list(interests))
        case GetsEverything():
            return _Given("everything")
        case Among() | DomainEnds() | LocaleBegins() | LocaleKnown():
            return _given_word(leaf)
        case Dated() | Within() | Never():
            return _given_moment(leaf)
        case Compared(name, comparison, value):
            return _Given("attribute", comparison.value, value, name)
        case Present(name, present):
            return _Given("attribute", "set" if present else "not set", name=name)


def _given_word(word: Word) -> _Given:
    match word:
        case Among(field, found, inside):
            return _Given(field.value, "in" if inside else "not in", list(found))
        case DomainEnds(ending):
            return _Given("domain", "ends", ending)
        case LocaleBegins(tag):
            return _Given("locale", "begins", tag)
        case LocaleKnown(known):
            return _Given("locale", "set" if known else "not set")


def _given_moment(moment: Moment) -> _Given:
    match moment:
        case Dated(event, side, day):
            return _Given(event.value, side.value, day.isoformat())
        case Within(event, days):
            return _Given(event.value, "within", days)
        case Never(event):
            return _Given(event.value, "never")


def _condition(data: object, place: str, level: int) -> Condition:
    if not isinstance(data, dict):
        raise SegmentError("this is no condition: it would be an object", place=place)
    match [*data]:
        case ["all"]:
            return All(_parts(data["all"], f"{place}.all", level))
        case ["any"]:
            return Any(_parts(data["any"], f"{place}.any", level))
        case ["not"]:
            return Not(_condition(data["not"], f"{place}.not", _deeper(f"{place}.not", level)))
    try:
        return _leaf(data)
    except SegmentError as error:
        raise SegmentError(error.reason, place=place) from None


def _parts(parts: object, place: str, level: int) -> tuple[Condition, ...]:
    if not isinstance(parts, list) or not 2 <= len(parts) <= MOST_CONDITIONS:  # noqa: PLR2004 - one joins nothing
        raise SegmentError(f"this would be a list of 2 to {MOST_CONDITIONS} conditions", place=place)
    below = _deeper(place, level)
    return tuple(_condition(part, f"{place}[{number}]", below) for number, part in enumerate(parts))


def _deeper(place: str, level: int) -> int:
    if level == MOST_LEVELS:
        raise SegmentError(
            f"conditions stand more than {MOST_LEVELS} levels deep inside each other", place=place
        )
    return level + 1


def _leaf(data: dict[str, object]) -> Leaf:
    what = data.get("what")
    if not isinstance(what, str) or what not in _READ:
        raise SegmentError(f'a condition has "all", "any", "not", or "what": {", ".join(_READ)}')
    if unknown := set(data) - {"what", "test", "value", "name"}:
        raise SegmentError(f"{values.shown(min(map(str, unknown)))} means nothing in a condition")
    given = _Given(what, data.get("test"), data.get("value"), data.get("name"))
    if what != "attribute":
        given.without("name")
    return _READ[what](given)


def _everything(given: _Given) -> Choice:
    given.without("test", "value")
    return GetsEverything()


def _interest(given: _Given) -> Choice:
    return Chose(_one_of(Quantifier, given), _several(values.interest, given))


def _word(given: _Given) -> Word:
    match (given.what, given.test):
        case ("domain", "ends"):
            return DomainEnds(_text(values.ending, given))
        case ("locale", "begins"):
            return LocaleBegins(_text(values.locale, given))
        case ("locale", "set" | "not set"):
            given.without("value")
            return LocaleKnown(given.test == "set")
        case (_, "in" | "not in"):
            field = Field(given.what)
            return Among(field, _several(_FIELDS[field], given), given.test == "in")
        case _:
            raise given.refused()


def _moment(given: _Given) -> Moment:
    event = Event(given.what)
    match given.test:
        case "before" | "after":
            return Dated(event, Side(given.test), _text(values.day, given))
        case "within":
            days = given.value
            if isinstance(days, bool) or not isinstance(days, int) or not 0 < days <= values.MOST_DAYS:
                raise SegmentError(f'"value" is no number of days from 1 to {values.MOST_DAYS:,}')
            return Within(event, days)
        case "never" if event is not Event.JOINED:
            given.without("value")
            return Never(event)
        case _:
            raise given.refused()


def _attribute(given: _Given) -> Attribute:
    if not isinstance(given.name, str):
        raise SegmentError('an attribute needs its "name", which is text')
    name = values.name(given.name)
    if given.test in ("set", "not set"):
        given.without("value")
        return Present(name, given.test == "set")
    comparison, value = _one_of(Comparison, given), _value(given.value)
    values.check_comparison(comparison, value)
    return Compared(name, comparison, value)


def _value(found: object) -> Value:
    match found:
        case bool():
            return found
        case str():
            return values.text(found)
        case int() | float():
            return values.number(found)
        case _:
            raise SegmentError('"value" is neither text nor a number, nor true or false')


def _several(check: Callable[[str], str], given: _Given) -> tuple[str, ...]:
    found = given.value if isinstance(given.value, list) else []
    texts = [text for text in found if isinstance(text, str)]
    if len(texts) < len(found) or not 1 <= len(texts) <= MOST_VALUES:
        raise SegmentError(f'"value" would be a list of 1 to {MOST_VALUES} texts')
    return tuple(dict.fromkeys(map(check, texts)))


def _text(check: Callable[[str], T], given: _Given) -> T:
    if not isinstance(given.value, str):
        raise SegmentError('"value" would be text')
    return check(given.value)


def _one_of(vocabulary: Callable[[str], T], given: _Given) -> T:
    try:
        return vocabulary(str(given.test))
    except ValueError:
        raise given.refused() from None


_READ: Mapping[str, Callable[[_Given], Leaf]] = {
    "interest": _interest,
    "everything": _everything,
    **dict.fromkeys(Field, _word),
    **dict.fromkeys(Event, _moment),
    "attribute": _attribute,
}
