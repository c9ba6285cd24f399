"""What happens is told, signed, once it is due, until it is taken."""

import json
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from mailer.sandbox import ledger, outbox
from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Deliverer, Manner, lives, on_this_machine
from mailer.sandbox.events import DueEvent
from mailer.sandbox.life import ONE_CLICK, PlannedEvent, truth
from mailer.sandbox.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, keypair, public_key
from mailer.sandbox.store import Store
from tests.sandbox.cast import Client, Letter, Product, Start

READERS = [f"reader{number}@example.org" for number in range(400)]


def send(client: Client, sandbox: Sandbox, body: dict[str, Any]) -> str:
    response = client(sandbox.url).client.mail.send.post(request_body=body)
    assert response.status_code == 202
    return str(response.headers["X-Message-Id"])


def test_each_post_is_signed_so_that_the_official_library_verifies_it(
    start: Start, product: Product, client: Client, letter: Letter, tmp_path: Path
) -> None:
    official = EventWebhook(public_key(tmp_path / "sandbox"))  # the product may be the first to ask
    sandbox = start(f"{product.url}/webhook")
    send(client, sandbox, letter("deliver@example.org"))
    product.wait(lambda: product.events("delivered"))
    for post in product.posts:
        signature, timestamp = post.headers[SIGNATURE_HEADER], post.headers[TIMESTAMP_HEADER]
        assert official.verify_signature(post.body.decode(), signature, timestamp)
        assert post.headers["Content-Type"] == "application/json"
        assert post.body.endswith(b"]\r\n")


