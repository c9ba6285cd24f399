import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers import moments, names
from subscribers.csvfiles.looking import Wishes, look
from subscribers.enrolling import Arrival
from subscribers.exporting_forms import AsCsv
from subscribers.reading import CsvError, Fault, Table
from tests.subscribers.csvfiles.cast import TOPICS, written

NOON = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)


def rows(
    folder: Path, text: str | bytes, *mapped: str, encoding: str = "utf-8", consent: str = "stand"
) -> list[Arrival | Fault]:
    file = written(folder, text, encoding)
    layout = look(file, TOPICS, Wishes(columns=mapped))
    with file.open(encoding=layout.encoding.codec, newline="") as lines:
        return list(Table(layout, lines, TOPICS, consent=consent, at=NOON).people())


def person(folder: Path, text: str, *mapped: str, consent: str = "stand") -> Arrival:
    [row] = rows(folder, text, *mapped, consent=consent)
    assert isinstance(row, Arrival), row
    return row


def fault(folder: Path, text: str, *mapped: str, consent: str = "stand") -> str:
    [row] = rows(folder, text, *mapped, consent=consent)
    assert isinstance(row, Fault), row
    return str(row)


def test_each_row_is_someone_or_a_fault(tmp_path: Path) -> None:
    nina, fault = rows(tmp_path, "name,email,interests\nNina,Nina@Example.org,china; africa\n,nobody,\n")
    assert isinstance(nina, Arrival)
    assert (nina.line, nina.address, nina.canonical) == (2, "Nina@example.org", "nina@example.org")
    assert (nina.name, nina.everything, nina.interests) == ("Nina", False, 0b101)
    assert fault == Fault(3, "email", "An email address must have an @-sign.", ("", "nobody", ""))


def test_a_column_that_is_missing_states_nothing(tmp_path: Path) -> None:
    assert person(tmp_path, "email\nnina@example.org\n")[4:] == ("", "", None, None, "active", *[None] * 8)


def test_a_short_row_states_nothing_more_and_empty_fields_are_none_too_many(tmp_path: Path) -> None:
    nina = person(tmp_path, "email,name,interests\nnina@example.org\n")
    assert (nina.name, nina.everything, nina.interests) == ("", True, 0)
    assert person(tmp_path, "email,name\nnina@example.org,Nina,,\n").name == "Nina"
    assert fault(tmp_path, "email,name\nnina@example.org,Nina,x\n") == (
        "3 fields where the first line names 2; a text with a comma needs quotes"
    )


def test_lines_are_those_of_the_file_even_after_quoted_line_breaks(tmp_path: Path) -> None:
    text = 'sep=,\n\nemail,street\n"a@example.org","two\nlines"\n\nnobody,\n'
    assert [row.line for row in rows(tmp_path, text)] == [4, 7]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("email,interests\nn@example.org,china;africa\n", (False, 0b101)),
        ('email,interests\nn@example.org,"China, Africa"\n', (False, 0b101)),
        ("email,interests\nn@example.org,china|south asia\n", (False, 0b1001)),
        ("email,interests\nn@example.org,everything\n", (True, 0)),
        ("email,interests\nn@example.org,\n", (True, 0)),
        ("email,interest 1,interest 2,interest 3\nn@example.org,china,,Africa\n", (False, 0b101)),
        ("email,China,Africa,South Asia\nn@example.org,yes,0,x\n", (False, 0b1001)),
        ("email,China,Africa\nn@example.org,no,\n", (True, 0)),
        ("email,China,Africa\nn@example.org,China,\n", (False, 1)),
        ("email,tags\nn@example.org,vip;china\n", (False, 1)),
        ("email,tags\nn@example.org,vip\n", (None, None)),
        ("email,interests,tags\nn@example.org,africa,china\n", (False, 0b101)),
    ],
)
def test_interests_come_in_one_column_in_several_or_as_flags(
    tmp_path: Path, text: str, chosen: tuple[bool | None, int | None]
) -> None:
    nina = person(tmp_path, text)
    assert (nina.everything, nina.interests) == chosen


