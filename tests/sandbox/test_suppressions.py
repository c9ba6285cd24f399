"""The Suppressions API: who is in which list, page by page, and gets nothing more."""

import json
import time
from typing import Any
from urllib.request import urlopen

import pytest
from python_http_client.exceptions import HTTPError

from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.life import BRISK
from mailer.sandbox.misbehaving import Logs, Misbehaviour
from mailer.sandbox.suppressions import SEND_ONLY_KEY, TELLS
from tests.sandbox.cast import Client, Letter, Product, Start
from tests.waiting import until

BRISKLY = Manner(pace=BRISK)
SENT = (
    "Bounce@example.org",
    "bounce-bare@example.org",
    "late-bounce@example.org",
    "block@example.org",
    "invalid@example.org",
    "complain@example.org",
    "unsubscribe@example.org",
    "deliver@example.org",
    "open@example.org",
)
IN = {
    "bounces": {"bounce@example.org", "bounce-bare@example.org", "late-bounce@example.org"},
    "blocks": {"block@example.org"},
    "invalid_emails": {"invalid@example.org"},
    "spam_reports": {"complain@example.org"},
    "unsubscribes": {"unsubscribe@example.org"},
}


def all_told(sandbox: Sandbox) -> bool:
    with urlopen(f"{sandbox.url}/sandbox/progress.json", timeout=20) as response:  # noqa: S310 - our own server
        return bool(json.loads(response.read())["events_waiting"] == 0)


@pytest.fixture
def sandbox(start: Start, product: Product, client: Client, letter: Letter) -> Sandbox:
    """Return a sandbox in which all has come of nine letters that will."""
    made = start(f"{product.url}/webhook", BRISKLY)
    client(made.url).client.mail.send.post(request_body=letter(*SENT))
    until(lambda: all_told(made))
    return made


def members(sandbox: Sandbox, client: Client, name: str, **query: object) -> list[dict[str, Any]]:
    response = client(sandbox.url).client.suppression._(name).get(query_params=query)
    found: list[dict[str, Any]] = json.loads(response.body)
    return found


def test_each_list_holds_whom_it_came_to_hold_and_tells_what_the_service_tells(
    sandbox: Sandbox, client: Client
) -> None:
    for name, addresses in IN.items():
        found = members(sandbox, client, name)
        assert {item["email"] for item in found} == addresses
        assert all(item.keys() == {"created", "email", *TELLS[name]} for item in found)
        assert all(abs(item["created"] - time.time()) < 60 for item in found)


def test_a_bounce_keeps_its_words(sandbox: Sandbox, client: Client) -> None:
    said = {item["email"]: (item["reason"], item["status"]) for item in members(sandbox, client, "bounces")}
    assert said["bounce@example.org"] == ("550 5.1.1 user unknown", "5.1.1")
    assert said["bounce-bare@example.org"] == ("550 5.1.1 user unknown", "")


def test_pages_are_cut_by_limit_offset_and_time(sandbox: Sandbox, client: Client) -> None:
    whole = members(sandbox, client, "bounces")
    pages = [members(sandbox, client, "bounces", limit=1, offset=offset) for offset in range(4)]
    assert [item for page in pages for item in page] == whole
    assert len(pages[3]) == 0
    first, last = whole[-1]["created"], whole[0]["created"]
    assert members(sandbox, client, "bounces", start_time=first, end_time=last) == whole
    assert members(sandbox, client, "bounces", end_time=first - 1) == []
    assert members(sandbox, client, "bounces", start_time=last + 1) == []


def test_nonsense_in_the_query_is_refused(start: Start, client: Client) -> None:
    sandbox = start()
    nonsense = [
        (name, value)
        for name in ("limit", "offset", "start_time", "end_time")
        for value in ("x", "-1", "1e3", "9" * 30, "٣")
    ]
    for name, value in [*nonsense, ("limit", "0"), ("limit", "501")]:
        with pytest.raises(HTTPError, match="400"):
            members(sandbox, client, "bounces", **{name: value})


