"""A text by its lines."""

from mailer.desk.editions.lines import Line, lines_of


def test_a_text_is_counted_as_editors_count_it() -> None:
    assert lines_of("# A\n\nwords\n", {3: "error"}) == [
        Line(1, "# A", heading=True),
        Line(2, ""),
        Line(3, "words", "error"),
    ]
