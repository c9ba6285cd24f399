"""What charts are drawn with: SVG elements as markup, with everything in them escaped."""

import html
import re
from functools import cache

from markupsafe import Markup

from mailer.rendering.palette import INTERESTS

Value = str | int | float
# What XML 1.0 (2.2 Characters) does not allow in any way; a title may come from anywhere.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ISOLATE, _POP = "\u2068", "\u2069"
SPACE = "\u00a0"  # so that a figure and its sign stay on one line


def tag(element: str, *inside: str, **attributes: Value | None) -> Markup:
    """Return an element: attributes by keyword, as `class_` and `text_anchor`; None leaves one out.

    What is inside is escaped unless it is markup already.
    """
    said = "".join(
        [
            f' {_attribute(name)}="{_escaped(value)}"'
            for name, value in attributes.items()
            if value is not None
        ]
    )
    if not inside:
        return Markup(f"<{element}{said}/>")  # noqa: S704 - all in it was escaped
    held = "".join([str(each) if isinstance(each, Markup) else _escaped(each) for each in inside])
    return Markup(f"<{element}{said}>{held}</{element}>")  # noqa: S704 - the same


def drawing(*inside: str, name: str, title: str, words: str, height: float, class_: str = "chart") -> Markup:
    """Return a whole chart: `name` is its own on the page, `words` say what is to be seen.

    ValueError for a name that could not stand in `aria-labelledby`.
    """
    if not re.fullmatch(r"[A-Za-z][\w-]*", name, re.ASCII):
        raise ValueError(f"a chart's name has letters, digits and hyphens only, and not {name!r}")
    return tag(
        "svg",
        tag("title", title or "Chart", id=f"{name}-title"),
        tag("desc", words, id=f"{name}-words"),
        *inside,
        class_=class_,
        height=px(height),
        role="img",
        aria_labelledby=f"{name}-title {name}-words",
    )


def empty(words: str, *, name: str, title: str) -> Markup:
    """Return what stands where there is nothing to draw: the words for that."""
    return drawing(
        tag("text", words, y=18, aria_hidden="true"), name=name, title=title, words=words, height=26
    )


def colour(place: int) -> int:
    """Return which colour an interest takes by its place in its list, as the stylesheet numbers them."""
    return place % len(INTERESTS)


def limit_mark(at: float, top: float, bottom: float) -> Markup:
    """Return the mark of a limit at so many per cent, with an edge by which a bar beneath it is parted."""
    x = percent(at)
    lines = (tag("line", class_=class_, x1=x, x2=x, y1=top, y2=bottom) for class_ in ("c-edge", "c-limit"))
    return Markup("").join(lines)


def percent(value: float) -> str:
    """Return a place or a width as SVG takes it, in per cent of the chart: “12.5%”."""
    return f"{px(value)}%"


def px(value: float) -> str:
    """Return a length in pixels to a hundredth, without needless zeros: “12.5”."""
    rounded = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded


def apart(words: str) -> str:
    """Return somebody's words so that their direction of writing does not touch what stands beside them."""
    return f"{_ISOLATE}{words}{_POP}"


@cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _escaped(value: Value) -> str:
    """Return a value as SVG has it; not by Markup.format, which takes five times as long for a thousand."""
    words = str(value)
    return html.escape(words if words.isprintable() else _IMPOSSIBLE.sub("\ufffd", words))
