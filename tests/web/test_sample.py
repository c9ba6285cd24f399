import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import pictures
from mailer.models import Edition, Send
from mailer.vocabulary import SendKind, SendStatus
from mailer.web.sample import Sample, sample_for
from subscribers import offers
from subscribers.models import List
from subscribers.offers import Offer
from tests.pictures.images import drawing
from tests.stage import NOW, a_list, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

MANY = b"""---
list: space-digest
title: Twelve, or nearly
date: 2026-12-01
---
# Selected news
## [One](https://www.a.example/1) {china}
First.

Its second paragraph.

## [Two](https://a.example/2) {china}
<script>alert(1)</script> **Second.**

## Three {russia}
Third.

## [Four](https://a.example/4)
Fourth, for everybody.

## [Five](https://a.example/5) {africa, south-asia}
Fifth.
"""


@pytest.fixture
def digest() -> List:
    return a_list()


def sent(edition: Edition, **how: object) -> Send:
    send = a_send(edition)
    Send.objects.filter(pk=send.pk).update(**{"status": SendStatus.DONE, "finished_at": NOW} | how)
    return send


def offer_of(newsletter: List) -> Offer:
    found = offers.of(newsletter.pk)
    assert found is not None
    return found


def sample(newsletter: List) -> Sample:
    found = sample_for(offer_of(newsletter))
    assert found is not None
    return found


def test_before_the_first_edition_there_is_nothing_to_show(digest: List) -> None:
    edition = an_edition(digest)
    assert sample_for(offer_of(digest)) is None
    a_send(edition)
    assert sample_for(offer_of(digest)) is None


@pytest.mark.parametrize(
    "how",
    [
        {"status": SendStatus.CANCELLED},
        {"kind": SendKind.TEST},
        {"segment": {"interest": "china"}},
    ],
)
def test_only_what_everybody_was_sent_is_shown(digest: List, how: dict[str, object]) -> None:
    sent(an_edition(digest), **how)
    assert sample_for(offer_of(digest)) is None


def test_the_stories_that_show_the_most_interests_stand_in_the_letters_order(digest: List) -> None:
    sent(an_edition(digest, MANY))
    shown = sample(digest)
    assert [story.title for story in shown.stories] == ["One", "Three", "Five"]
    assert [story.classes for story in shown.stories] == ["t1", "t2", "t3 t4"]
    assert (shown.total, shown.counts) == (5, {"china": 2, "russia": 1, "africa": 1, "south-asia": 1})
    assert (shown.title, shown.written) == ("Twelve, or nearly", "1 December 2026")
    first, third, _ = shown.stories
    assert (first.url, first.source, str(first.html)) == (
        "https://www.a.example/1",
        "a.example",
        "<p>First.</p>",
    )
    assert [(label.name, label.colour) for label in shown.stories[2].labels] == [
        ("Africa", 3),
        ("South Asia", 4),
    ]
    assert (third.url, third.source) == ("", "")


def test_a_retired_interest_keeps_its_colours_place_and_is_no_label(digest: List) -> None:
    sent(an_edition(digest, MANY))
    digest.interests.filter(slug="china").update(retired_at=NOW)
    shown = sample(digest)
    assert "china" not in shown.counts
    one, three, _ = shown.stories
    assert (one.title, one.labels, one.classes) == ("One", (), "")
    assert [(label.name, label.colour) for label in three.labels] == [("Russia", 2)]
    assert three.classes == "t1", "the first that the form offers"


def test_a_story_for_everybody_is_marked_so(digest: List) -> None:
    sent(an_edition(digest, MANY.replace(b" {china}", b"")))
    assert [(story.title, story.classes) for story in sample(digest).stories if not story.labels] == [
        ("One", "all")
    ]


def test_what_a_story_says_is_harmless(digest: List) -> None:
    sent(an_edition(digest, MANY.replace(b" {china}\nFirst", b"\nFirst")))
    told = next(story for story in sample(digest).stories if story.title == "Two")
    assert "<script" not in told.html
    assert "<strong>Second.</strong>" in told.html


def test_a_picture_is_left_to_the_letter(digest: List) -> None:
    name = pictures.keep(pictures.encode(drawing()), source="", by="ed", now=NOW)
    shown = f"{pictures.markdown(name, 'A pad')}\n\nFirst."
    sent(an_edition(digest, MANY.replace(b"First.", shown.encode())))
    one = sample(digest).stories[0]
    assert str(one.html) == "<p>First.</p>"


def test_the_latest_is_shown_and_read_once(
    digest: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent(an_edition(digest))
    sent(an_edition(digest, MANY), finished_at=NOW.replace(month=12, day=8))
    assert sample(digest).title == "Twelve, or nearly"
    offer = offer_of(digest)
    with django_assert_num_queries(1):
        sample_for(offer)
