import pytest

from mailer.rendering.palette import COLOURS, INTERESTS, Shade

READABLE = 4.5  # WCAG 2.2, 1.4.3

TEXT_ON_GROUND = [
    *((text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "quiet")),
    ("muted", "ground"),
    ("accent", "ground"),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG defines it."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_knows_black_from_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < READABLE


@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_in_light_and_in_dark(text: str, ground: str) -> None:
    assert contrast(COLOURS[text].light, COLOURS[ground].light) >= READABLE
    assert contrast(COLOURS[text].dark, COLOURS[ground].dark) >= READABLE


@pytest.mark.parametrize("shade", INTERESTS)
def test_a_label_can_be_read_in_light_and_in_dark(shade: Shade) -> None:
    assert contrast(shade.light, COLOURS["paper"].light) >= READABLE
    assert contrast(shade.dark, COLOURS["paper"].dark) >= READABLE
