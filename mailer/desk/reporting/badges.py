"""A letter with its clicks written on it: text in, text out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from mailer.rendering.palette import COLOURS
from mailer.tallies.links import Href, hrefs

HEAT = 4  # steps of it
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CLOSE = re.compile(r"</a\s*>", re.IGNORECASE)
_TAG_END = "</head>"
# Heat is the weight of a line first, and never colour alone; in print and forced colours it stays.
_STYLE = """<style>
a[data-heat] {{ text-decoration: underline 1px dotted {line} !important }}
a[data-heat] {{ text-underline-offset: 4px !important }}
a[data-heat="1"] {{ text-decoration: underline 1px solid {line} !important }}
a[data-heat="2"] {{ text-decoration: underline 2px solid {line} !important }}
a[data-heat="3"] {{ text-decoration: underline 3px solid {line} !important }}
a[data-heat="4"] {{ text-decoration: underline 5px solid {line} !important }}
.desk-clicks {{ all: initial; direction: ltr; display: inline-block; box-sizing: border-box;\
 min-width: 24px; margin: 0 6px; padding: 0 6px; border: 1px solid {line}; border-radius: 10px;\
 background: {paper}; color: {ink}; font: 600 12px/18px system-ui, "Segoe UI", Roboto, sans-serif;\
 text-align: center; vertical-align: middle; white-space: nowrap }}
.desk-clicks[data-heat="0"] {{ border-style: dotted; font-weight: 400 }}
.desk-clicks[data-heat="2"] {{ border-width: 2px }}
.desk-clicks[data-heat="3"] {{ border-width: 3px }}
.desk-clicks[data-heat="4"] {{ border-width: 4px }}
</style>"""
_SHADES = {"line": COLOURS["accent"], "paper": COLOURS["paper"], "ink": COLOURS["ink"]}
_LIGHT = _STYLE.format_map({part: shade.light for part, shade in _SHADES.items()})
_DARK = _STYLE.format_map({part: shade.dark for part, shade in _SHADES.items()})


@dataclass(frozen=True)
class Clicked:
    """Of how many copies a link was followed, by people and by machines, and its place in the letter."""

    place: int | None
    people: int
    machines: int

    @property
    def words(self) -> str:
        """Return it for whoever hears it, or points at it."""
        link = f"Link {self.place}" if self.place else "This link"
        copies = "copy" if self.people == 1 else "copies"
        return f"{link}: clicked by people in {self.people:,} {copies}, by machines in {self.machines:,}"


def with_clicks(html: str, clicked: Mapping[str, Clicked], *, dark: bool) -> str:
    """Return a letter's HTML with the clicks of each known link at its end, within it.

    So whoever reaches a link by keyboard hears them; and what is a line of its own stays one. Every link that
    is shown gets its figure, so one that stands twice has it twice. What only Outlook reads, in comments,
    stays as it is.
    """
    most = max((each.people for each in clicked.values()), default=0)
    parts: list[str] = []
    done = 0
    for href in _seen(html):
        known, close = clicked.get(href.url), _CLOSE.search(html, href.end)
        if known is None or close is None:
            continue
        quoted = html[href.end : href.end + 1] in {'"', "'"}
        behind = href.end + quoted
        step = heat(known.people, most)
        parts += (
            html[done:behind],
            f' data-heat="{step}" ',
            html[behind : close.start()],
            _badge(known, step),
        )
        done = close.start()
    parts.append(html[done:])
    head, end, body = "".join(parts).partition(_TAG_END)
    return f"{head}{_DARK if dark else _LIGHT}{end}{body}" if end else head


def heat(people: int, most: int) -> int:
    """Return how hot a link is beside the hottest: 0 for nobody, else 1 to HEAT."""
    return -(-people * HEAT // most) if people and most else 0


def scale(most: int) -> list[tuple[int, str]]:
    """Return each step of heat that there is, and in how many copies a link of it was followed."""
    steps = [(step, (step - 1) * most // HEAT + 1, step * most // HEAT) for step in range(1, HEAT + 1)]
    return [
        (0, "0"),
        *(
            (step, f"{first:,}" if first == last else f"{first:,}–{last:,}")
            for step, first, last in steps
            if first <= last
        ),
    ]


def _badge(known: Clicked, step: int) -> str:
    words = escape(known.words)
    return (
        f'<span class="desk-clicks" data-heat="{step}" role="img" aria-label="{words}" title="{words}">'
        f"{known.people:,}</span>"
    )


def _seen(html: str) -> Iterator[Href]:
    """Yield the links that stand in no comment."""
    comments = [match.span() for match in _COMMENT.finditer(html)]
    for href in hrefs(html):
        if not any(start < href.start < end for start, end in comments):
            yield href
