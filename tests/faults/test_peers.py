"""What other newsletters were seen to lose or send twice: each of these must come out whole here.

The names and figures in docstrings are from the send protocol: what was run on another product, and what it
lost. Workers are processes of their own, killed with SIGKILL where a test says.
"""

import dataclasses
import datetime as dt
import os
import signal
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import combinations
from pathlib import Path

import orjson
import pytest
from django.db import connection, connections
from pytest_django import Settings

from mailer import batches, events, faultpoints, reports, sends
from mailer.models import Attempt, Batch, Delivery, Send
from subscribers.leaving import unsubscribe
from subscribers.models import Subscription
from tests.faults.processes import fork
from tests.provider import Provider, provider, says
from tests.stage import INTERESTS, NOW, a_frozen_send, a_list, a_reader, an_event, body_of

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SETS = [some for count in range(1, 5) for some in combinations(INTERESTS, count)]
# Long after every lease, time-out, back-off and canary's turn; before the useful life ends.
LATER = NOW + dt.timedelta(hours=1)
TAKEN = says(202, X_Message_Id="m1")


@pytest.fixture
def sendgrid(settings: Settings, tmp_path: Path) -> Iterator[Provider]:
    """A provider that accepts; a test may change its `reply`. Journals are this test's own."""
    with provider(TAKEN) as server:
        settings.CONFIGURATION = dataclasses.replace(
            settings.CONFIGURATION,
            sendgrid_api_key="SG.test",
            sendgrid_api_url=server.url,
            data_dir=tmp_path,
        )
        yield server


def a_send_to(count: int, sets: int = 4) -> Send:
    """Return a frozen send to `count` readers in one batch for each of `sets` sets of interests."""
    owner = a_list()
    for n in range(count):
        a_reader(owner, f"reader{n}@x.example", SETS[n % sets])
    return a_frozen_send(owner)


def mailed(sendgrid: Provider) -> Counter[str]:
    """Return how often each address was written to, as the provider knows."""
    return Counter(
        person["to"][0]["email"]
        for _, _, body in sendgrid.asked
        for person in orjson.loads(body)["personalizations"]
    )