def test_an_unknown_interest_is_a_fault_and_an_unknown_tag_is_remembered(tmp_path: Path) -> None:
    assert fault(tmp_path, "email,interests\nn@example.org,venus\n").startswith(
        "interests: “venus” is no interest"
    )
    assert fault(tmp_path, "email,interests\nn@example.org,mars\n").startswith("interests: “mars” is no")
    assert fault(tmp_path, "email,China\nn@example.org,maybe\n").startswith(
        "interest:china: neither yes nor no"
    )
    file = written(tmp_path, "email,tags\nn@example.org,vip;china\no@example.org,vip;board\n")
    layout = look(file, TOPICS, Wishes())
    with file.open(newline="") as lines:
        table = Table(layout, lines, TOPICS, consent="stand", at=NOON)
        assert len(list(table.people())) == 2
    assert table.unknown_tags == ("vip", "board")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("email,first name,last name\nn@example.org,Nina,Okafor\n", "Nina Okafor"),
        ("email,姓,名\nn@example.org,李,伟\n", "李伟"),
        ("email,Vorname,Name\nn@example.org,Nina,Okafor\n", "Nina Okafor"),
        ("email,name,first name,last name\nn@example.org,,Nina,Okafor\n", "Nina Okafor"),
        ("email,name,first name,last name\nn@example.org,N. Okafor,Nina,Okafor\n", "N. Okafor"),
        ("email,name\nn@example.org,'=1+1\n", "=1+1"),
        ("email,name\nn@example.org,'t Hooft\n", "'t Hooft"),
    ],
)
def test_a_name_is_put_together(tmp_path: Path, text: str, name: str) -> None:
    assert person(tmp_path, text).name == name


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "李伟"),
        ("utf-16", "李伟"),
        ("utf-16-le", "李伟"),
        ("gb18030", "李伟"),
        ("windows-1251", "Иван"),
        ("windows-1252", "Zoë"),
        ("utf-8-sig", "عمر"),
    ],
)
def test_names_of_any_script_are_read_in_any_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    [row] = rows(tmp_path, f"email,name\r\nn@example.org,{name}\r\n", encoding=encoding)
    assert isinstance(row, Arrival)
    assert row.name == name


@pytest.mark.parametrize(
    ("status", "until", "found"),
    [
        ("paused", "2027-01-15", dt.datetime(2027, 1, 15, tzinfo=dt.UTC)),
        ("paused", "2020-01-15T09:00Z", dt.datetime(2020, 1, 15, 9, tzinfo=dt.UTC)),
        ("paused", "", None),
        ("active", "2027-01-15", None),
        ("unsubscribed", "never", None),
    ],
)
def test_the_end_of_a_pause_may_be_to_come_and_counts_for_who_is_paused(
    tmp_path: Path, status: str, until: str, found: dt.datetime | None
) -> None:
    nina = person(tmp_path, f"email,status,paused until\nnina@example.org,{status},{until}\n")
    assert (nina.standing, nina.paused_until) == (status, found)


def test_the_end_of_a_pause_is_a_date(tmp_path: Path) -> None:
    for until in ("soon", "31.12.9999", "10000-01-01"):
        said = fault(tmp_path, f"email,status,paused_until\nnina@example.org,paused,{until}\n")
        assert said.startswith("paused_until: ")


def test_an_international_domain_is_an_address(tmp_path: Path) -> None:
    assert person(tmp_path, "email\nnina@bücher.example.org\n").address == "nina@xn--bcher-kva.example.org"