def test_what_is_told_of_each_reader_is_the_truth_of_the_seed(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    sandbox = start(f"{product.url}/webhook", Manner(seed="42"))
    message_id = send(client, sandbox, letter(*READERS))
    known = truth("42", READERS)
    # Without List-Unsubscribe headers nobody can leave with one click.
    expected = Counter(
        (address, "open" if machine is not None else "click", machine)
        for address, lot in known.items()
        for machine in [False] * lot.opened + [True] * lot.machine_opened
    )

    def opens() -> Counter[Any]:
        return Counter((e["email"], "open", e["sg_machine_open"]) for e in product.events("open"))

    product.wait(lambda: opens() == expected)
    assert {e["email"] for e in product.events("delivered")} == {
        address for address, lot in known.items() if lot.outcome == "delivered"
    }
    arguments = {address: str(number) for number, address in enumerate(READERS)}
    assert all(event["delivery"] == arguments[event["email"]] for event in product.events())
    assert {event["sg_message_id"].partition(".")[0] for event in product.events()} == {message_id}


def test_what_is_refused_is_told_again_until_it_is_taken(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    product.status = 503
    sandbox = start(f"{product.url}/webhook")
    send(client, sandbox, letter("drop@example.org"))
    product.wait(lambda: len(product.posts) >= 2)
    product.status = 204
    refused = len(product.posts)
    product.wait(lambda: len(product.posts) > refused)
    assert {post.body for post in product.posts} == {product.posts[0].body}


def test_a_new_start_keeps_the_ledger_and_tells_what_was_not_told(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    first = start()  # without a webhook: nothing is told
    send(client, first, letter("drop@example.org", "deliver@example.org"))
    first.stop()
    second = start(f"{product.url}/webhook")
    product.wait(lambda: len(product.events()) == 3)
    assert {event["event"] for event in product.events()} == {"dropped", "processed", "delivered"}
    # The product has them before the sandbox has written so: only one that has ended tells nothing again.
    second.stop()
    third = start(f"{product.url}/webhook")
    send(client, third, letter("drop+later@example.org"))
    product.wait(lambda: len(product.events("dropped")) == 2)
    assert len(product.events()) == 4, "what was told is not told again"


def test_a_reader_leaves_by_posting_to_the_letters_own_address(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    body = letter("leave+1@example.org", "leave+2@example.org", "leave+3@example.org")
    for number, each in enumerate(body["personalizations"]):
        each["headers"] = {
            "List-Unsubscribe": f"<{product.url}/u/token{number}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    body["personalizations"][2]["headers"]["List-Unsubscribe"] = "<https://192.0.2.1/u/elsewhere>"
    sandbox = start(f"{product.url}/webhook")
    send(client, sandbox, body)
    product.wait(lambda: {"/u/token0", "/u/token1"} <= {post.path for post in product.posts})
    leaving = {post.path: post for post in product.posts if post.path.startswith("/u/")}
    assert leaving.keys() == {"/u/token0", "/u/token1"}
    assert leaving["/u/token1"].body == b"List-Unsubscribe=One-Click"
    assert leaving["/u/token0"].headers["Content-Type"].startswith("multipart/form-data")
    assert not product.events(ONE_CLICK)


@pytest.fixture
def leaving(tmp_path: Path, letter: Letter) -> tuple[Store, DueEvent]:
    """Return a store with one reader about to leave by an address where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}/u/token"
    store = Store(tmp_path / "leaving")
    ledger.accept(store, letter("leave@example.org"), b"{}", 0.0)
    departure = PlannedEvent(0, ONE_CLICK, 1_000, 1_000.0, {"url": nowhere})
    outbox.plan(store, outbox.UnplannedRequest(1, 1, 0.0, {}), [[departure]])
    [event] = outbox.due(store, 1_000.0, 10)
    return store, event


def test_a_reader_who_finds_nobody_tries_again_for_a_while(
    leaving: tuple[Store, DueEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, event = leaving
    monkeypatch.setattr("mailer.sandbox.deliverer.time.time", lambda: 1_500.0)
    Deliverer(store, keypair(tmp_path), "http://127.0.0.1:9/webhook", Manner())._leave(event)
    assert outbox.next_due(store) == 1_502.0


def test_a_reader_who_never_finds_anybody_stays(
    leaving: tuple[Store, DueEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, event = leaving
    monkeypatch.setattr("mailer.sandbox.deliverer.time.time", lambda: 1_601.0)
    Deliverer(store, keypair(tmp_path), "http://127.0.0.1:9/webhook", Manner())._leave(event)
    assert ledger.progress(store) == ledger.Progress(1, 1, 0, 0, 0)


def test_events_told_twice_keep_their_id_and_their_moment(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    sandbox = start(f"{product.url}/webhook", Manner(doubles=True, shuffle=True))
    send(client, sandbox, letter(*READERS))
    product.wait(lambda: len(product.events()) > len({e["sg_event_id"] for e in product.events()}))
    told: dict[str, set[str]] = {}
    for event in product.events():
        told.setdefault(event["sg_event_id"], set()).add(json.dumps(event, sort_keys=True))
    assert all(len(versions) == 1 for versions in told.values())


def test_what_the_letter_does_not_let_be_counted_is_not(letter: Letter) -> None:
    silent = {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}}
    [watched] = lives(letter("click@example.org"), 0, Manner())
    [unwatched] = lives(letter("click@example.org", tracking_settings=silent), 0, Manner())
    [plain] = lives(letter("click@example.org", content=[{"type": "text/plain", "value": "x"}]), 0, Manner())
    assert [event.kind for event in watched] == ["processed", "delivered", "open", "click"]
    assert [event.kind for event in unwatched] == ["processed", "delivered"]
    assert [event.kind for event in plain] == ["processed", "delivered"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/u/1", "http://localhost/u/1", "http://[::1]:8000/u/1"]
)
def test_an_address_on_this_machine_is_known(url: str) -> None:
    assert on_this_machine(url)


@pytest.mark.parametrize(
    "url", ["https://news.example/u/1", "http://127.0.0.1.example/u/1", "http://192.0.2.1/", ""]
)
def test_nothing_leaves_this_machine(url: str) -> None:
    assert not on_this_machine(url)
