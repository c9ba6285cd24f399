from dataclasses import replace

from mailer.archive.corrections import Change, Passage, Piece, changes, passages
from mailer.manuscript.document import Document, Group, Point, Section, Story

ONE = Story("One", "https://a.example/1", ("china",), "The plant costs **32** million a year, say both.", 11)
TWO = Story("Two", "https://a.example/2", (), "The dish turned.", 14)
NEWS = Section("News", stories=(ONE, TWO))
TRENDS = Section("Trends", groups=(Group("Rising", (Point("Antennas"), Point("Patience"))),))
VIEW = Section("View", prose="Who owns the antenna owns the news.")
EDITION = Document("space-digest", "Orbit", (TRENDS, VIEW, NEWS))


def said(passage: Passage) -> tuple[str, str]:
    """Both sides of a passage, what differs in brackets."""

    def side(pieces: tuple[Piece, ...]) -> str:
        return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)

    return side(passage.before), side(passage.now)


def with_stories(*stories: Story) -> Document:
    return replace(EDITION, sections=(TRENDS, VIEW, replace(NEWS, stories=stories)))


def test_equal_texts_have_no_changes() -> None:
    assert changes(EDITION, with_stories(replace(ONE, line=40), TWO)) == ()


def test_a_changed_figure_is_told_with_the_words_around_it() -> None:
    mended = replace(ONE, summary=ONE.summary.replace("32", "23"))
    [change] = changes(EDITION, with_stories(mended, TWO))
    [passage] = change.passages
    assert change == Change("One", 11, passages=(passage,))
    assert said(passage) == (
        "The plant costs [32] million a year, say both. ",
        "The plant costs [23] million a year, say both. ",
    )


def test_a_long_text_is_cut_around_what_changed() -> None:
    words = [f"w{number}" for number in range(40)]
    [passage] = passages(" ".join(words), " ".join([*words[:20], "new", *words[21:]]))
    assert said(passage) == (
        "… w14 w15 w16 w17 w18 w19 [w20] w21 w22 w23 w24 w25 w26 …",
        "… w14 w15 w16 w17 w18 w19 [new] w21 w22 w23 w24 w25 w26 …",
    )


def test_scripts_without_spaces_are_compared_by_the_character() -> None:
    [passage] = passages("月球上的电站将在二〇三五年建成", "月球上的电站将在二〇三六年建成")
    assert said(passage) == ("… 站将在二〇三[五]年建成 ", "… 站将在二〇三[六]年建成 ")


def test_what_is_written_anew_is_not_quoted() -> None:
    old = " ".join(f"w{number}" for number in range(200))
    new = " ".join(f"w{number}" if number % 20 else "x" for number in range(200))
    assert passages(old, new) == ()
    before, now = (with_stories(replace(ONE, summary=text), TWO) for text in (old, new))
    [change] = changes(before, now)
    assert change == Change("One", 11)


def test_what_is_endless_is_not_compared() -> None:
    assert passages("a " * 2_000, "b " * 2_000) == ()


def test_stories_come_and_go() -> None:
    three = Story("Three", "", (), "Third.", 20)
    found = changes(EDITION, with_stories(TWO, three))
    assert found == (Change("Three", 20, added=True), Change("One", removed=True))


def test_a_story_with_another_title_is_known_by_its_link() -> None:
    [change] = changes(EDITION, with_stories(replace(ONE, title="Won"), TWO))
    assert change.title == "Won"
    [passage] = change.passages
    assert said(passage)[0].startswith("[One] — The plant")
    assert said(passage)[1].startswith("[Won] — The plant")


def test_another_link_is_told() -> None:
    [change] = changes(EDITION, with_stories(replace(ONE, url="https://b.example/1"), TWO))
    assert change == Change("One", 11, link=True)


def test_interests_alone_change_no_text() -> None:
    assert changes(EDITION, with_stories(replace(ONE, interests=("russia",)), TWO)) == ()


def test_prose_points_and_the_title_are_compared_too() -> None:
    trends = Section("Trends", groups=(Group("Rising", (Point("Dishes"), Point("Patience"))),))
    view = replace(VIEW, prose="Who owns the antenna owns the day.")
    found = changes(EDITION, Document("space-digest", "Orbits", (trends, view, NEWS), subtitle="New"))
    assert [change.title for change in found] == ["", "Rising", "View"]
    assert said(found[1].passages[0]) == ("[Antennas] · Patience ", "[Dishes] · Patience ")


def test_a_heading_that_is_gone_is_told() -> None:
    assert changes(EDITION, replace(EDITION, sections=(TRENDS, NEWS))) == (Change("View", removed=True),)


def test_a_link_changed_within_a_text_changes_no_words() -> None:
    old = replace(TWO, summary="The [dish](https://a.example) turned.")
    assert changes(with_stories(ONE, old), EDITION) == ()
