"""Broken encoding is mended, and what was good stays as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.repair import Repair, repair, unmended

# What must never be taken for broken: closing quotes after letters with accents, Greek, formulas.
GOOD = (
    "China’s ‘first’ “step” – it’s on…",
    "« CAFÉ » et « VOILÀ » : à\u00a0» NOËL»",
    "IRMÃ» NÃO MAÇÃ… FRANÇA’ Â« kříž” Zürich™",
    "«ΑΒΓ» ΣΥΡΙΖΑ» Ελληνικά, 5 € και «ΑΒ»",
    "3×½ in, Ø±5, 5 Å±0.1, β’s π’",
    "🔺 Rising ⚠️ Watch 🧑‍💻 日本語 हिन्दी العربية",
)


def misread(text: str, encoding: str, *, keep_holes: bool) -> str:
    characters = []
    for byte in text.encode():
        for attempt in (encoding, "cp1252"):
            try:
                characters.append(bytes([byte]).decode(attempt))
                break
            except UnicodeDecodeError:
                continue
        else:
            characters.append(chr(byte) if keep_holes else "")
    return "".join(characters)


def test_the_headings_of_the_real_edition_are_mended() -> None:
    broken = "πŸ”Ί Rising\nπŸ”» Declining\nπŸ§‘β€πŸ’» Expert’s View\nπŸ“° News"
    mended, repairs = repair(broken)
    assert mended == "🔺 Rising\n🔻 Declining\n🧑‍💻 Expert’s View\n📰 News"
    assert repairs[2] == Repair(3, "πŸ§‘β€πŸ’»", "🧑‍💻")


@pytest.mark.parametrize("keep_holes", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "China’s “big” day — café in São Paulo… naïve €5",
        "“Hello”, said the 🚀 man",
        "Zürich, Ärger, Öl, É, À la Košice",
        "the 🧑‍💻 of 2026",
        "⚠️ Watch list, ✉️ Letters",
        "中国的航天",
        "é",
    ],
)
def test_text_read_as_windows_1252_is_mended(text: str, *, keep_holes: bool) -> None:
    assert repair(misread(text, "cp1252", keep_holes=keep_holes))[0] == text


@pytest.mark.parametrize("text", ["Новости космоса", "أخبار الفضاء", "हिन्दी में", "⚠️ Watch"])
def test_other_scripts_read_as_windows_1252_are_mended_where_no_byte_was_lost(text: str) -> None:
    assert repair(misread(text, "cp1252", keep_holes=True))[0] == text


@pytest.mark.parametrize("text", ["China’s day — “so” 🔺", "the 🧑‍💻 at work", "हिन्दी में", "中国的航天"])
def test_text_read_as_windows_1253_is_mended(text: str) -> None:
    assert repair(misread(text, "cp1253", keep_holes=True))[0] == text


def test_text_misread_twice_is_mended_in_one_go() -> None:
    twice = misread(misread("China’s São Paulo", "cp1252", keep_holes=True), "cp1252", keep_holes=True)
    assert repair(twice)[0] == "China’s São Paulo"


@pytest.mark.parametrize("text", GOOD)
def test_good_text_is_left_alone(text: str) -> None:
    assert repair(text) == (text, ())


@pytest.mark.parametrize("text", GOOD)
def test_good_text_beside_a_broken_emoji_is_left_alone(text: str) -> None:
    assert repair(f"πŸ”Ί\n{text}")[0] == f"🔺\n{text}"


@given(st.text() | st.text("âÃÂðπβΓ€™œŸ”’“ºΊ»«š\u00a0\u009d\u008d é\n", max_size=30))
def test_mending_twice_changes_nothing_more(text: str) -> None:
    mended, _ = repair(text)
    assert repair(mended) == (mended, ())


@given(st.text("abc XYZ0.\n’“”‘–—…•🌐🔺⚠️🧑‍💻日本語", max_size=60))
def test_signs_of_the_trade_are_never_touched(text: str) -> None:
    assert repair(text) == (text, ())


def test_what_lost_a_byte_for_good_is_named() -> None:
    assert unmended("fine\nA title ðŸŒ\nfine\n\ufffd") == (2, 4)
