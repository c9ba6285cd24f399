import io
from collections.abc import Sequence

import pytest

from subscribers.csvfiles import columns, shapes
from subscribers.csvfiles.errors import CsvError
from subscribers.csvfiles.shapes import Shape
from tests.subscribers.csvfiles.cast import TOPICS


def known(header: Sequence[str]) -> int:
    return columns.known(header, {}, TOPICS)


def found(text: str, delimiter: str = "") -> tuple[Shape, list[list[str]]]:
    shape = shapes.find(text, delimiter, known)
    return shape, list(shape.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "".join(
        f"{delimiter.join(row)}\n"
        for row in [("email", "name", "interests"), ("n@example.org", "Nina", "china")]
    )
    shape, rows = found(text)
    assert shape == Shape(delimiter)
    assert rows[1] == ["n@example.org", "Nina", "china"]


def test_the_header_decides_and_not_what_a_cell_holds() -> None:
    shape, rows = found(
        "email,interests\nn@example.org,china;africa;russia\no@example.org,china;law;africa\n"
    )
    assert shape.delimiter == ","
    assert rows[1] == ["n@example.org", "china;africa;russia"]
    assert found("email;interests\nn@example.org;china,africa\n")[0].delimiter == ";"


def test_one_column_needs_no_delimiter() -> None:
    assert found("email\nnina@example.org\n")[1] == [["email"], ["nina@example.org"]]


def test_excels_first_line_says_it() -> None:
    shape, rows = found("sep=;\r\nNamn;E-post\r\nBritt;b@example.org\r\n")
    assert (shape.delimiter, shape.above) == (";", 1)
    assert rows == [["Namn", "E-post"], ["Britt", "b@example.org"]]


@pytest.mark.parametrize(
    ("text", "shape", "name"),
    [
        ('email,name\nn@example.org,"Okafor, ""Nina"""\n', Shape(","), 'Okafor, "Nina"'),
        ("'email','name'\n'n@example.org','Okafor, Nina'\n", Shape(",", "'"), "Okafor, Nina"),
        ('email,name\nn@example.org,"Okafor, \\"Nina\\""\n', Shape(",", escape="\\"), 'Okafor, "Nina"'),
        ('"email", "name"\n"n@example.org", "Okafor, Nina"\n', Shape(",", spaced=True), "Okafor, Nina"),
    ],
)
def test_quoting_is_found(text: str, shape: Shape, name: str) -> None:
    assert found(text) == (shape, [["email", "name"], ["n@example.org", name]])


def test_a_backslash_is_one_where_quotes_are_doubled() -> None:
    text = 'email,name\nn@example.org,"a\\""b"\n'
    shape, rows = found(text)
    assert shape == Shape(",")
    assert rows[1][1] == 'a\\"b'


def test_a_person_may_name_the_delimiter() -> None:
    assert [shapes.named(word) for word in ("comma", "Semicolon", "tab", "pipe", "^")] == [
        ",",
        ";",
        "\t",
        "|",
        "^",
    ]
    assert found("email^name\nn@example.org^Nina\n", "^")[0].delimiter == "^"


@pytest.mark.parametrize("text", ["", "ab", '"', "\n", "commas"])
def test_what_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(CsvError, match="must be one character"):
        shapes.named(text)


def test_it_is_said_in_words() -> None:
    assert Shape(";").shown == "semicolons"
    assert Shape("\t", "'").shown == "tabs, fields in single quotation marks"
    assert Shape("^").shown == "'^'"
