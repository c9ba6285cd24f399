"""What may stand in a condition: each value is checked and written in one way, wherever it came from.

Every function takes text (or what JSON held) and raises SegmentError, without a place, where it cannot be.
"""

import datetime as dt
import re
from decimal import Decimal

from subscribers.addresses import AddressError, parse
from subscribers.segments.conditions import Comparison, SegmentError, Value
from subscribers.vocabulary import Status

LONGEST = 200  # characters of a value, or of an attribute's name
MOST_DIGITS = 15  # what every binary64 keeps (RFC 8259 6): beyond them databases differ
MOST_DAYS = 36_500
FIRST_YEAR, LAST_YEAR = 1900, 2999

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# BCP 47 as far as its form goes (RFC 5646 2.1).
_LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS = re.compile(r"[0-9]{1,5}")
# As JSON writes numbers, but without exponents: 007 is a postcode, not seven.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
# Line ends and control characters, which would break a table, and halves of a character.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SHOWN = 40  # characters of what was wrong


def interest(text: str) -> str:
    """Return an interest's slug; whether the list has it is another question."""
    slug = text.lower()
    if not _SLUG.fullmatch(slug):
        raise SegmentError(f"{shown(text)} is no interest: their slugs look like south-asia")
    return slug


def status(text: str) -> str:
    """Return the word for where a subscription stands."""
    word = text.lower()
    if word not in list(Status):
        raise SegmentError(f"{shown(text)} is no status; there are {', '.join(Status)}")
    return word


def domain(text: str) -> str:
    """Return a domain in lower case, an international one in its A-label form."""
    try:
        return parse(f"x@{text}").canonical.partition("@")[2]
    except (AddressError, UnicodeError):
        raise SegmentError(f"{shown(text)} is no domain such as gmail.com") from None


def ending(text: str) -> str:
    """Return what domains end with, beginning with a dot: `.cn`, `.ac.uk`."""
    if not text.startswith("."):
        raise SegmentError(
            f"{shown(text)} must begin with a dot, like .cn or .ac.uk; a whole domain goes with ="
        )
    try:
        return domain(f"a{text}").removeprefix("a")
    except SegmentError:
        raise SegmentError(f"{shown(text)} is no ending of a domain, such as .cn or .ac.uk") from None


def locale(text: str) -> str:
    """Return a language tag as it was written; tags are compared without regard to case (RFC 5646 2.1.1)."""
    if len(text) > LONGEST or not _LOCALE.fullmatch(text):
        raise SegmentError(f"{shown(text)} is no language tag such as fr or pt-BR")
    return text


def day(text: str) -> dt.date:
    """Return a day that exists, from 1900 to 2999."""
    if _DAY.fullmatch(text) and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            pass
    raise SegmentError(f"{shown(text)} is no day such as 2025-01-31, from {FIRST_YEAR} to {LAST_YEAR}")


def days(text: str) -> int:
    """Return a number of days, from 1 to a hundred years of them."""
    if not _DAYS.fullmatch(text) or not 1 <= int(text) <= MOST_DAYS:
        raise SegmentError(f"{shown(text)} is no number of days from 1 to {MOST_DAYS:,}")
    return int(text)


def name(text: str) -> str:
    """Return an attribute's name, exactly as it is."""
    if not text:
        raise SegmentError("an attribute's name is empty")
    return _line("an attribute's name", text)


def text(value: str) -> str:
    """Return text to compare an attribute with, exactly as it is."""
    return _line("the text", value)


def word(value: str) -> Value:
    """Return what a word without quotation marks is: a number, true or false, or else text."""
    if _NUMBER.fullmatch(value):
        return number(Decimal(value))
    return {"true": True, "false": False}.get(value.lower(), text(value))


def number(value: float | Decimal) -> float:
    """Return a number of at most 15 digits; one without a fraction is whole, however it was written."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or sum(map(str.isdigit, plain(exact))) > MOST_DIGITS:
        raise SegmentError(
            f"{shown(str(exact))} is no number of at most {MOST_DIGITS} digits;"
            f" quotation marks make it text, and compare it as such"
        )
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def check_comparison(comparison: Comparison, value: Value) -> None:
    """Raise SegmentError where a value of this kind cannot be compared so."""
    if comparison is Comparison.CONTAINS and not (isinstance(value, str) and value):
        raise SegmentError('only text contains something: attribute city contains "Addis"')
    if isinstance(value, bool) and comparison not in (Comparison.EQUAL, Comparison.NOT_EQUAL):
        raise SegmentError(
            f"{str(value).lower()} is neither smaller nor larger than anything: = or != goes with it"
        )


def plain(value: Decimal) -> str:
    """Return a number without an exponent, and without zeros that say nothing."""
    if not -1_000 < value.adjusted() < 1_000:  # noqa: PLR2004 - far beyond any that is taken, and short
        return "9" * (MOST_DIGITS + 1)
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def shown(value: str) -> str:
    """Return text as an error shows it: in quotation marks, never long, never with control characters."""
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")


def _line(what: str, value: str) -> str:
    if len(value) > LONGEST:
        raise SegmentError(f"{what} is longer than {LONGEST} characters")
    if _UNPRINTABLE.search(value):
        raise SegmentError(f"{what} holds a line break or a control character")
    return value
