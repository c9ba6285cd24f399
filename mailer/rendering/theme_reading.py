"""Read a theme from data that a person wrote: what makes sense of it, and what does not, in sentences."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mailer.manuscript.characters import STRAY_CONTROL, printable
from mailer.manuscript.pictures import Picture, referred
from mailer.rendering.palette import COLOURS, READABLE, Shade, contrast
from mailer.rendering.theme import (
    FAMILIES,
    LOGO_WIDTH,
    PLAIN,
    PULL_OUT,
    TALLEST_LOGO,
    WIDEST_LOGO,
    Fault,
    Logo,
    Theme,
)

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST_FOOTER, _MOST_FOOTER_LINES, _MOST_SECTIONS = 400, 6, 40
# Which text stands on which ground in a letter (templates/email).
TEXT_ON_GROUND = (
    *((text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "quiet")),
    ("muted", "ground"),
    ("accent", "ground"),
)


def read(data: Mapping[str, Any]) -> tuple[Theme, tuple[Fault, ...]]:
    """Return the theme that `data` is, without what makes no sense, and what that was.

    A theme that was written before a rule was made is read all the same: letters leave, in the defaults.
    """
    reader = _Reader()
    theme = reader.theme(data)
    return theme, (*reader.faults, *_unprintable(data), *_faint(theme))


class _Reader:
    """Reads one theme, and notes what it passes over."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def theme(self, data: Mapping[str, Any]) -> Theme:
        known = {"logo", "colours", "interests", "type", "order", "sections", "footer"}
        self._strangers("", data, known)
        families = self._table("type", data.get("type", {}), {"headings", "text"})
        return Theme(
            logo=self._logo(data.get("logo")),
            colours=self._shades("colours", data.get("colours", {}), set(COLOURS), COLOURS),
            interests=self._shades("interests", data.get("interests", {}), None, {}),
            headings=self._family("headings", families, "serif"),
            text=self._family("text", families, "sans"),
            order=self._order(data.get("order", [])),
            styles=self._styles(data.get("sections", {})),
            footer=self._footer(data.get("footer", "")),
        )

    def _note(self, where: str, said: str) -> None:
        self.faults.append(Fault(where, said))

    def _strangers(self, where: str, data: Mapping[str, Any], known: set[str]) -> None:
        for name in data:
            if name not in known:
                self._note(f"{where}{name}", f"there is no such entry; there are {', '.join(sorted(known))}")

    def _table(self, where: str, data: Any, known: set[str] | None) -> Mapping[str, Any]:  # noqa: ANN401 - whatever stands there
        if not isinstance(data, dict):
            self._note(where, f"write a table of entries, [{where}]")
            return {}
        if known is not None:
            self._strangers(f"{where}.", data, known)
        return data

    def _logo(self, data: Any) -> Logo | None:  # noqa: ANN401 - the same
        if data is None:
            return None
        table = self._table("logo", data, {"light", "dark", "alt", "width"})
        light, dark = (self._picture(f"logo.{mode}", table.get(mode)) for mode in ("light", "dark"))
        alt, width = table.get("alt", ""), table.get("width", LOGO_WIDTH)
        if not isinstance(alt, str):
            self._note("logo.alt", "write in words what it says")
            alt = ""
        if not isinstance(width, int) or not 16 <= width <= WIDEST_LOGO:  # noqa: PLR2004 - less is nothing to see
            self._note("logo.width", f"write a whole number of pixels, 16 to {WIDEST_LOGO}")
            width = LOGO_WIDTH
        for where, each in (("logo.light", light), ("logo.dark", dark)):
            if each and each.height * width > TALLEST_LOGO * each.width:
                self._note(
                    where, f"it would stand taller than {TALLEST_LOGO} pixels: cut it, or make it narrower"
                )
                return None
        if light is None:
            if table and "light" not in table:
                self._note("logo.light", "name a picture: `mailer pictures add FILE --logo` prints its name")
            return None
        return Logo(light, dark, " ".join(alt.split()), width)

    def _picture(self, where: str, data: Any) -> Picture | None:  # noqa: ANN401 - the same
        if data is None:
            return None
        found = referred(data) if isinstance(data, str) else None
        if found is None:
            self._note(where, "this is no picture that is kept here: `mailer pictures add` prints such names")
        return found

    def _shades(
        self,
        where: str,
        data: Any,  # noqa: ANN401 - the same
        known: set[str] | None,
        defaults: Mapping[str, Shade],
    ) -> tuple[tuple[str, Shade], ...]:
        table = self._table(where, data, known)
        found = {
            name: self._shade(f"{where}.{name}", value, defaults.get(name))
            for name, value in table.items()
            if known is None or name in known
        }
        return tuple((name, shade) for name, shade in sorted(found.items()) if shade)

    def _shade(self, where: str, data: Any, default: Shade | None) -> Shade | None:  # noqa: ANN401 - the same
        if isinstance(data, str):
            data = {"light": data, "dark": data}
        noted = len(self.faults)
        table = self._table(where, data, {"light", "dark"})
        if len(self.faults) > noted:
            return None
        given: dict[str, str] = {}
        for mode in ("light", "dark"):
            value = table.get(mode, getattr(default, mode, None))
            if not isinstance(value, str) or not _COLOUR.fullmatch(value):
                self._note(f"{where}.{mode}", 'write a colour as "#rrggbb"')
                return None
            given[mode] = value.lower()
        return Shade(**given)

    def _family(self, name: str, table: Mapping[str, Any], default: str) -> str:
        value = table.get(name, default)
        if not isinstance(value, str) or value not in FAMILIES:
            self._note(f"type.{name}", f"choose one of {', '.join(FAMILIES)}")
            return default
        return value

    def _order(self, data: Any) -> tuple[str, ...]:  # noqa: ANN401 - the same
        return tuple(self._texts("order", data, most=_MOST_SECTIONS, what="titles of sections"))

    def _styles(self, data: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - the same
        styles: dict[str, str] = {}
        for title, value in self._table("sections", data, None).items():
            where = f"sections.{title}"
            style = self._table(where, value, {"style"}).get("style")
            if isinstance(style, str) and style in {PLAIN, PULL_OUT}:
                styles[title] = style
            elif style is not None:
                self._note(f"{where}.style", f"choose one of {PLAIN}, {PULL_OUT}")
        return tuple(sorted(styles.items()))

    def _footer(self, data: Any) -> tuple[str, ...]:  # noqa: ANN401 - the same
        lines = data.splitlines() if isinstance(data, str) else data
        return tuple(self._texts("footer", lines, most=_MOST_FOOTER_LINES, what="lines of text"))

    def _texts(self, where: str, data: Any, *, most: int, what: str) -> Iterator[str]:  # noqa: ANN401 - the same
        if not isinstance(data, list) or not all(isinstance(each, str) for each in data):
            self._note(where, f"write {what}")
            return
        texts = list(dict.fromkeys(filter(None, (" ".join(each.split()) for each in data))))
        if len(texts) > most or sum(map(len, texts)) > most * _LONGEST_FOOTER:
            self._note(where, f"write at most {most} {what}, {_LONGEST_FOOTER} characters each")
            return
        yield from texts


def _faint(theme: Theme) -> Iterator[Fault]:
    """Find text that a theme makes too near to the colour of its ground (WCAG 2.2, 1.4.3)."""
    palette, given = theme.palette, dict(theme.colours)
    pairs = [
        (f"colours.{text if text in given else ground}", text, palette[text], ground)
        for text, ground in TEXT_ON_GROUND
        if text in given or ground in given
    ]
    pairs += [
        (f"interests.{slug}", f"the label of {slug}", shade, "paper") for slug, shade in theme.interests
    ]
    for where, text, shade, ground in pairs:
        yield from _too_near(where, text, shade, ground, palette[ground])


def faint_labels(theme: Theme, numbers: Mapping[str, int]) -> Iterator[Fault]:
    """Find interests of a list, each with its number there, whose own colour the theme's paper swallows.

    An interest to which the theme gives a colour is looked at where the theme is read.
    """
    given = dict(theme.interests)
    for slug, number in numbers.items():
        if slug not in given:
            shade = theme.shades[theme.place(slug, number)]
            where, paper = f"interests.{slug}", theme.palette["paper"]
            yield from _too_near(
                where, f"the label of {slug}, which is given no colour,", shade, "paper", paper
            )


def _too_near(where: str, text: str, shade: Shade, ground: str, behind: Shade) -> Iterator[Fault]:
    for mode in ("light", "dark"):
        colour, under = getattr(shade, mode), getattr(behind, mode)
        if (ratio := contrast(colour, under)) < READABLE:
            yield Fault(
                where,
                f"in {mode} mode {text} ({colour}) on {ground} ({under}) has a contrast of {ratio:.1f}:1,"
                f" and {READABLE}:1 is the least: choose colours further apart",
            )


def _unprintable(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Find characters that no letter can carry, and that one of the databases refuses."""
    left: list[tuple[str, Any]] = [("", data)]
    while left:  # as deep as it goes
        where, value = left.pop()
        if isinstance(value, dict):
            left += [(f"{where}.{name}".lstrip("."), each) for name, each in value.items()]
            left += [(where, name) for name in value]
        elif isinstance(value, list):
            left += [(where, each) for each in value]
        elif isinstance(value, str) and (found := STRAY_CONTROL.search(value.replace("\r", ""))):
            said = f"it holds a character that no letter can carry (U+{ord(found[0]):04X}): delete it"
            yield Fault(printable(where), said)
