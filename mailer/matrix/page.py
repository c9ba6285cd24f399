"""The page that shows an edition's letters beside one another: values in, HTML out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mailer.matrix.pictures import SMALL
from mailer.matrix.values import GENERATOR, Choice, Item, Matrix, Shown, Variant
from mailer.rendering.palette import COLOURS, INTERESTS
from mailer.rendering.values import InterestLook

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "matrix"
GMAIL = 102_400  # bytes of a letter's HTML beyond which Gmail cuts it

Files = Mapping[str, str]  # paths by kind: html, text, phone-light …

# What people open, in this order, and what a link to it says.
_LINKS = {
    "html": "HTML",
    "text": "Text",
    "phone-light": "Phone",
    "phone-dark": "Phone, dark",
    "desktop-light": "Desktop",
    "desktop-dark": "Desktop, dark",
}
_SAID = {
    Shown.FULL: "in full",
    Shown.FURTHER: "in full, further down",
    Shown.HEADLINE: "headline",
    Shown.NOT: "not",
}


@dataclass(frozen=True)
class Row:
    """A story or a line across all letters, in their order; `readers` get it in full."""

    item: Item
    cells: tuple[Shown, ...]
    readers: int


@dataclass(frozen=True)
class Card:
    """One letter: its number, its files, and how many stories and lines it has."""

    number: int
    variant: Variant
    files: Files
    most: int  # readers of the letter that most get
    stories: Mapping[Shown, int]
    lines: int

    @property
    def height(self) -> int:
        """Return its readers in percent of the most that a letter has; anybody is something to be seen."""
        readers = self.variant.readers.all
        return max(readers * 100 // self.most, 3) if readers else 0

    @property
    def filled(self) -> int:
        """Return in percent how much it has of what Gmail shows."""
        return min(self.variant.leaving * 100 // GMAIL, 100)

    @property
    def links(self) -> list[tuple[str, str]]:
        """Return path and label of what people open."""
        return [(self.files[kind], label) for kind, label in _LINKS.items() if kind in self.files]

    @property
    def small(self) -> dict[str, str]:
        """Return the small pictures by scheme; none where no browser was there."""
        return {scheme: self.files[kind] for scheme, kind in SMALL.items() if kind in self.files}


def page(matrix: Matrix, files: Sequence[Files]) -> bytes:
    """Return the page; `files` are those of each letter, in their order."""
    rows = [_row(matrix, place) for place in range(len(matrix.items))]
    stories = [row for row in rows if row.item.is_story]
    subjects = {variant.letter.subject for variant in matrix.variants}
    made = (
        _environment()
        .get_template("index.html")
        .render(
            matrix=matrix,
            # Said once where all letters have the same.
            subject=subjects.pop() if len(subjects) == 1 else "",
            cards=_cards(matrix, files),
            groups=_grouped(rows),
            stories=len(stories),
            differing=sum(len(set(row.cells)) > 1 for row in stories),
            lines=len(rows) - len(stories),
            has_further=any(Shown.FURTHER in variant.shown for variant in matrix.variants),
            heaviest=max(variant.leaving for variant in matrix.variants),
        )
    )
    return made.encode()


def _row(matrix: Matrix, place: int) -> Row:
    return Row(
        item=matrix.items[place],
        cells=tuple(variant.shown[place] for variant in matrix.variants),
        readers=matrix.full[place],
    )


def _grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.item.heading, []).append(row)
    return groups


def _cards(matrix: Matrix, files: Sequence[Files]) -> list[Card]:
    most = max(variant.readers.all for variant in matrix.variants)
    cards = []
    for number, (variant, paths) in enumerate(zip(matrix.variants, files, strict=True), 1):
        pairs = list(zip(matrix.items, variant.shown, strict=True))
        stories = Counter(shown for item, shown in pairs if item.is_story)
        lines = sum(shown is Shown.FULL for item, shown in pairs if not item.is_story)
        cards.append(Card(number, variant, paths, most, stories, lines))
    return cards


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "colours": COLOURS,
        "shades": INTERESTS,
        "gmail": GMAIL,
        "generator": Markup(GENERATOR),  # noqa: S704  # ours
        "is_chosen": _is_chosen,
        "shown": Shown,
    }
    environment.filters |= {"kb": _kilobytes, "said": lambda shown: _SAID[shown], "shade": _shade}
    return environment


def _is_chosen(interest: InterestLook, choice: Choice) -> bool:
    return choice.interests is None or interest in choice.interests


def _shade(interest: InterestLook) -> str:
    """Return the class of an interest's colour; they begin again after the last, as in letters."""
    return f"c{interest.colour % len(INTERESTS) + 1}"


def _kilobytes(number: int) -> str:
    return f"{number / 1000:.1f}"
