"""Whatever is read as a theme, a letter can be set in it."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.manuscript.document import Document, Section, Story
from mailer.rendering.palette import COLOURS
from mailer.rendering.sets import render_sets
from mailer.rendering.theme_reading import read
from mailer.rendering.values import InterestLook, Look, Reading

LOOK = Look("digest", "Digest", "1 Road", (InterestLook("moon", "The Moon", 0),))
EDITION = Document(
    "digest",
    "Title",
    (Section("View", prose="Words."), Section("News", stories=(Story("A", "", ("moon",), "B"),))),
)
PICTURE = "picture:" + "cd" * 16 + "-640x160.png"
scraps = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-10, 600),
        st.text(max_size=12),
        st.sampled_from(
            ["#102030", "#ffffff", "sans", "pull-out", "View", PICTURE, "{{ 7*7 }}", "</style>", '">']
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["light", "dark", "alt", "width", "style", "View", "moon", "text", "headings", *COLOURS]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
themes = st.dictionaries(
    st.sampled_from(["logo", "colours", "interests", "type", "order", "sections", "footer", "x"]),
    scraps,
    max_size=7,
)


@settings(max_examples=60, deadline=None)
@given(themes)
def test_nothing_that_is_read_breaks_a_letter_or_brings_markup_into_it(data: dict[str, Any]) -> None:
    theme, _ = read(data)
    letter = render_sets(EDITION, replace(LOOK, theme=theme), [Reading()])[Reading()]
    assert letter.html.endswith("</html>")
    assert "49" not in letter.subject
    assert "</style></style>" not in letter.html
    assert letter.html.count("<h1") == 1


def test_the_example_in_the_docs_is_good() -> None:
    page = (Path(__file__).parents[2] / "docs" / "themes.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    assert read(tomllib.loads(example))[1] == ()
