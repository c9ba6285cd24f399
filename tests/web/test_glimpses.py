"""A letter's picture and its links: where they lead, what is noted, and what is not."""

import base64
import io
import random
from urllib.parse import quote

import pytest
from django.db import DatabaseError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from structlog.testing import capture_logs

from mailer import sends
from mailer.models import Delivery, Glimpse
from mailer.tallies.links import CANARY
from mailer.tracking import applying, tokens
from subscribers.models import Subscriber
from tests.stage import NOW, a_frozen_send, a_list, a_reader, an_edition, delivery_of
from tests.tracking.letters import FIREFOX, LINKS, a_counted_copy, by_smtp, counted_links, leave, part
from tests.web.stored import every_row

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

PERSON = Client(headers={"user-agent": FIREFOX})


def noted() -> list[tuple[int, int | None, bool]]:
    return list(Glimpse.objects.order_by("pk").values_list("delivery_ref", "link", "machine"))


def test_a_link_leads_where_the_letter_says_and_is_noted() -> None:
    copy, token = a_counted_copy()
    for place, link in enumerate(LINKS):
        answer = PERSON.get(f"/c/{token}/{place}")
        assert (answer.status_code, answer.headers["Location"]) == (302, link)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
    assert noted() == [(copy, place, False) for place in range(len(LINKS))]
    [agent] = set(Glimpse.objects.values_list("agent", flat=True))
    assert agent > 0


def test_the_picture_is_one_pixel_that_nobody_sees_and_is_noted() -> None:
    copy, token = a_counted_copy()
    answer = PERSON.get(f"/o/{token}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/gif")
    assert len(answer.content) == 43
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (1, 1)
        assert picture.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies
    assert noted() == [(copy, None, False)]


def test_who_follows_the_link_that_no_person_sees_comes_to_the_front_page_and_is_a_machine() -> None:
    copy, token = a_counted_copy()
    answer = PERSON.get(f"/c/{token}/x")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert noted() == [(copy, CANARY, True)]


def test_what_sendgrid_wraps_leads_to_the_front_page_and_is_told_by_sendgrid() -> None:
    answer = PERSON.get("/c/unseen")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert noted() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; LinkScanner/1.0)"},
        {"user-agent": FIREFOX, "sec-purpose": "prefetch;prerender"},
        {"user-agent": FIREFOX, "purpose": "prefetch"},
        {"user-agent": FIREFOX, "x-moz": "prefetch"},
        {},
    ],
)
def test_a_machine_that_says_so_is_noted_as_one(headers: dict[str, str]) -> None:
    copy, token = a_counted_copy()
    assert Client(headers=headers).get(f"/c/{token}/0").status_code == 302
    assert noted() == [(copy, 0, True)]


def test_who_asks_for_the_head_alone_gets_it_and_is_a_machine() -> None:
    copy, token = a_counted_copy()
    link, picture = PERSON.head(f"/c/{token}/1"), PERSON.head(f"/o/{token}")
    assert (link.status_code, link.headers["Location"], link.content) == (302, LINKS[1], b"")
    assert (picture.status_code, picture.content) == (200, b"")
    assert noted() == [(copy, 1, True), (copy, None, True)]


def test_programs_on_one_copy_are_told_apart_and_nobody_is_known_from_letter_to_letter() -> None:
    owner = a_list()
    for name in ("nina", "oleg"):
        a_reader(owner, f"{name}@example.org")
    send = a_frozen_send(owner)
    copies = [delivery_of(send, f"{name}@example.org").pk for name in ("nina", "oleg")]

    def agent(copy: int, address: str = "203.0.113.9", program: str = FIREFOX) -> int:
        Client(headers={"user-agent": program}).get(f"/o/{tokens.make(copy)}", REMOTE_ADDR=address)
        return Glimpse.objects.order_by("-pk").values_list("agent", flat=True)[0]

    first = agent(copies[0])
    assert agent(copies[0]) == first
    assert agent(copies[0], "203.0.113.77") == first, "the network is all that is looked at"
    assert (
        len({first, agent(copies[1]), agent(copies[0], "198.51.100.9"), agent(copies[0], program="b")}) == 4
    )
    assert not any("203.0.113" in repr(row) or "Firefox" in repr(row) for row in every_row()["glimpse"])


@pytest.mark.parametrize("path", ["/c/{token}/0", "/c/{token}/x", "/o/{token}"])
def test_who_does_not_want_to_be_counted_is_led_on_and_not_noted(path: str) -> None:
    _, token = a_counted_copy()
    Subscriber.objects.update(tracked=False)
    assert PERSON.get(path.format(token=token)).status_code in {200, 302}
    assert noted() == []


