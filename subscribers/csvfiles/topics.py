"""A list's interests by the words that a file has for them: slugs, names, numbers of bits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from subscribers.csvfiles.cells import shortened
from subscribers.csvfiles.headers import plain
from subscribers.interests import UnknownInterestError
from subscribers.models import List

_BETWEEN = re.compile(r"[;,|\n]")


@dataclass(frozen=True)
class Topics:
    """One list's interests as they stood when they were read, in the list's order."""

    newsletter: str
    bits: dict[str, int]  # by slug; those that can be chosen
    retired: dict[str, int]  # by slug; those that could be
    _by_word: dict[str, str]  # slug and name, in small letters: slug
    _by_header: dict[str, str]  # the same as headers are compared

    @classmethod
    def of(cls, newsletter: List) -> "Topics":
        """Read the interests of a list."""
        rows = list(newsletter.interests.values_list("slug", "number", "name", "retired_at"))
        retired = {slug: 1 << number for slug, number, _, retired_at in rows if retired_at}
        return cls.made(newsletter.slug, [row[:3] for row in rows if not row[3]], retired)

    @classmethod
    def made(
        cls, newsletter: str, rows: list[tuple[str, int, str]], retired: dict[str, int] | None = None
    ) -> "Topics":
        """Return the interests that rows of slug, number and name describe."""
        bits = {slug: 1 << number for slug, number, _ in rows}
        # A slug counts before another's name.
        words = {name.strip().casefold(): slug for slug, _, name in rows} | {slug: slug for slug in bits}
        headers = {header: slug for word, slug in words.items() if (header := plain(word))}
        return cls(newsletter, bits, retired or {}, words, headers)

    def bit(self, word: str) -> int | None:
        """Return the bit of an interest's slug or name, None for any other word."""
        slug = self._by_word.get(word.strip().casefold())
        return None if slug is None else self.bits[slug]

    def slug_of_header(self, header: str) -> str | None:
        """Return the interest that a column is called after."""
        return self._by_header.get(header)

    def unknown(self, word: str) -> str:
        """Return what is said of a word that is no interest: it names those there are."""
        return str(UnknownInterestError(shortened(word), self.newsletter, self.bits))

    def split(self, text: str) -> Iterator[tuple[str, int | None]]:
        """Yield each word of a cell with its bit; words are set apart by ; , | or a line's end."""
        if not text.strip():
            return
        if (whole := self.bit(text)) is not None:  # a name may hold a comma
            yield text, whole
            return
        for part in _BETWEEN.split(text):
            # Mailchimp writes "one","two" into one cell.
            if word := part.strip().strip('"').strip():
                yield word, self.bit(word)
