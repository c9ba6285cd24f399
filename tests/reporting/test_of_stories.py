"""Clicks by link, story and interest, whatever became of the interests since."""

import pytest

from mailer import events
from mailer.models import Delivery, Send
from mailer.rendering.addresses import address
from mailer.reporting import of_send
from mailer.reporting.values import Count
from mailer.vocabulary import EventKind
from mailer.webhooks.told import Told
from subscribers import curating, retiring
from subscribers.retiring import Plan
from tests.desk.reporting.cast import accept
from tests.stage import NOW, a_frozen_send, a_list, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

# One link in two stories, an address that must be escaped and defused, and a story without a link.
SHARED, HOSTILE = "https://a.example/shared", "https://a.example/(x)?a=1&b=-leave_url-&c='%C3%A9'#é"
TEXT = f"""---
list: space-digest
title: Hard to count
date: 2026-12-01
---
# Selected news
## [First of two]({SHARED}) {{africa}}
One.

## [Second of two]({SHARED}) {{africa,china}}
Two.

## [Hard to write]({HOSTILE}) {{china}}
Three.

## Without a link {{russia}}
Four.
""".encode()


@pytest.fixture
def send() -> Send:
    """Three copies: all follow the shared link, the first the hostile one too, a machine the shared one."""
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner, TEXT)
    accept(send)
    copies = Delivery.objects.filter(send=send).order_by("pk").values_list("pk", "batch__attempt")
    told = [
        Told(EventKind.CLICKED, NOW, "", copy, attempt, link=link, machine=machine, agent=agent)
        for (copy, attempt), clicks in zip(
            copies,
            (
                [(SHARED, False, 1), (address(HOSTILE), False, 1)],
                [(SHARED, False, 1), (SHARED, True, 2)],
                [(SHARED, False, 1)],
            ),
            strict=True,
        )
        for link, machine, agent in clicks
    ]
    events.take(told, source="sendgrid", now=NOW)
    return send


def by_interest(send: Send) -> list[tuple[str, str, int, Count]]:
    return [(each.slug, each.name, each.stories, each.clicked) for each in of_send.report(send).interests]


def test_each_story_has_the_clicks_of_its_link_and_without_one_none_are_measured(send: Send) -> None:
    found = of_send.report(send)
    assert [(each.title, each.interests, each.clicked) for each in found.stories] == [
        ("First of two", ("africa",), Count(3, 1)),
        ("Second of two", ("china", "africa"), Count(3, 1)),
        ("Hard to write", ("china",), Count(1, 0)),
        ("Without a link", ("russia",), Count(None, None)),
    ]
    assert [(each.place, each.url, each.story) for each in found.links] == [
        (1, SHARED, "First of two"),
        (2, address(HOSTILE), "Hard to write"),
    ]
    assert "-leave_url-" in HOSTILE
    assert "-leave_url-" not in address(HOSTILE)


def test_a_link_that_two_stories_of_an_interest_share_is_followed_once(send: Send) -> None:
    assert by_interest(send) == [
        ("china", "China", 2, Count(4, 1)),
        ("russia", "Russia", 1, Count(None, None)),
        ("africa", "Africa", 2, Count(3, 1)),
    ]


def test_interests_go_by_the_names_they_have_now_and_stay_when_they_are_retired_or_merged(send: Send) -> None:
    owner = send.edition.list
    curating.rename(owner, "africa", new_slug="afrique", name="Afrique", by="ed", at=NOW)
    retiring.retire(owner, "russia", Plan.LEAVE, by="ed", at=NOW)
    retiring.merge(owner, "china", "south-asia", by="ed", at=NOW)
    assert by_interest(send) == [
        ("china", "China", 2, Count(4, 1)),
        ("russia", "Russia", 1, Count(None, None)),
        ("afrique", "Afrique", 2, Count(3, 1)),
    ]
