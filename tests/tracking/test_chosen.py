"""Letters by SMTP are counted by ourselves: what leaves over a relay, and what does not."""

import re

import pytest

from mailer.models import Variant
from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK, TOKEN_MARK
from mailer.tracking import tokens
from mailer.tracking.rewriting import Rewriting
from subscribers.models import List
from tests.stage import a_frozen_send, a_list, a_reader, delivery_of
from tests.tracking.letters import BASE, LINKS, by_smtp, counted_links, leave, part

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NINA, BO, CY = "nina@example.org", "bo@x.example", "cy@x.example"
OURS = re.compile(rf"{BASE}/(?:o|c)/")


def test_a_letter_over_the_relay_holds_one_token_for_its_links_its_picture_and_the_unseen_link() -> None:
    owner = a_list()
    for address in (NINA, BO):
        a_reader(owner, address)
    with by_smtp() as server:
        send = a_frozen_send(owner)
        letters = leave(send, server)
    variant = Variant.objects.get()
    assert set(letters) == {NINA, BO}
    for address, letter in letters.items():
        token = tokens.make(delivery_of(send, address).pk)
        html = part(letter, "html")
        assert counted_links(html) == [f"/c/{token}/{place}" for place in [*range(len(LINKS)), "x"]]
        assert html.count(f'<img src="{BASE}/o/{token}" alt="" width="1" height="1"') == 1
        assert TOKEN_MARK not in html
        # The rest is what was approved, which is what its hash says.
        approved = Rewriting(BASE, own=True).of(variant.html).replace(TOKEN_MARK, token)
        for piece in re.split(f"{LEAVE_MARK}|{PREFERENCES_MARK}", approved):
            assert piece.strip() in html
        assert letter["X-Content-SHA256"] == variant.hash
        # Text has its links as they are.
        text = part(letter, "plain")
        assert not OURS.search(text)
        assert all(link in text for link in LINKS)


def test_who_is_not_counted_gets_none_of_it_octet_for_octet() -> None:
    owner = a_list()
    a_reader(owner, NINA, tracked=False)
    a_reader(owner, BO, text_only=True)
    with by_smtp() as server:
        letters = leave(a_frozen_send(owner), server)
    html = part(letters[NINA], "html")
    [variant] = Variant.objects.filter(tracked=False)
    leaving, preferences = (
        re.search(rf"{BASE}/{page}/[A-Za-z0-9_-]+", html) for page in ("u", "preferences")
    )
    assert leaving is not None
    assert preferences is not None
    written = variant.html.replace(LEAVE_MARK, leaving[0]).replace(PREFERENCES_MARK, preferences[0])
    assert html == (written if written.endswith("\n") else f"{written}\n")
    assert part(letters[BO], "html") == ""
    assert not any(OURS.search(letter.as_string()) for letter in letters.values())


def test_where_a_list_does_not_count_no_letter_of_it_does() -> None:
    owner = a_list()
    List.objects.update(tracked=False)
    owner.refresh_from_db()
    a_reader(owner, NINA)
    with by_smtp() as server:
        letters = leave(a_frozen_send(owner), server)
    assert not OURS.search(part(letters[NINA], "html"))
