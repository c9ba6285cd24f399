"""`python -m benchmarks.matrix`: all letters of a 25-story edition, beside as many bare compiles.

Ours is what `mailer editions render --all` does without the database and without a browser: first the letters
with who gets what, then the same with the page and all files written.
"""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mjml import mjml2html

from benchmarks.measuring import Figure, figure, seconds
from benchmarks.rendering import INTERESTS, LOOK, STORIES, SUMMARY
from mailer.interest_sets import Group
from mailer.manuscript.document import Document, Section, Story
from mailer.matrix.deciding import Issue, decide
from mailer.matrix.making import make
from mailer.rendering.assemble import assemble
from mailer.rendering.letter import mjml_of
from mailer.rendering.values import Reading


def measure(_size: int) -> Iterator[Figure]:
    """Yield the figures; the number of readers does not matter here."""
    stories = tuple(
        Story(f"Story number {n}", f"https://source.example/{n}", (INTERESTS[n % 4],), SUMMARY)
        for n in range(STORIES)
    )
    document = Document("space-digest", "Twenty-five stories", (Section("News", stories=stories),))
    issue = Issue(1, document, LOOK, LOOK.interests)
    chosen = [frozenset(few) for size in range(1, 5) for few in itertools.combinations(INTERESTS, size)]
    groups = [Group(None, 5_000), *(Group(few, 900 // len(few)) for few in chosen)]
    number = len(decide(issue, groups).variants)
    letter = mjml_of(assemble(document, LOOK, Reading()), LOOK)
    with tempfile.TemporaryDirectory() as folder:
        written = seconds(lambda: make(decide(issue, groups), Path(folder), None))
    rendered = seconds(lambda: decide(issue, groups))
    limit = seconds(lambda: [mjml2html(letter, fonts={}) for _ in range(number)])
    yield figure(f"{number} letters of {STORIES} stories, decided", "ms", rendered * 1000, limit * 1000)
    yield figure(f"{number} letters, page and files written", "ms", written * 1000, limit * 1000)


def main() -> None:
    """Measure, and print each figure beside its limit."""
    for found in measure(0):
        print(
            f"{found.name}: {found.value:.1f} {found.unit}, {found.limit:.1f} {found.unit} for bare compiles:"
            f" {found.ratio:.2f}x"
        )


if __name__ == "__main__":
    main()
