import pytest

from subscribers.csvfiles import cells
from subscribers.csvfiles.errors import CellError


@pytest.mark.parametrize("text", ["yes", " Y ", "TRUE", "1", "x", "X", "✓", "да", "是", "oui"])
def test_yes_is_said_in_many_ways(text: str) -> None:
    assert cells.flag(text, "china") is True


@pytest.mark.parametrize("text", ["", "no", "False", "0", "-", "нет", "否"])
def test_and_no(text: str) -> None:
    assert cells.flag(text, "china") is False


def test_anything_else_is_neither_and_an_address_is_not_repeated() -> None:
    with pytest.raises(CellError, match="neither yes nor no: “perhaps”"):
        cells.flag("perhaps", "china")
    with pytest.raises(CellError, match="“…”"):
        cells.flag("nina@example.org", "china")
    assert (cells.is_flag("yes"), cells.is_flag("no"), cells.is_flag(""), cells.is_flag("stand")) == (
        True,
        False,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Nina", "Okafor", "Nina Okafor"),
        ("Nina ", "", "Nina"),
        ("", "Okafor", "Okafor"),
        ("伟", "李", "李伟"),
        ("太郎", "山田", "山田太郎"),
        ("Wei", "李", "Wei 李"),
    ],
)
def test_two_parts_make_a_name(first: str, last: str, name: str) -> None:
    assert cells.joined(first, last) == name


@pytest.mark.parametrize(
    ("text", "tag"), [("en", "en"), ("pt_BR", "pt-BR"), (" zh-Hant-TW ", "zh-Hant-TW"), ("", "")]
)
def test_a_language_is_a_tag(text: str, tag: str) -> None:
    assert cells.locale(text) == tag


@pytest.mark.parametrize("text", ["english please", "e", "en" + "-abcdefgh" * 4])
def test_what_is_no_language_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="no language tag such as en or pt-BR"):
        cells.locale(text)


def test_attributes_are_a_json_object() -> None:
    assert cells.attributes('{"city": "Lagos", "n": [1, 2.5, null, true]}') == {
        "city": "Lagos",
        "n": [1, 2.5, None, True],
    }
    assert cells.attributes('{"path": "C:\\\\u0000"}') == {"path": "C:\\u0000"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "city",
        "[1]",
        "1",
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": "\\u0000"}',
        '{"a": "\\ud800"}',
        "[" * 100_000,
        '{"a":' * 50_000,
    ],
)
def test_what_no_database_takes_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="no JSON object such as"):
        cells.attributes(text)


def test_evidence_holds_no_zero() -> None:
    assert cells.evidence(" stand,\nhall 2 ") == "stand,\nhall 2"
    with pytest.raises(CellError, match="zero"):
        cells.evidence("a\0b")