def test_who_is_in_a_list_gets_nothing_more_and_a_block_is_no_such_list(
    sandbox: Sandbox, product: Product, client: Client, letter: Letter
) -> None:
    told = len(product.events())
    client(sandbox.url).client.mail.send.post(request_body=letter(*SENT))
    until(lambda: all_told(sandbox))
    dropped = {e["email"]: e["reason"] for e in product.events()[told:] if e["event"] == "dropped"}
    assert dropped == {
        "Bounce@example.org": "Bounced Address",
        "bounce-bare@example.org": "Bounced Address",
        "late-bounce@example.org": "Bounced Address",
        "invalid@example.org": "Invalid",
        "complain@example.org": "Spam Reporting Address",
        "unsubscribe@example.org": "Unsubscribed Address",
    }
    others = {e["email"] for e in product.events()[told:] if e["event"] == "processed"}
    assert others == {"block@example.org", "deliver@example.org", "open@example.org"}


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (("suppression", "bounces"), "bounce@example.org"),
        (("asm", "suppressions", "global"), "unsubscribe@example.org"),
    ],
)
def test_who_is_taken_off_gets_letters_again(
    sandbox: Sandbox, product: Product, client: Client, letter: Letter, path: tuple[str, ...], address: str
) -> None:
    member = client(sandbox.url).client
    for segment in (*path, address):
        member = member._(segment)
    assert member.delete().status_code == 204
    with pytest.raises(HTTPError, match="404"):
        member.delete()
    told = len(product.events())
    client(sandbox.url).client.mail.send.post(request_body=letter(address))
    until(lambda: all_told(sandbox))
    assert "dropped" not in {event["event"] for event in product.events()[told:]}


def test_where_nothing_comes_of_any_letter_nobody_is_in_a_list(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    sandbox = start(f"{product.url}/webhook", Manner(pace=BRISK, uneventful=True))
    for _ in range(2):
        client(sandbox.url).client.mail.send.post(request_body=letter(*SENT))
    until(lambda: all_told(sandbox))
    assert [members(sandbox, client, name) for name in TELLS] == [[]] * len(TELLS)
    assert {event["event"] for event in product.events()} == {"processed", "delivered"}


def test_what_will_happen_is_in_no_list_yet(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    sandbox = start(f"{product.url}/webhook", Manner(pace=1))
    client(sandbox.url).client.mail.send.post(request_body=letter("late-bounce@example.org"))
    product.wait(lambda: product.events("processed"))
    assert members(sandbox, client, "bounces") == []


def test_what_is_no_list_is_not_found(start: Start, client: Client) -> None:
    sandbox = start()
    for path in ("suppression/moths", "suppression/unsubscribes/a@b.example", "suppression/"):
        with pytest.raises(HTTPError, match="404"):
            client(sandbox.url).client._(path).get()


def test_a_list_is_only_read_and_a_member_only_taken_off(start: Start, client: Client) -> None:
    sandbox = start()
    with pytest.raises(HTTPError, match="405"):
        client(sandbox.url).client.suppression.bounces.delete(request_body={"delete_all": True})
    with pytest.raises(HTTPError, match="405"):
        client(sandbox.url).client.suppression.bounces._("bounce@example.org").get()


def test_a_key_that_may_not_read_them_is_refused(start: Start, client: Client) -> None:
    sandbox = start()
    for key, status in (("SG.revoked", "401"), (SEND_ONLY_KEY, "403")):
        with pytest.raises(HTTPError, match=status):
            client(sandbox.url, key).client.suppression.bounces.get()


def test_a_bad_day_says_when_to_come_again(start: Start, client: Client) -> None:
    sandbox = start(faults=Misbehaviour(logs=Logs(rate=1), wait=7))
    with pytest.raises(HTTPError, match="429") as refused:
        client(sandbox.url).client.suppression.bounces.get()
    assert float(refused.value.headers["X-RateLimit-Reset"]) > time.time() + 6