def a_worker(now: dt.datetime = NOW, *, dies_at: str = "", turn: int = 1) -> int:
    """Fork a worker that does whatever is due; it dies of SIGKILL as it reaches `dies_at` the nth time."""
    left = Counter({dies_at: turn})

    def pull(point: str) -> None:
        left[point] -= 1
        if point == dies_at and left[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        faultpoints.arm(pull)
        sends.tidy(now=now)
        while due := batches.due(now=now, most=100):
            for number in due:
                sends.deliver(number, now=now)

    # Nothing that is open may be on both sides of a fork.
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the provider's threads hold nothing of ours
        return fork(work, "peers")


def ended(*workers: int) -> list[int]:
    """Wait for workers to end; return their exit statuses, negative for a signal."""
    return [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]


def shown(send: Send) -> dict[str, object]:
    """Return what the page says: the status, and the outcomes that somebody has. They always add up."""
    assert reports.ledger(send).adds_up
    told = reports.described(sends.find(send.pk))
    return {"status": told["status"]} | {name: told[name] for name in reports.OUTCOME_ORDER if told[name]}


def aside(work: Callable[[], object]) -> Callable[[BaseHTTPRequestHandler], None]:
    """Do `work` while the provider holds the request in its hands, then take it."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        try:
            work()
        finally:
            connection.close()
        TAKEN(handler)

    return reply


def test_kill_9_while_the_page_says_sent(sendgrid: Provider) -> None:
    """8 of 12 were lost."""
    send = a_send_to(12)
    assert ended(a_worker(dies_at="settle.after_commit", turn=1)) == [-signal.SIGKILL]
    assert shown(send) == {"status": "sending", "accepted": 3, "pending": 9}
    assert ended(a_worker(LATER)) == [0]
    assert shown(send) == {"status": "done", "accepted": 12}
    assert mailed(sendgrid) == Counter({f"reader{n}@x.example": 1 for n in range(12)})


@pytest.mark.parametrize(
    ("point", "known"),
    [
        ("submit.after_answer", False),
        ("submit.after_journal", True),
        ("settle.before_commit", True),
        ("settle.after_commit", True),
    ],
)
def test_kill_between_the_providers_acceptance_and_the_mark(
    sendgrid: Provider,
    point: str,
    known: bool,  # noqa: FBT001 - whether the answer was written down
) -> None:
    """4 of 12 were written to twice."""
    send = a_send_to(4, sets=1)
    assert ended(a_worker(dies_at=point)) == [-signal.SIGKILL]
    assert ended(a_worker(LATER)) == [0]
    if not known:
        assert shown(send) == {"status": "settling", "unknown": 4}
        copy = Delivery.objects.latest("pk")
        told = an_event("processed", copy, Attempt.objects.get().pk)
        number = events.store(body_of(told), now=LATER)
        assert number is not None
        events.apply(number, now=LATER)
        assert ended(a_worker(LATER)) == [0]
    assert shown(send) == {"status": "done", "accepted": 4}
    assert set(mailed(sendgrid).values()) == {1}


@pytest.mark.parametrize("point", ["claim.after_commit", "fire.after_journal", "fire.before_commit"])
def test_kill_before_the_point_of_no_return_costs_time_and_nothing_else(
    sendgrid: Provider, point: str
) -> None:
    send = a_send_to(4, sets=1)
    assert ended(a_worker(dies_at=point)) == [-signal.SIGKILL]
    assert shown(send) == {"status": "sending", "pending": 4}
    assert ended(a_worker(LATER)) == [0]
    assert shown(send) == {"status": "done", "accepted": 4}
    assert mailed(sendgrid) == Counter({f"reader{n}@x.example": 1 for n in range(4)})


@pytest.mark.parametrize("point", ["fire.after_commit", "submit.before_request"])
def test_kill_between_the_point_of_no_return_and_the_request_is_held_until_a_person_decides(
    sendgrid: Provider, point: str
) -> None:
    send = a_send_to(4, sets=1)
    assert ended(a_worker(dies_at=point)) == [-signal.SIGKILL]
    assert ended(a_worker(LATER)) == [0]
    assert shown(send) == {"status": "settling", "unknown": 4}
    assert sends.resend(send.pk, by="ann", now=LATER).readers == 4
    assert ended(a_worker(LATER + dt.timedelta(hours=1))) == [0]
    assert shown(send) == {"status": "done", "accepted": 4}
    assert mailed(sendgrid) == Counter({f"reader{n}@x.example": 1 for n in range(4)})


def test_pause_then_resume(sendgrid: Provider) -> None:
    """25 messages went to 20 people."""
    send = a_send_to(20)
    sendgrid.reply = aside(lambda: sends.pause(send.pk, by="ann", now=NOW))
    assert ended(a_worker()) == [0]
    assert shown(send) == {"status": "paused", "accepted": 5, "pending": 15}
    sendgrid.reply = TAKEN
    for _ in range(2):
        sends.resume(send.pk, by="ann", now=NOW)
    assert ended(a_worker(), a_worker()) == [0, 0]
    assert ended(a_worker(LATER)) == [0]
    assert shown(send) == {"status": "done", "accepted": 20}
    assert mailed(sendgrid) == Counter({f"reader{n}@x.example": 1 for n in range(20)})


def test_two_workers(sendgrid: Provider) -> None:
    """531 messages went to 300 people."""
    send = a_send_to(300, sets=15)
    assert Batch.objects.count() == 15
    assert ended(a_worker(), a_worker()) == [0, 0]
    assert ended(a_worker(LATER)) == [0]
    assert shown(send) == {"status": "done", "accepted": 300}
    assert len(sendgrid.asked) == 15
    assert mailed(sendgrid) == Counter({f"reader{n}@x.example": 1 for n in range(300)})


def test_unsubscribed_in_flight(sendgrid: Provider) -> None:
    """40 of 40 were mailed still."""
    send = a_send_to(50, sets=5)

    def everybody_leaves() -> None:
        for subscription in Subscription.objects.values_list("pk", flat=True):
            unsubscribe(subscription, "one-click", NOW)

    sendgrid.reply = aside(everybody_leaves)
    assert ended(a_worker()) == [0]
    assert shown(send) == {"status": "done", "accepted": 10, "excluded": 40}
    assert reports.ledger(send).reasons == {"unsubscribed_since": 40}
    assert len(mailed(sendgrid)) == 10


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_providers_5xx(sendgrid: Provider, status: int) -> None:
    """A whole campaign was lost."""
    send = a_send_to(12)
    sendgrid.reply = says(status, b"<html>no</html>")
    assert ended(a_worker()) == [0]
    refused = len(sendgrid.asked)
    assert shown(send)["status"] == "sending"
    assert shown(send)["unknown"] == len(mailed(sendgrid))
    sendgrid.reply = TAKEN
    assert ended(a_worker(LATER)) == [0]
    held = sum(len(orjson.loads(body)["personalizations"]) for _, _, body in sendgrid.asked[:refused])
    assert shown(send) == {"status": "settling", "accepted": 12 - held, "unknown": held}
    assert sends.resend(send.pk, by="ann", now=LATER).readers == held
    assert ended(a_worker(LATER + dt.timedelta(minutes=30))) == [0]
    assert shown(send) == {"status": "done", "accepted": 12}
    del sendgrid.asked[:refused]
    assert mailed(sendgrid) == Counter({f"reader{n}@x.example": 1 for n in range(12)})


def test_an_event_of_an_unforeseen_kind(sendgrid: Provider) -> None:
    """The webhook was down from then on."""
    send = a_send_to(4, sets=1)
    assert ended(a_worker()) == [0]
    copy, attempt = Delivery.objects.latest("pk"), Attempt.objects.get().pk
    told = [
        an_event("teleported", copy, attempt),
        an_event("bounce", copy, attempt, type="never seen"),
        {"event": ["not", "a", "word"]},
        {"no": "event"},
        an_event("delivered", copy, attempt, at=5),
    ]
    for body in (body_of(*told), body_of({"event": "teleported"}), body_of(an_event("open", copy, attempt))):
        number = events.store(body, now=NOW)
        assert number is not None
        events.apply(number, now=NOW)
    copy.refresh_from_db()
    assert copy.delivered_at == NOW + dt.timedelta(seconds=5)
    assert copy.opened_at == NOW
    assert shown(send) == {"status": "done", "accepted": 4}
    assert len(sendgrid.asked) == 1


def test_an_event_before_the_mark(sendgrid: Provider) -> None:
    """The webhook was down, for the copy was not known yet."""
    send = a_send_to(4, sets=1)

    def tell() -> None:
        told = [
            an_event("delivered", copy, Attempt.objects.get().pk, at=3) for copy in Delivery.objects.all()
        ]
        number = events.store(body_of(*told), now=NOW)
        assert number is not None
        events.apply(number, now=NOW)
        assert shown(send) == {"status": "sending", "accepted": 4}

    sendgrid.reply = aside(tell)
    assert ended(a_worker()) == [0]
    assert shown(send) == {"status": "done", "accepted": 4}
    assert set(Delivery.objects.values_list("delivered_at", flat=True)) == {NOW + dt.timedelta(seconds=3)}
    attempt = Attempt.objects.get()
    assert (attempt.settled_by, attempt.message_id) == ("event", "m1")
    assert set(mailed(sendgrid).values()) == {1}


def test_a_finished_queue_taken_for_a_finished_send(sendgrid: Provider) -> None:
    """23 of 68 were lost, and the page said complete."""
    send = a_send_to(68)
    assert ended(a_worker(dies_at="claim.after_commit", turn=4)) == [-signal.SIGKILL]
    # Nobody has anything to do any more, and nothing rings.
    assert batches.due(now=NOW, most=100) == []
    assert ended(a_worker()) == [0]
    sends.finish(send.pk, now=NOW)
    assert shown(send) == {"status": "sending", "accepted": 51, "pending": 17}
    assert ended(a_worker(LATER)) == [0]
    assert shown(send) == {"status": "done", "accepted": 68}
    assert mailed(sendgrid) == Counter({f"reader{n}@x.example": 1 for n in range(68)})
