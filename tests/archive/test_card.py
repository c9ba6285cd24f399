import io

import pytest
from PIL import Image

from mailer.archive import card
from mailer.archive.card import Card, draw

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


def test_without_a_font_for_its_words_the_rules_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "_SERIFS", ())
    draw.cache_clear()
    wordless, worded = draw(Card("太空", "谁在建造")), draw(Card("Space", "Who builds – “and” why"))
    assert wordless == draw(Card("月球", "谁在聆听"))
    assert wordless != worded
    draw.cache_clear()


def test_a_long_title_is_set_smaller_and_then_cut() -> None:
    few, endless = (image(Card("", "word " * count)).convert("L") for count in (2, 400))
    darkest = 60
    assert sum(few.histogram()[:darkest]) < sum(endless.histogram()[:darkest])
    assert sum(endless.crop((0, 522, 1200, 630)).histogram()[:darkest]) == 0
