"""The colours of a letter, each for light and for dark; text on its ground is at least 4.5:1 (WCAG 1.4.3)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shade:
    """One colour as `#rrggbb`, in light and in dark."""

    light: str
    dark: str


COLOURS = {
    "paper": Shade("#ffffff", "#15181d"),
    "ground": Shade("#f4f2ee", "#0e1013"),
    "quiet": Shade("#f8f6f2", "#1b1f25"),
    "ink": Shade("#14181f", "#e8e6e1"),
    "muted": Shade("#565b63", "#a3a8af"),
    "accent": Shade("#0b4f8a", "#7db7e8"),
    "hairline": Shade("#dcd8d0", "#2f343b"),
    "rule": Shade("#14181f", "#6b7179"),
    "masthead": Shade("#14181f", "#a3a8af"),
}

# An interest takes one by its place in the list, and they begin again after the last.
# None is blue, which reads as a link.
INTERESTS = (
    Shade("#903b3f", "#f0a8a7"),
    Shade("#79520a", "#deb67f"),
    Shade("#30693b", "#98cd9f"),
    Shade("#006a70", "#77cfd3"),
    Shade("#6a488e", "#cab0ea"),
    Shade("#893c64", "#e8a8c5"),
    Shade("#8c4411", "#ebae8d"),
    Shade("#5c6013", "#bfc483"),
)

READABLE = 4.5
# What WCAG's definition of relative luminance counts the three colours with.
_SHARES = (0.2126, 0.7152, 0.0722)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as `#rrggbb`, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 - WCAG's own figures
    return sum(share * part for share, part in zip(_SHARES, linear, strict=True))
