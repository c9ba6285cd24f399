"""Reads a letter's HTML as strictly as the pickiest mail program: every tag closed, in order."""

from collections.abc import Iterator
from html.parser import HTMLParser

# Elements that have no end (HTML Living Standard, 13.1.2).
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and its words; raises AssertionError on a stray end."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> while <{self._open[-1]}> is open"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.words.append(data)

    def all(self, tag: str) -> Iterator[dict[str, str]]:
        """Return the attributes of each such tag."""
        return (attributes for name, attributes in self.tags if name == tag)

    @property
    def text(self) -> str:
        """Return the words with single spaces."""
        return " ".join("".join(self.words).split())
