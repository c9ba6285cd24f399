from pathlib import Path

import pytest

from subscribers.enrolling import Arrival
from subscribers.interests import Interests
from subscribers.reading import CsvError, Fault, Table

INTERESTS = Interests("space-digest", {"africa": 0, "china": 1}, frozenset())


def rows(folder: Path, text: str) -> list[Arrival | Fault]:
    file = folder / "people.csv"
    file.write_text(text, encoding="utf-8")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(Table(file, lines).people(INTERESTS))


def test_each_row_is_someone_or_a_fault(tmp_path: Path) -> None:
    nina, fault = rows(tmp_path, "name,email,interests\nNina,Nina@Example.org,china; africa\n,nobody,\n")
    assert isinstance(nina, Arrival)
    assert (nina.line, nina.address, nina.canonical) == (2, "Nina@example.org", "nina@example.org")
    assert (nina.name, nina.everything, nina.interests) == ("Nina", False, 0b11)
    assert fault == Fault(3, "email", "An email address must have an @-sign.", ("", "nobody", ""))


def test_a_column_that_is_missing_states_nothing(tmp_path: Path) -> None:
    [nina] = rows(tmp_path, "email\nnina@example.org\n")
    assert isinstance(nina, Arrival)
    assert (nina.everything, nina.interests) == (None, None)


def test_a_short_row_states_nothing_more(tmp_path: Path) -> None:
    [nina] = rows(tmp_path, "email,name,interests\nnina@example.org\n")
    assert isinstance(nina, Arrival)
    assert (nina.name, nina.everything, nina.interests) == ("", True, 0)


def test_lines_are_those_of_the_file_even_after_quoted_line_breaks(tmp_path: Path) -> None:
    found = rows(tmp_path, 'email,name\n"a@example.org","two\nlines"\n\nnobody,\n')
    assert [row.line for row in found] == [2, 5]


@pytest.mark.parametrize("locale", ["en", "pt-BR", "zh-Hant-TW", ""])
def test_a_locale_is_a_language_tag(tmp_path: Path, locale: str) -> None:
    [nina] = rows(tmp_path, f"email,locale\nnina@example.org,{locale}\n")
    assert isinstance(nina, Arrival)
    assert nina.locale == locale


def test_what_is_no_language_tag_is_a_fault(tmp_path: Path) -> None:
    [fault] = rows(tmp_path, "email,locale\nnina@example.org,english please\n")
    assert isinstance(fault, Fault)
    assert str(fault) == "locale: no language tag such as en or pt-BR"


def test_a_fault_late_in_the_file_is_found_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"email\n" + b"nina@example.org\n" * 5_000 + b"zo\xeb@example.org\n")
    with (
        file.open(encoding="utf-8-sig", newline="") as lines,
        pytest.raises(CsvError, match=r":5002: this is not UTF-8"),
    ):
        list(Table(file, lines).people(INTERESTS))


def test_a_field_that_is_far_too_long_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match=r"people\.csv:2: a field is longer than 131,072 characters"):
        rows(tmp_path, f"email,name\nnina@example.org,{'x' * 200_000}\n")


def test_a_locale_is_no_longer_than_its_column(tmp_path: Path) -> None:
    [fault] = rows(tmp_path, f"email,locale\nnina@example.org,en{'-abcdefgh' * 4}\n")
    assert str(fault) == "locale: no language tag such as en or pt-BR"
