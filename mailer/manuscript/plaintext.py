"""Markdown of an edition as words alone, for the text part of a letter."""

from collections.abc import Sequence
from html.parser import HTMLParser

from mailer.manuscript.inline import block_html, words_alone

# Figures that lose their meaning where they do not stand high: 10⁶.
_HIGH = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


def plain(markdown: str, links: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """Return the words of `markdown`, and `links` with its addresses added.

    Each link is followed by its number in brackets, which counts from 1 in the returned addresses;
    an address that is there already keeps its number. Paragraphs are set apart by blank lines; lines
    are not wrapped.
    """
    if words_alone(markdown):
        return markdown, tuple(links)
    writer = _TextWriter(list(links))
    writer.feed(block_html(markdown))
    writer.close()
    return writer.text(), tuple(writer.links)


class _TextWriter(HTMLParser):
    """Reads the well-formed HTML of `block_html`."""

    def __init__(self, links: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.links = links
        self._lines: list[str] = []
        self._words: list[str] = []
        self._lists: list[int | None] = []  # the next number of each open list, None for bullets
        self._mark = ""  # what stands before the next line of an item
        self._address = ""
        self._quotes = 0
        self._verbatim = False
        self._high = False

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._address = given.get("href") or ""
        elif tag == "br":
            self._words.append("\n")
        elif tag == "img" and given.get("alt"):
            self._words.append(f"[{given['alt']}]")
        elif tag == "sup":
            self._high = True
        elif tag in {"ul", "ol"}:
            self._end_line()
            self._lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self._end_line()
            self._quotes += 1
        elif tag in {"p", "pre"}:
            self._end_line()
            self._verbatim = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._words.append(f" [{self._number(self._address)}]")
        elif tag == "sup":
            self._high = False
        elif tag == "li":
            self._end_line()
        elif tag in {"p", "pre"}:
            self._end_line()
            self._verbatim = False
            self._blank()
        elif tag in {"ul", "ol"}:
            self._lists.pop()
            if not self._lists:
                self._blank()
        elif tag == "blockquote":
            self._end_line()
            self._quotes -= 1
            self._blank()

    def handle_data(self, data: str) -> None:
        if self._high and all(ord(character) in _HIGH for character in data):
            data = data.translate(_HIGH)
        self._words.append(data if self._verbatim else data.replace("\n", " "))

    def _number(self, address: str) -> int:
        if address not in self.links:
            self.links.append(address)
        return self.links.index(address) + 1

    def _begin_item(self) -> None:
        self._end_line()
        number = self._lists[-1] if self._lists else None
        if number is None:
            self._mark = "- "
        else:
            self._mark = f"{number}. "
            self._lists[-1] = number + 1

    def _end_line(self) -> None:
        written = "".join(self._words).strip("\n" if self._verbatim else None)
        self._words.clear()
        if not written:
            return
        indent = "> " * self._quotes + "  " * max(len(self._lists) - 1, 0)
        hanging = " " * (len(self._mark) if self._mark else 2 * bool(self._lists))
        for line in written.split("\n"):
            self._lines.append(f"{indent}{self._mark or hanging}{line if self._verbatim else line.strip()}")
            self._mark = ""

    def _blank(self) -> None:
        if self._lines and self._lines[-1] and not self._lists:
            self._lines.append("")
