import pytest
from pytest_django import DjangoAssertNumQueries

from mailer.archive import stories
from mailer.editions import newest
from mailer.models import Story
from tests.stage import EDITION, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

TEXT = EDITION.replace(b"{china}", b"{china, russia}").replace(b"{africa}", b"")


def test_titles_come_in_order_with_their_interests(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    digest = a_list()
    first, second = newest(an_edition(digest, TEXT)), newest(an_edition(digest))
    keys = dict(digest.interests.values_list("slug", "pk"))
    with django_assert_num_queries(1):
        found = stories.titles([first.pk, second.pk])
    assert [(story.position, story.title) for story in found[first.pk]] == [
        (0, "A launch from Wenchang"),
        (1, "A station over Nairobi"),
        (2, "Vostochny waits"),
        (3, "Chandrayaan calls home"),
    ]
    assert [story.interests for story in found[first.pk]][:2] == [{keys["china"], keys["russia"]}, set()]
    assert found[second.pk][0].interests == {keys["china"]}


def test_of_nothing_there_is_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert stories.titles([]) == {}
        assert stories.interests_of([]) == {}


def test_stories_have_their_interests() -> None:
    digest = a_list()
    an_edition(digest, TEXT)
    keys = dict(digest.interests.values_list("slug", "pk"))
    numbers = list(Story.objects.order_by("position").values_list("pk", flat=True))
    found = stories.interests_of(numbers)
    assert [found[number] for number in numbers] == [
        {keys["china"], keys["russia"]},
        set(),
        {keys["russia"]},
        {keys["south-asia"]},
    ]