PLACES = st.one_of(
    st.integers().map(str),
    st.text(max_size=8),
    st.sampled_from(
        ["4", "00", "01", "-1", "+1", "1.0", "٣", "x ", "X", "%78", "//evil.example", "0/", "1e0", ""]
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(PLACES)
def test_no_place_that_is_made_up_leads_anywhere(place: str) -> None:
    token = _token()
    answer = PERSON.get(f"/c/{token}/{quote(place)}", query_params={"url": "https://evil.example"})
    if place in {"0", "1", "2", "3"}:
        assert answer.headers["Location"] == LINKS[int(place)]
    elif place == "x":
        assert answer.headers["Location"] == "/"
    else:
        assert answer.status_code == 404
        assert "Location" not in answer.headers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=30), st.binary(min_size=18, max_size=18)))
def test_no_token_that_is_made_up_leads_anywhere(made_up: str | bytes) -> None:
    token = base64.urlsafe_b64encode(made_up).decode() if isinstance(made_up, bytes) else quote(made_up)
    for path in (f"/c/{token}/0", f"/c/{token}/x", f"/o/{token}"):
        answer = PERSON.get(path)
        assert answer.status_code == 404
        assert "Location" not in answer.headers


def _token() -> str:
    delivery = Delivery.objects.values_list("pk", flat=True).first()
    return a_counted_copy()[1] if delivery is None else tokens.make(delivery)


def test_a_copy_that_is_gone_has_a_page_that_leads_to_the_front_one() -> None:
    copy, token = a_counted_copy()
    for gone in (f"/c/{tokens.make(copy + 1)}/0", f"/c/{token}/4", f"/o/{tokens.make(copy + 1)}"):
        answer = PERSON.get(gone)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"
        page = answer.content.decode()
        assert "There is no such page" in page
        assert 'href="/"' in page
    assert noted() == []


def test_a_letter_that_was_tried_out_leads_nowhere() -> None:
    trial = sends.test(an_edition(a_list()), ["ed@example.org"], None, by="ed", now=NOW)
    sends.prepare(trial.pk, now=NOW)
    token = tokens.make(Delivery.objects.get(send=trial).pk)
    assert PERSON.get(f"/c/{token}/0").status_code == 404


def test_a_reader_is_led_on_when_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = a_counted_copy()

    def busy(*_: object, **__: object) -> None:
        raise DatabaseError("database is locked by nina@example.org at 203.0.113.9")

    monkeypatch.setattr("mailer.web.glimpses.noting.note", busy)
    with capture_logs() as lines:
        link, picture = PERSON.get(f"/c/{token}/2"), PERSON.get(f"/o/{token}")
    assert (link.status_code, link.headers["Location"]) == (302, LINKS[2])
    assert picture.status_code == 200
    assert [line["event"] for line in lines] == ["an opening or a click could not be noted"] * 2
    assert not any(secret in repr(lines) for secret in (token, "nina", "203.0.113"))


def test_an_address_of_any_length_is_led_to(monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = a_counted_copy()
    long = "https://a.example/" + "x" * 20_000 + "?q=ü&a=1"
    monkeypatch.setattr("mailer.tracking.noting.links_of", lambda *_: (long,))
    assert PERSON.get(f"/c/{token}/0").headers["Location"] == long.replace("ü", "%C3%BC")


def test_a_letter_is_read_from_the_relay_to_the_event() -> None:
    """One reader opens and follows two links, a scanner follows all of them."""
    owner = a_list()
    a_reader(owner, "nina@example.org")
    send = a_frozen_send(owner)
    with by_smtp() as server:
        html = part(leave(send, server)["nina@example.org"], "html")
        scanner = Client(
            headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0"}, REMOTE_ADDR="198.51.100.9"
        )
        paths = counted_links(html)
        order = random.Random(8).sample(paths, len(paths))  # noqa: S311 - an order, to be had again
        for path in order:
            assert scanner.get(path).status_code == 302
        picture = html.partition("/o/")[2].partition('"')[0]
        assert PERSON.get(f"/o/{picture}", REMOTE_ADDR="203.0.113.9").status_code == 200
        for path in paths[:2]:
            PERSON.get(path, REMOTE_ADDR="203.0.113.9")
        assert applying.apply(now=NOW) == 8
    row = Delivery.objects.get(send=send)
    assert row.opened_at
    assert row.clicked_at
    # It did not say that it was one, and followed what no person sees.
    assert row.machine_clicked_at
    assert row.machine_opened_at is None
