"""What people type, and what they are told when it cannot be read."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers.segments.conditions import (
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
)
from subscribers.segments.reading import read

OPENED = Within(Event.OPENED, 90)
CLICKED = Within(Event.CLICKED, 90)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("interest in (china, africa)", Chose(Quantifier.ANY, ("china", "africa"))),
        ("interest = China", Chose(Quantifier.ANY, ("china",))),
        ("interest any of (china)", Chose(Quantifier.ANY, ("china",))),
        ("interest all of (china, south-asia)", Chose(Quantifier.ALL, ("china", "south-asia"))),
        ("interest not in (china)", Chose(Quantifier.NONE, ("china",))),
        ("interest none of (china)", Chose(Quantifier.NONE, ("china",))),
        ("interest != china", Chose(Quantifier.NONE, ("china",))),
        ("everything", GetsEverything()),
        ("status = active", Among(Field.STATUS, ("active",))),
        ("STATUS NOT IN (Paused, pending)", Among(Field.STATUS, ("paused", "pending"), inside=False)),
        ("domain = GMail.com", Among(Field.DOMAIN, ("gmail.com",))),
        ("domain != münchen.de", Among(Field.DOMAIN, ("xn--mnchen-3ya.de",), inside=False)),
        ("domain ends .cn", DomainEnds(".cn")),
        ("domain ends .РФ", DomainEnds(".xn--p1ai")),
        ("locale = pt-BR", Among(Field.LOCALE, ("pt-BR",))),
        ("locale begins pt", LocaleBegins("pt")),
        ("locale is not set", LocaleKnown(known=False)),
        ("joined after 2025-01-01", Dated(Event.JOINED, Side.AFTER, dt.date(2025, 1, 1))),
        ("clicked before 2024-02-29", Dated(Event.CLICKED, Side.BEFORE, dt.date(2024, 2, 29))),
        ("joined within 1 day", Within(Event.JOINED, 1)),
        ("opened within 90 days", OPENED),
        ("opened never", Never(Event.OPENED)),
        ('attribute city = "Addis Ababa"', Compared("city", Comparison.EQUAL, "Addis Ababa")),
        ("attribute city = Nairobi", Compared("city", Comparison.EQUAL, "Nairobi")),
        ("attribute city contains 'a \"b\"'", Compared("city", Comparison.CONTAINS, 'a "b"')),
        (r'attribute "a \"b\" \\" != ""', Compared('a "b" \\', Comparison.NOT_EQUAL, "")),
        ("attribute “Ort” = “Köln”", Compared("Ort", Comparison.EQUAL, "Köln")),
        ("attribute age>=30", Compared("age", Comparison.AT_LEAST, 30)),
        ("attribute age < -4.50", Compared("age", Comparison.LESS, -4.5)),
        ("attribute age = 30.0", Compared("age", Comparison.EQUAL, 30)),
        ('attribute age = "30"', Compared("age", Comparison.EQUAL, "30")),
        ("attribute code = 007", Compared("code", Comparison.EQUAL, "007")),
        ("attribute born < 1990-05-01", Compared("born", Comparison.LESS, "1990-05-01")),
        ("attribute vip = true", Compared("vip", Comparison.EQUAL, value=True)),
        ('attribute vip = "true"', Compared("vip", Comparison.EQUAL, "true")),
        ("attribute Город is set", Present("Город", present=True)),
        ("attribute is is not set", Present("is", present=False)),
        ("not everything", Not(GetsEverything())),
        ("(((everything)))", GetsEverything()),
    ],
)
def test_a_condition_is_read(text: str, condition: Condition) -> None:
    assert repr(read(text)) == repr(condition)  # since to Python 1 and True are the same


def test_conditions_are_joined_and_not_binds_first_and_or_last() -> None:
    assert read("not everything and opened within 90 days or clicked within 90 days") == Any(
        (All((Not(GetsEverything()), OPENED)), CLICKED)
    )
    assert read("not (everything and opened within 90 days)\n  and clicked within 90 days") == All(
        (Not(All((GetsEverything(), OPENED))), CLICKED)
    )


def test_the_example_of_the_documentation() -> None:
    assert read(
        "interest in (china, africa) and joined after 2025-01-01"
        " and not (opened within 90 days or clicked within 90 days)"
    ) == All(
        (
            Chose(Quantifier.ANY, ("china", "africa")),
            Dated(Event.JOINED, Side.AFTER, dt.date(2025, 1, 1)),
            Not(Any((OPENED, CLICKED))),
        )
    )


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("", 1, "there is no condition"),
        ("   ", 4, "there is no condition"),
        ("status", 7, "the end stands where something else should: status = active"),
        ("status = ", 10, "the end stands where a value should"),
        ("status = activ", 10, "'activ' is no status; there are pending, active, paused, unsubscribed"),
        ("everything everything", 12, "'everything' follows a condition, after which comes and, or"),
        ("attribute city = Addis Ababa", 24, "several words that belong together need quotation marks"),
        ("(everything", 12, "the end stands where the parenthesis opened at column 1 should close"),
        ("everything)", 11, "this parenthesis was never opened"),
        ("interest in ()", 14, "')' stands where a value should"),
        ("interest in (china africa)", 20, "a comma or a closing parenthesis"),
        ("interest in (moon)", 14, "the list has no interest 'moon'; it has china, africa"),
        ("interest in (A_B)", 14, "is no interest"),
        ("opend never", 1, "begins no condition; conditions begin with interest, everything, status"),
        ("joined never", 8, "does not follow joined: within 90 days"),
        ("joined after 2025-02-30", 14, "is no day such as 2025-01-31"),
        ("joined after 0025-02-03", 14, "is no day such as 2025-01-31, from 1900 to 2999"),
        ("joined within 0 days", 15, "is no number of days from 1 to 36,500"),
        ("joined within 9 weeks", 17, "stands where days should: joined within 9 days"),
        ("domain = gmail", 10, "is no domain such as gmail.com"),
        ("domain ends cn", 13, "must begin with a dot"),
        ("domain ends ..", 13, "is no ending of a domain"),
        ("locale = french!", 16, "'!' means nothing here"),
        ("locale = p_t", 10, "is no language tag"),
        ("attribute age ~ 3", 15, "compares nothing; an attribute goes with =, !=, <, <=, >, >=,"),
        ("attribute age > true", 17, "neither smaller nor larger"),
        ("attribute age contains 3", 24, "only text contains something"),
        ('attribute a contains ""', 22, "only text contains something"),
        ("attribute not = 3", 11, "to mean the word, put quotation marks around it"),
        ("attribute a = 1234567890123456", 15, "no number of at most 15 digits; quotation marks make"),
        ('attribute a = "open', 15, "this quotation mark has no other"),
        ('attribute a = "line\nbreak"', 15, "holds a line break or a control character"),
        (f'attribute a = "{"x" * 201}"', 15, "longer than 200 characters"),
        ("not not not not not not everything", 21, "more than 5 levels deep"),
        ("((((((everything))))))", 6, "more than 5 levels deep"),
        (
            f"{'opened never and (clicked never or (' * 2}everything and (everything or everything{')' * 5}",
            14,
            "levels",
        ),
        ("everything or " * 50 + "everything", 701, "more than 50 conditions"),
        (f"status in ({'active, ' * 101})", 820, "')' stands where a value should"),
        (f"domain in ({', '.join(f'd{n}.com' for n in range(101))})", 902, "more than 100 values"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(text: str, column: int, reason: str) -> None:
    with pytest.raises(SegmentError) as raised:
        read(text, interests=("china", "africa"))
    assert reason in str(raised.value)
    assert str(raised.value).startswith(f"column {column}: ")
    assert raised.value.column == column
    assert len(str(raised.value).splitlines()) == 1


WORDS = [
    *("interest", "everything", "status", "domain", "locale", "joined", "opened", "clicked", "attribute"),
    *("in", "not", "and", "or", "any", "all", "none", "of", "is", "set", "never", "within", "days", "before"),
    *("after", "ends", "begins", "contains", "(", ")", ",", "=", "!=", "<", ">=", "!", '"', "'", "“", "”"),
    *("\\", "90", "2025-01-01", ".cn", "gmail.com", "pt", "active", "china", "-1e9", "NaN", "\x00", "\n"),
    *("\ud800", "１２", "²", "K", "ſtatus", "@", "x@y", "%s", "{}", "';--", "🚀", "\u202e"),
]


def refused(text: str) -> SegmentError | None:
    try:
        read(text)
    except SegmentError as error:
        return error
    return None


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)))
def test_junk_is_never_anything_but_an_error_with_a_column(text: str) -> None:
    error = refused(text)
    if error is not None:
        assert error.column is not None
        assert 1 <= error.column <= len(text) + 1
        assert len(str(error)) < 400
        assert "\n" not in str(error)


def test_a_text_of_any_length_ends_well() -> None:
    for text in ("(" * 100_000, "not " * 100_000, "everything and " * 100_000, '"' * 99_999, "x" * 100_000):
        with pytest.raises(SegmentError) as raised:
            read(text)
        assert raised.value.column is not None
        assert len(str(raised.value)) < 400