@pytest.mark.parametrize(
    ("head", "row", "standing"),
    [
        ("status", "", "active"),
        ("status", "Subscribed", "active"),
        ("status", "pending", "pending"),
        ("status", "paused", "paused"),
        ("Статус", "отписан", "unsubscribed"),
        ("状态", "已退订", "unsubscribed"),
        ("status", "Cleaned", "bounced"),
        ("status", "spam complaint", "complained"),
        ("status", "blocklisted", "by_hand"),
        ("status", "transactional", "outsider"),
        ("subscribed", "no", "unsubscribed"),
        ("subscribed", "", "active"),
        ("unsubscribed", "1", "unsubscribed"),
        ("unsubscribed", "", "active"),
        ("unsubscribed at", "2020-01-01", "unsubscribed"),
        ("bounced at", "2020-01-01", "bounced"),
        ("status,unsubscribed at", "active,2020-01-01", "active"),
        ("status,unsubscribed at", ",2020-01-01", "unsubscribed"),
        ("status,suppressed", "active,bounced", "bounced"),
        ("status,suppressed", "active,", "active"),
        ("suppressed", "yes", "by_hand"),
        ("consent", "no", "outsider"),
        ("consent,status", "no,bounced", "bounced"),
    ],
)
def test_a_row_says_how_somebody_stands(tmp_path: Path, head: str, row: str, standing: str) -> None:
    assert person(tmp_path, f"email,{head}\nn@example.org,{row}\n").standing == standing


def test_an_unknown_status_is_a_fault_since_nobody_knows_whether_they_may_be_written_to(
    tmp_path: Path,
) -> None:
    assert fault(tmp_path, "email,status\nn@example.org,gold\n").startswith(
        "status: “gold” is no status known here; known are active"
    )


def test_a_row_states_where_and_when_they_agreed(tmp_path: Path) -> None:
    nina = person(tmp_path, "email,consent,consent date,since\nn@example.org,stand,2019-03-24,2019-01-01\n")
    assert (nina.how, nina.agreed_at) == ("stand", dt.datetime(2019, 3, 24, tzinfo=dt.UTC))
    assert nina.since == dt.datetime(2019, 1, 1, tzinfo=dt.UTC)


def test_that_they_agreed_is_not_how(tmp_path: Path) -> None:
    text = "email,consent\nn@example.org,yes\n"
    assert person(tmp_path, text, consent="form").how is None
    assert fault(tmp_path, text, consent="").startswith("consent: says not where and how this person agreed")
    assert person(tmp_path, "email,consent,status\nn@example.org,,bounced\n", consent="").how is None


@pytest.mark.parametrize("when", ["2027-01-01", "soon", "03/04/2019"])
def test_a_consent_of_no_day_is_a_fault(tmp_path: Path, when: str) -> None:
    assert fault(tmp_path, f"email,consent date\nn@example.org,{when}\n").startswith("consent_at: ")


def test_attributes_come_as_json_or_one_by_one(tmp_path: Path) -> None:
    text = 'email,attributes,City,Paper\nn@example.org,"{""age"": 41, ""city"": ""Abuja""}",Lagos,\n'
    nina = person(tmp_path, text, "City=attribute:city", "Paper=attribute:paper")
    assert nina.attributes == '{"age": 41, "city": "Lagos"}'
    assert person(tmp_path, "email,attributes\nn@example.org,\n").attributes is None
    assert fault(tmp_path, "email,attributes\nn@example.org,[]\n").startswith("attributes: no JSON object")


def test_a_reader_of_text_who_is_not_tracked_stays_so(tmp_path: Path) -> None:
    nina = person(tmp_path, "email,text_only,tracked\nn@example.org,yes,no\n")
    assert (nina.text_only, nina.tracked) == (True, False)
    assert person(tmp_path, "email,text_only,tracked\nn@example.org,,\n")[-2:] == (None, None)


def test_the_only_column_of_addresses_is_the_address(tmp_path: Path) -> None:
    assert person(tmp_path, "Kontaktdaten;Ort\nnina@example.org;Lagos\n").address == "nina@example.org"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"name\nNina\n", r":1: there is no column email among “name”"),
        (
            b"Kontakt,Vertreter\na@example.org,b@example.org\n",
            r"no column email among “Kontakt”, “Vertreter”",
        ),
        (
            b"nina@example.org\nomar@example.org\n",
            r":1: there is no column email: the first line is a person's",
        ),
        (b"email,email\na@example.org,b@example.org\n", r":1: The column email is there twice"),
        (b'email,name\nnina@example.org,"Nina\nomar@example.org,Omar\n', "quotation mark without its pair"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, text: bytes, reason: str) -> None:
    with pytest.raises(CsvError, match=reason):
        rows(tmp_path, text)


