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
