"""A rule of colours: text must be readable in light and in dark (WCAG 2.2, 1.4.3)."""

from collections.abc import Iterator

from mailer.preflight.values import Found, Matter

READABLE = 4.5
# Which text stands on which ground in a letter (templates/email).
TEXT_ON_GROUND = (
    *((text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "quiet")),
    ("muted", "ground"),
    ("accent", "ground"),
)
# What WCAG's definition of relative luminance counts the three colours with.
_SHARES = (0.2126, 0.7152, 0.0722)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as `#rrggbb`, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def faint(matter: Matter) -> Iterator[Found]:
    """Find text that is too near to the colour of its ground."""
    pairs = [(text, matter.colours[text], ground, matter.colours[ground]) for text, ground in TEXT_ON_GROUND]
    used = max((interest.colour for interest in matter.look.interests), default=-1) + 1
    pairs += [
        (f"the label of interest {number}", shade, "paper", matter.colours["paper"])
        for number, shade in enumerate(matter.shades[:used], 1)
    ]
    for text, shade, ground, behind in pairs:
        for mode, colour, under in (
            ("light", shade.light, behind.light),
            ("dark", shade.dark, behind.dark),
        ):
            if (ratio := contrast(colour, under)) < READABLE:
                said = (
                    f"In {mode} mode {text} ({colour}) on {ground} ({under}) has a contrast of {ratio:.1f}:1"
                )
                yield Found(f"{said}, and {READABLE}:1 is the least: choose colours further apart")


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 - WCAG's own figures
    return sum(share * part for share, part in zip(_SHARES, linear, strict=True))