def test_a_fault_late_in_the_file_is_found_at_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, b"email\n" + b"nina@example.org\n" * 9_000 + b"zo\xeb@example.org\n")
    layout = look(file, TOPICS, Wishes(encoding="utf-8"))
    with file.open(encoding=layout.encoding.codec, newline="") as lines:
        table = Table(layout, lines, TOPICS, consent="stand", at=NOON)
        with pytest.raises(CsvError, match=r":9002: this is not utf-8"):
            list(table.people())


def test_a_field_that_is_far_too_long_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match=r"people\.csv:2: a field is longer than 131,072 characters"):
        rows(tmp_path, f"email,name\nnina@example.org,{'x' * 200_000}\n")


# What stands in the database, and so in an export: names are trimmed and composed, evidence is trimmed.
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), max_size=20)
_MOMENT = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2026, 3, 24)).map(str)  # noqa: DTZ001 - UTC, as SQLite has it
_TO_COME = st.datetimes(dt.datetime(2026, 3, 24), dt.datetime(2999, 1, 1)).map(str)  # noqa: DTZ001 - the same
_STANDING = ["active", "pending", "paused", "unsubscribed"]
_SUPPRESSED = ["", "bounced", "complained", "unsubscribed", "by_hand"]


@st.composite
def exported(draw: st.DrawFn) -> tuple[Any, ...]:
    """Return a row as `exporting` reads it from the database."""
    bits = draw(st.integers(0, 0b111111))
    how = draw(_TEXT.map(str.strip))
    attributes = draw(
        st.dictionaries(
            _LINE, _LINE | st.integers() | st.floats(-1e9, 1e9) | st.booleans() | st.none(), max_size=3
        )
    )
    return (
        draw(st.from_regex(r"[a-z0-9=+'-][a-z0-9'=]{0,10}", fullmatch=True)) + "@example.org",
        names.parse(
            draw(_LINE | st.from_regex(r"'{0,2}[=+@＝-].{0,5}", fullmatch=True).filter(str.isprintable))
        ),
        draw(st.sampled_from(["", "en", "pt-BR", "zh-Hant-TW"])),
        not bits,
        bits,
        draw(st.sampled_from(_STANDING)),
        draw(_MOMENT),
        how or None,
        draw(_MOMENT) if how else None,
        json.dumps(attributes),
        draw(st.sampled_from(_SUPPRESSED)) or None,
        draw(_MOMENT | _TO_COME | st.none()),
        draw(st.booleans()),
        draw(st.booleans()),
    )


@settings(max_examples=200, deadline=None)
@given(people=st.lists(exported(), min_size=1, max_size=4))
def test_whatever_the_export_writes_is_read_identically(
    people: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = io.StringIO(newline="")
    slugs = TOPICS.bits | TOPICS.retired
    writer = AsCsv(text, lambda bits: tuple(slug for slug in slugs if slugs[slug] & bits), raw=False)
    writer.begin()
    writer.write(people)
    found = rows(tmp_path_factory.mktemp("export"), text.getvalue())
    assert [_as_exported(row) for row in found] == [_expected(row) for row in people]


def _as_exported(row: Arrival | Fault) -> tuple[Any, ...]:
    assert isinstance(row, Arrival), row
    attributes = json.loads(row.attributes or "{}")
    told = (bool(row.text_only), row.tracked is not False, row.paused_until)
    return (*row[1:2], *row[4:10], row.agreed_at, row.since, attributes, *told)


def _expected(row: tuple[Any, ...]) -> tuple[Any, ...]:
    address, name, locale, everything, bits, status, since, how, agreed_at, attributes, *more = row
    suppressed, paused_until, text_only, tracked = more
    standing = suppressed if suppressed and status != "unsubscribed" else status
    moment = moments.read
    return (
        *(address, name, locale, everything, bits, standing, how),
        *(moment(agreed_at) if agreed_at else None, moment(since), json.loads(attributes)),
        *(text_only, tracked, moment(paused_until) if paused_until and standing == "paused" else None),
    )
