"""Elements of SVG: whatever is put into them comes out as words."""

import pytest
from markupsafe import Markup

from mailer.charts.drawing import drawing, percent, px, tag
from tests.charts.reading import HOSTILE, read


def test_what_is_put_in_is_escaped_and_markup_is_not() -> None:
    assert tag("text", "<b>", Markup("<br/>"), class_='"') == '<text class="&quot;">&lt;b&gt;<br/></text>'


def test_a_title_from_anywhere_stays_a_title() -> None:
    root = read(drawing(name="one", title=HOSTILE, words=HOSTILE, height=10))
    assert [each.tag for each in root] == ["title", "desc"]
    assert (root[0].text or "").startswith("</title><script>")


@pytest.mark.parametrize("name", ["", "two names", "1st", 'a"', "größe"])
def test_a_chart_needs_a_name_that_can_be_pointed_at(name: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and hyphens"):
        drawing(name=name, title="", words="", height=1)


def test_lengths_are_as_short_as_they_are_exact() -> None:
    assert [px(0), px(-0.001), px(12.5), px(1 / 3), percent(100)] == ["0", "0", "12.5", "0.33", "100%"]
