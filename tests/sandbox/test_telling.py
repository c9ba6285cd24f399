"""The webhook on a bad day: what is told, how often, by whom, and what is not told at all."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from mailer.sandbox import ledger, witness
from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.life import BRISK, ONE_CLICK, PlannedEvent
from mailer.sandbox.misbehaving import Kind, Misbehaviour, Step
from mailer.sandbox.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, public_key
from mailer.sandbox.telling import Telling, manners, misdelivered
from tests.sandbox.cast import Client, Letter, Posted, Product, Start
from tests.waiting import until

QUICK = Manner(pace=BRISK, uneventful=True)
LIFE = [PlannedEvent(n, kind, 100, 100.0 + n) for n, kind in enumerate(("processed", "delivered", "open"))]


def telling(**shares: Any) -> Misbehaviour:  # noqa: ANN401 - shares and sizes
    return Misbehaviour(seed="7", webhook=Telling(**shares))


def send(client: Client, sandbox: Sandbox, body: dict[str, Any]) -> None:
    assert client(sandbox.url).client.mail.send.post(request_body=body).status_code == 202


@pytest.fixture
def posts(tmp_path: Path) -> Callable[[str], list[witness.Post]]:
    return lambda manner: [
        post for post in witness.posts(tmp_path / "sandbox") if manner in ("", post.manner)
    ]


Posts = Callable[[str], list[witness.Post]]


def genuine(post: Posted, folder: Path) -> bool:
    """Return whether the official library takes the post for the sandbox's."""
    signature, timestamp = post.headers[SIGNATURE_HEADER], post.headers[TIMESTAMP_HEADER]
    return bool(EventWebhook(public_key(folder)).verify_signature(post.body.decode(), signature, timestamp))


def test_a_good_webhook_tells_a_life_as_it_is() -> None:
    assert misdelivered("7", Telling(), "1/0", LIFE) == LIFE


def test_each_event_is_lost_late_or_doubled_by_the_seed() -> None:
    lives = [misdelivered("7", Telling(lost=0.5), f"1/{n}", LIFE) for n in range(200)]
    assert lives == [misdelivered("7", Telling(lost=0.5), f"1/{n}", LIFE) for n in range(200)]
    assert 200 < sum(event.lost for life in lives for event in life) < 400
    assert len(misdelivered("7", Telling(doubled=1), "1/0", LIFE)) == 2 * len(LIFE)
    late = misdelivered("7", Telling(late=1, lateness=9), "1/0", LIFE)
    assert [event.due_at - before.due_at for event, before in zip(late, LIFE, strict=True)] == [9, 9, 9]
    assert [event.happened_at for event in late] == [100, 100, 100]


def test_what_a_mail_client_does_is_never_lost() -> None:
    leaving = [PlannedEvent(0, ONE_CLICK, 100, 100.0)]
    assert misdelivered("7", Telling(lost=1, late=1, doubled=1), "1/0", leaving) == leaving


def test_each_post_has_manners_of_its_own() -> None:
    found = Counter(manners("7", Telling(strange=0.5, forged=0.5), post) for post in range(400))
    assert len(found) == 4
    assert not any(manner.replayed or manner.trickled for manner in found)


