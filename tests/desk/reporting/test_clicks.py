import pytest

from mailer.desk.reporting import clicks
from mailer.desk.reporting.clicks import Topic
from mailer.reporting.values import Count, InterestClicks, StoryClicks

CHINA, AFRICA = Topic("china", "China", 0), Topic("africa", "Africa", 10)
KNOWN = {each.slug: each for each in (CHINA, AFRICA)}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://a.example/", "a.example"),
        ("http://a.example/b?c=d", "a.example/b?c=d"),
        ("https://", "https://"),
        ("nonsense", "nonsense"),
        (None, ""),
    ],
)
def test_an_address_is_written_without_what_goes_without_saying(url: str | None, words: str) -> None:
    assert clicks.written(url) == words


def test_stories_stand_in_the_order_of_their_clicks_and_those_without_a_link_last() -> None:
    stories = [
        StoryClicks("none", "", (), Count(None, None)),
        StoryClicks("few", "https://a.example", ("china", "gone"), Count(1, 0)),
        StoryClicks("many", "https://b.example", ("africa", "china"), Count(9, 1)),
    ]
    found = clicks.by_story(stories, KNOWN)
    assert [(each.title, about) for each, about, _ in found] == [
        ("many", [AFRICA, CHINA]),
        ("few", [CHINA]),
        ("none", []),
    ]
    assert "c-unmeasured" in found[-1][2]


def test_an_interest_has_the_colour_of_its_place_in_the_list() -> None:
    ((_, topic, bar),) = clicks.by_interest([InterestClicks("africa", "Africa", 2, Count(3, 0))], KNOWN)
    assert topic.colour == "i2"
    assert 'class="c-interest i2"' in bar
