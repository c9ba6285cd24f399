"""The links of a send: there when its audience is frozen, each once, in the order of its longest letter."""

import pytest

from mailer.models import Link, Send
from mailer.tallies import known_links
from mailer.tallies.known_links import KnownLinks
from mailer.tallies.links import CANARY, OTHER
from tests.stage import a_frozen_send, a_list, a_reader
from tests.tallies.cast import CANARY_URL, EDITION, ELSEWHERE, LINKS

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def send() -> Send:
    owner = a_list()
    a_reader(owner, "ada@x.example", ["china"])
    a_reader(owner, "bo@x.example")
    return a_frozen_send(owner, EDITION)


def test_a_frozen_send_has_the_links_of_its_letters_before_anybody_follows_one(send: Send) -> None:
    rows = list(Link.objects.filter(send=send).order_by("position").values_list("pk", "url"))
    assert [url for _, url in rows] == list(LINKS)
    known_links.write(send.pk)
    assert list(Link.objects.filter(send=send).order_by("position").values_list("pk", "url")) == rows


def test_a_link_is_counted_by_its_number_and_everything_else_by_what_it_is(send: Send) -> None:
    Link.objects.all().delete()  # of a send from before they were written
    known = KnownLinks([send.pk, send.pk])
    numbers = dict(Link.objects.values_list("url", "pk"))
    assert [known.number(send.pk, url) for url in LINKS] == [numbers[url] for url in LINKS]
    assert known.number(send.pk, ELSEWHERE[0]) == known.number(send.pk, "") == OTHER
    assert known.number(send.pk, CANARY_URL) == CANARY
    assert known.number(send.pk + 1, LINKS[0]) == OTHER
