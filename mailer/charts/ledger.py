"""A ledger as one bar: what became of each candidate, side by side, with what is small still seen."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from mailer.charts.drawing import percent, tag
from mailer.charts.shares import widths

# From what is certain to what is not there; the unknown stands where the eye ends.
ORDER = (
    "accepted",
    "in_flight",
    "pending",
    "unknown",
    "excluded",
    "rejected",
    "cancelled",
    "not_confirmed",
)
LEAST, LEAST_UNKNOWN, LEAST_UNKNOWN_IN_A_ROW = 0.5, 1.2, 1.4  # per cent of the bar
HEIGHT, HEIGHT_IN_A_ROW = 40, 10
_HUNDREDTHS = 10_000  # of which a bar has


@dataclass(frozen=True)
class Part:
    """One outcome: `x` and `width` are hundredths of a per cent of the bar."""

    name: str
    readers: int
    x: int
    width: int

    @property
    def words(self) -> str:
        """Return it for whoever hears the bar: “23,418 accepted”."""
        return f"{self.readers:,} {self.name.replace('_', ' ')}"


def ledger(outcomes: Mapping[str, int], *, in_a_row: bool = False) -> Markup:
    """Return the bar; low, and with the unknown wider, in the row of a table. '' where nobody is.

    Its words are its figures, so it needs neither title nor description.
    """
    parts = divided(outcomes, in_a_row=in_a_row)
    if not parts:
        return Markup("")
    height = HEIGHT_IN_A_ROW if in_a_row else HEIGHT
    return tag(
        "svg",
        *(
            tag(
                "rect",
                class_=f"part-{part.name}",
                x=percent(part.x / 100),
                width=percent(part.width / 100),
                height=height,
            )
            for part in parts
        ),
        *(
            tag("line", class_="cut", x1=percent(part.x / 100), x2=percent(part.x / 100), y1=0, y2=height)
            for part in parts[1:]
        ),
        class_="chart thin" if in_a_row else "chart",
        height=height,
        role="img",
        aria_label=", ".join(part.words for part in parts),
    )


def divided(outcomes: Mapping[str, int], *, in_a_row: bool = False) -> tuple[Part, ...]:
    """Return the parts that are not nothing, side by side over the whole bar; none where nobody is.

    Each is at least half a per cent wide, the unknown 1.2 (in the row of a table 1.4), taken from the widest.
    """
    readers = {name: outcomes[name] for name in ORDER if outcomes.get(name)}
    unknown = LEAST_UNKNOWN_IN_A_ROW if in_a_row else LEAST_UNKNOWN
    least = [round((unknown if name == "unknown" else LEAST) * 100) for name in readers]
    parts, x = [], 0
    for (name, number), width in zip(
        readers.items(), widths(list(readers.values()), least, _HUNDREDTHS), strict=True
    ):
        parts.append(Part(name, number, x, width))
        x += width
    return tuple(parts)
