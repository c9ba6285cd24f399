"""`mailer sends resolve`, as a script and a person use it."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import orjson
import pytest
from pytest_django import Settings

from mailer import batches
from mailer.models import Attempt, Batch, Send
from mailer.transports.answers import Unknown
from tests.commands.conftest import Mailer
from tests.provider import Provider, provider, says
from tests.stage import a_frozen_send, a_list, batches_of, fired, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def ago(**time: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(**time)


@pytest.fixture
def send() -> Send:
    owner = a_list()
    readers(owner, 3)
    return a_frozen_send(owner)


@pytest.fixture
def number(send: Send) -> str:
    """Its number, as one types it."""
    return str(send.pk)


def doubted(send: Send, at: dt.datetime) -> Batch:
    """Return its batch, of which no answer was heard."""
    (batch,) = batches_of(send)
    request = fired(batch, at)
    batches.settle(batch.pk, request.attempt, Unknown("no answer within 60 s"), now=at)
    return batch


@pytest.fixture
def ripe(send: Send) -> Batch:
    """Its batch, unknown for an hour."""
    return doubted(send, ago(hours=1))


@pytest.fixture
def fresh(send: Send) -> Batch:
    """Its batch, unknown for a minute."""
    return doubted(send, ago(minutes=1))


def test_where_nothing_is_unknown_it_says_so(mailer: Mailer, number: str) -> None:
    told = mailer("sends", "resolve", number, "--status", "--look-up")
    assert told.status == 0
    assert told.out.startswith(f"Nothing of send {number} is unknown: there is nothing to decide.\n")
    shown = mailer("sends", "resolve", number, "--resend", "--json")
    assert (shown.status, shown.json["unknown"], shown.json["batches"]) == (0, 0, [])


@pytest.mark.usefixtures("ripe")
def test_the_status_says_all_there_is_to_go_by(mailer: Mailer, number: str) -> None:
    told = mailer("sends", "resolve", number, "--status").out
    attempt = Attempt.objects.get()
    assert f"3 readers of send {number} in 1 batch may have it or not.\n" in told
    assert f"  request {attempt.pk.hex} left {attempt.fired_at:%Y-%m-%d %H:%M:%S} UTC by sendgrid\n" in told
    assert "  it was said: no answer within 60 s\n" in told
    assert "  no event about any other request has come since" in told
    assert "  it may be decided about now\n" in told
    assert "@" not in told


def test_the_status_for_scripts_holds_the_same(mailer: Mailer, number: str, fresh: Batch) -> None:
    shown = mailer("sends", "resolve", number, "--status", "--json").json
    assert list(shown) == ["id", "status", "unknown", "batches", "looked_up", "decided"]
    assert (shown["id"], shown["unknown"], shown["looked_up"], shown["decided"]) == (
        fresh.send_id,
        3,
        None,
        None,
    )
    [batch] = shown["batches"]
    assert (batch["batch"], batch["readers"], batch["decidable"]) == (fresh.pk, 3, False)
    left, may = (dt.datetime.fromisoformat(batch[name]) for name in ("fired_at", "decidable_at"))
    assert may - left == dt.timedelta(minutes=30)


def test_what_has_not_waited_is_not_decided_about(mailer: Mailer, number: str, fresh: Batch) -> None:
    assert "  it may be decided about from " in mailer("sends", "resolve", number, "--status").out
    refused = mailer("sends", "resolve", number, "--resend")
    assert (refused.status, refused.out) == (1, "")
    assert "less than 30 minutes" in refused.err
    assert Batch.objects.get(pk=fresh.pk).state == "unknown"


@pytest.mark.usefixtures("ripe")
def test_sending_again_says_how_many_may_get_it_twice_and_asks(mailer: Mailer, number: str) -> None:
    asked = mailer("sends", "resolve", number, "--resend")
    assert (asked.status, asked.out) == (1, "")
    assert asked.err.startswith("mailer: Send again to 3 readers? Each of them may get it twice. ")
    assert Batch.objects.get().state == "unknown"
    told = mailer("sends", "resolve", number, "--resend", "--yes").out
    assert told.startswith("It is sent again to 3 readers, who may get it twice.")
    assert sorted(Batch.objects.values_list("state", "n")) == [("pending", 3), ("resent", 0)]


@pytest.mark.usefixtures("ripe")
def test_a_decision_for_scripts_says_what_it_was(
    mailer: Mailer, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ed")
    decided = mailer("sends", "resolve", number, "--leave-out", "--yes", "--json").json
    assert decided["decided"] == {"readers": 3, "too_early": 0, "resend": False}
    assert (decided["status"], decided["unknown"], decided["batches"]) == ("done_with_gaps", 0, [])
    assert Attempt.objects.get().abandoned_by == "ed"
    assert mailer("sends", "show", number, "--json").json["not_confirmed"] == 3


@pytest.mark.usefixtures("ripe")
def test_leaving_out_asks_too(mailer: Mailer, number: str) -> None:
    asked = mailer("sends", "resolve", number, "--leave-out")
    assert asked.err.startswith("mailer: Leave out 3 readers? Each of them may not have it. ")
    told = mailer("sends", "resolve", number, "--leave-out", "--yes").out
    assert told.startswith(f"3 readers of send {number} left out: not confirmed, until evidence comes.\n")


@pytest.mark.usefixtures("ripe")
def test_a_cancelled_send_writes_to_nobody_again(mailer: Mailer, number: str) -> None:
    mailer("sends", "cancel", number, "--yes")
    refused = mailer("sends", "resolve", number, "--resend", "--yes")
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)
    assert "cancelled" in refused.err


@pytest.fixture
def log_of_sendgrid(settings: Settings, ripe: Batch) -> Iterator[Provider]:
    """SendGrid's log of letters, which knows of one with our request's id; a test may change its `reply`."""
    attempt = Attempt.objects.get(batch=ripe).pk.hex

    def reply(handler: BaseHTTPRequestHandler) -> None:
        copy = {"sg_message_id": "m1.recvd", "subject": "Space, seen from elsewhere"}
        page = copy | {"custom_args": {"nl_attempt": attempt}}
        found = {"messages": [copy]} if handler.command == "POST" else page
        says(200, orjson.dumps(found))(handler)

    with provider(reply) as server:
        settings.CONFIGURATION = dataclasses.replace(
            settings.CONFIGURATION, sendgrid_api_key="SG.test", sendgrid_api_url=server.url
        )
        yield server


@pytest.mark.usefixtures("log_of_sendgrid")
def test_the_transports_own_log_may_settle_it(mailer: Mailer, number: str) -> None:
    told = mailer("sends", "resolve", number, "--resend", "--look-up")
    assert told.status == 0, "nobody is asked where nothing is in doubt any more"
    assert told.out.splitlines() == [
        "The transport's log was asked about 1 batch; it proves 1 of them accepted.",
        f"Nothing of send {number} is unknown: there is nothing to decide.",
    ]
    assert mailer("sends", "show", number, "--json").json["accepted"] == 3


def test_a_log_that_does_not_answer_leaves_the_doubt(
    mailer: Mailer, number: str, log_of_sendgrid: Provider
) -> None:
    log_of_sendgrid.reply = says(403, b'{"errors":[{"message":"access forbidden"}]}')
    told = mailer("sends", "resolve", number, "--status", "--look-up").out
    assert "asked about 1 batch; it proves 0 of them accepted.\nIt did not say all: 403 access" in told
    assert "3 readers" in told


@pytest.mark.parametrize(
    "options", [(), ("--status", "--resend"), ("--resend", "--leave-out"), ("--look-up",)]
)
def test_what_to_do_must_be_said_once(mailer: Mailer, number: str, options: tuple[str, ...]) -> None:
    wrong = mailer("sends", "resolve", number, *options)
    assert (wrong.status, wrong.out) == (2, "")
    assert "--status, --resend and --leave-out" in wrong.err


def test_it_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer sends resolve 1" in mailer("sends", "resolve", "--help").out
