"""A rule of colours: text must be readable in light and in dark (WCAG 2.2, 1.4.3)."""

from collections.abc import Iterator

from mailer.preflight.values import Found, Matter
from mailer.rendering.palette import READABLE, contrast
from mailer.rendering.theme_reading import TEXT_ON_GROUND


def faint(matter: Matter) -> Iterator[Found]:
    """Find text that is too near to the colour of its ground."""
    pairs = [(text, matter.colours[text], ground, matter.colours[ground]) for text, ground in TEXT_ON_GROUND]
    place = matter.look.theme.place
    pairs += [
        (
            f"the label of {interest.slug}",
            matter.shades[place(interest.slug, interest.colour)],
            "paper",
            matter.colours["paper"],
        )
        for interest in matter.look.interests
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