def test_an_uneventful_life_is_told_within_about_half_a_second(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    readers = ["bounce@example.org", "leave@example.org", *(f"reader{n}@example.org" for n in range(98))]
    sandbox = start(f"{product.url}/webhook", QUICK)
    send(client, sandbox, letter(*readers))
    product.wait(lambda: len(product.events()) == 200)
    assert Counter(event["event"] for event in product.events()) == {"processed": 100, "delivered": 100}
    [copy] = list(ledger.copies(sandbox._store.path))[:1]
    with sandbox._store.reading() as connection:
        latest = connection.execute("SELECT MAX(due_at) FROM event").fetchone()[0]
    assert latest - copy.accepted_at < 0.5


def test_at_a_brisk_pace_even_doubles_and_disorder_are_over_soon() -> None:
    told = misdelivered("7", Telling(doubled=1, reordered=1), "1/0", LIFE, hurry=0.1)
    assert max(event.due_at for event in told) < LIFE[-1].due_at + 0.2


def test_a_mute_request_is_never_told_of_though_all_of_it_happens(
    start: Start, product: Product, client: Client, letter: Letter, tmp_path: Path
) -> None:
    script = (Step(mute=True), Step())
    sandbox = start(f"{product.url}/webhook", QUICK, Misbehaviour(script=script))
    send(client, sandbox, letter("mute@example.org", "silent@example.org"))
    send(client, sandbox, letter("told@example.org"))
    product.wait(lambda: len(product.events()) == 2)
    assert {event["email"] for event in product.events()} == {"told@example.org"}
    assert [one.mute for one in witness.requests(tmp_path / "sandbox")] == [True, False]
    until(lambda: ledger.progress(sandbox._store) == ledger.Progress(2, 3, 6, 2, 0))


def test_an_early_event_comes_before_the_answer(
    start: Start, product: Product, letter: Letter, client: Client, posts: Posts
) -> None:
    script = (Step(Kind.SLOW, early=True),)
    sandbox = start(f"{product.url}/webhook", QUICK, Misbehaviour(script=script, slow=600))
    body = letter("amina@example.org", "li@example.org")
    threading.Thread(target=send, args=(client, sandbox, body), daemon=True).start()
    product.wait(lambda: len(product.events("processed")) == 2)
    until(lambda: posts("early"))
    assert [(post.events, post.status) for post in posts("early")] == [(2, 200)]


def test_early_events_that_nobody_takes_come_again(
    start: Start, product: Product, client: Client, letter: Letter, posts: Posts
) -> None:
    product.status = 503
    sandbox = start(f"{product.url}/webhook", QUICK, Misbehaviour(script=(Step(early=True),)))
    send(client, sandbox, letter())
    assert posts("early")[0].status == 503
    product.status = 204
    until(lambda: ledger.progress(sandbox._store).events_waiting == 0)


def test_forged_posts_say_of_real_deliveries_what_never_happened(
    start: Start, product: Product, client: Client, letter: Letter, posts: Posts, tmp_path: Path
) -> None:
    sandbox = start(f"{product.url}/webhook", QUICK, telling(forged=1, group=4))
    send(client, sandbox, letter(*(f"reader{n}@example.org" for n in range(4))))
    until(lambda: ledger.progress(sandbox._store).events_waiting == 0)
    real = [post for post in product.posts if genuine(post, tmp_path / "sandbox")]
    forged = [post for post in product.posts if not genuine(post, tmp_path / "sandbox")]
    assert len(forged) == 2 * len(real) == len(posts("forged") + posts("foreign"))
    told = [event for post in forged for event in json.loads(post.body)]
    assert {"bounce", "spamreport"} <= {event["event"] for event in told}
    assert {event["delivery"] for event in told} <= {"0", "1", "2", "3"}
    kinds = {event["event"] for post in real for event in json.loads(post.body)}
    assert kinds == {"processed", "delivered"}


def test_a_replayed_post_is_the_same_to_the_byte(
    start: Start, product: Product, client: Client, letter: Letter, posts: Posts
) -> None:
    sandbox = start(f"{product.url}/webhook", QUICK, telling(replayed=1))
    send(client, sandbox, letter())
    until(lambda: posts("replayed"))
    product.wait(lambda: len(product.events()) >= 4)
    again = Counter((post.body, post.headers[SIGNATURE_HEADER]) for post in product.posts)
    assert max(again.values()) == 2


def test_strange_events_are_signed_and_among_the_others(
    start: Start, product: Product, client: Client, letter: Letter, tmp_path: Path
) -> None:
    sandbox = start(f"{product.url}/webhook", QUICK, telling(strange=1))
    send(client, sandbox, letter())
    until(lambda: ledger.progress(sandbox._store).events_waiting == 0)
    [first, *_] = product.posts
    assert genuine(first, tmp_path / "sandbox")
    told = json.loads(first.body)
    kinds = {event.get("event") for event in told if isinstance(event, dict)}
    assert {"levitated", "account_status_change", "processed", None, 7} <= kinds
    assert {} in told
    assert None in told
    assert b"\\ud83d" in first.body
    # What is said of the real delivery is true: only strange kinds and what happened anyway.
    said = {e["event"] for e in told if isinstance(e, dict) and e.get("delivery") == "0"}
    assert said <= {"levitated", "processed", "delivered", "bounce"}
    bounced = [e for e in told if isinstance(e, dict) and e.get("event") == "bounce"]
    assert {e["email"] for e in bounced} == {"nobody@sandbox.invalid"}


def test_a_body_may_trickle_and_be_told_in_many_posts(
    start: Start, product: Product, client: Client, letter: Letter, tmp_path: Path
) -> None:
    sandbox = start(f"{product.url}/webhook", QUICK, telling(trickled=1, group=2))
    send(client, sandbox, letter(*(f"reader{n}@example.org" for n in range(3))))
    product.wait(lambda: len(product.events()) == 6)
    assert all(len(json.loads(post.body)) <= 2 for post in product.posts)
    assert all(genuine(post, tmp_path / "sandbox") for post in product.posts)


def test_late_and_doubled_events_say_the_same_as_ever(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    orders = telling(late=1, lateness=0.3, doubled=1, reordered=1)
    sandbox = start(f"{product.url}/webhook", QUICK, orders)
    began = time.monotonic()
    send(client, sandbox, letter())
    product.wait(lambda: len(product.events()) == 4)
    assert time.monotonic() - began > 0.3
    assert len({event["sg_event_id"] for event in product.events()}) == 2
