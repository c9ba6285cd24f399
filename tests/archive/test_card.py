import io
from collections.abc import Iterator

import pytest
from PIL import Image

from mailer.archive import typesetting
from mailer.archive.card import Card, draw

FONTS = (typesetting._font, typesetting._font_of, typesetting._has)
PLAIN = Card("Space Digest", "Orbit 64", "1 December 2026", interests=(0, 2))


def image(of: Card) -> Image.Image:
    return Image.open(io.BytesIO(draw(of))).convert("RGB")


@pytest.mark.parametrize(
    "of",
    [
        PLAIN,
        Card("نشرة", "من يبني ومن يشتري", right_to_left=True, interests=(1,)),
        Card("太空", "谁在建造" * 60),
        Card("x" * 400, "y" * 500, "z" * 300),
        Card("", ""),
        Card("Digest", "word " * 100, interests=tuple(range(20))),
        Card("𐒁", "𐒁𐒂𐒃"),
    ],
)
def test_it_is_a_picture_of_the_size_that_others_expect(of: Card) -> None:
    assert image(of).size == (1200, 630)
    assert len(draw(of)) < 100_000


def test_the_same_card_is_the_same_picture() -> None:
    first = draw(PLAIN)
    draw.cache_clear()
    assert draw(PLAIN) == first
    assert draw(Card("Space Digest", "Orbit 65")) != first


@pytest.fixture
def without_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing but the letters that Pillow brings."""

    def forget() -> None:
        for known in (draw, typesetting.plain, typesetting.runs, *FONTS):
            known.cache_clear()

    monkeypatch.setattr(typesetting, "SERIFS", ())
    forget()
    yield
    forget()


@pytest.mark.usefixtures("without_fonts")
def test_without_a_font_for_its_words_the_rules_stand_alone() -> None:
    wordless, worded = draw(Card("太空", "谁在建造")), draw(Card("Space", "Who builds – “and” why"))
    assert wordless == draw(Card("月球", "谁在聆听"))
    assert wordless != worded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("🚀 Rockets", "Rockets"),
        ("Rockets 🚀 over", "Rockets over"),
        ("Rock􏿿ets", "Rockets"),
    ],
)
def test_a_sign_that_no_font_has_costs_no_other_word(one: str, other: str) -> None:
    assert draw(Card("x", one)) == draw(Card("x", other))
    assert draw(Card("x", one)) != draw(Card("x", ""))


def test_no_line_runs_out_of_the_column() -> None:
    endless = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
    for of in (Card("W" * 200, endless, "1" * 200), Card("ن" * 200, "ن" * 300, "", right_to_left=True)):
        drawn = image(of).convert("L")
        for edge in (drawn.crop((56, 80, 94, 630)), drawn.crop((1106, 80, 1144, 630))):
            assert min(edge.tobytes()) == 255


def test_a_long_title_is_set_smaller_and_then_cut() -> None:
    few, endless = (image(Card("", "word " * count)).convert("L") for count in (2, 400))
    darkest = 60
    assert sum(few.histogram()[:darkest]) < sum(endless.histogram()[:darkest])
    assert sum(endless.crop((0, 522, 1200, 630)).histogram()[:darkest]) == 0
