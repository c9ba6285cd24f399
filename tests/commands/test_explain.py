"""`mailer explain ADDRESS SEND`, as a script and a person use it."""

import datetime as dt
import uuid

import pytest

from mailer import sends
from mailer.models import Attempt, Batch, Send
from mailer.vocabulary import AnswerKind, BatchState
from subscribers.vocabulary import Status
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader, a_send, an_edition

# A freeze wants transactions of its own.
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

KEYS = {
    *("address", "name", "send", "candidate", "outcome", "reason", "possibly_twice", "status_at_freeze"),
    *("subscription", "consents", "suppressions", "delivery", "variant", "batches", "attempts", "events"),
    *("elsewhere", "steps", "conclusion"),
}


@pytest.fixture
def send() -> Send:
    """A send that the transport took Nina's letter of; Paul had paused."""
    owner = a_list()
    a_reader(owner, "nina@example.org", interests=["africa"], name="Nina")
    a_reader(owner, "paul@example.org", status=Status.PAUSED)
    send = a_send(an_edition(owner))
    sends.prepare(send.pk, now=NOW)
    batch = Batch.objects.get(send=send)
    fired = NOW + dt.timedelta(seconds=3)
    attempt = Attempt.objects.create(
        id=uuid.UUID(int=7),
        batch=batch,
        transport="sendgrid",
        n=1,
        fired_at=fired,
        payload_hash="0" * 64,
        answer=AnswerKind.ACCEPTED,
        status=202,
        message_id="m1",
        settled_at=fired,
        settled_by="answer",
    )
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.ACCEPTED, attempt=attempt.pk)
    return send


def test_a_person_reads_it_step_by_step(mailer: Mailer, send: Send) -> None:
    told = mailer("explain", "nina@example.org", str(send.pk))
    assert (told.status, told.err) == (0, "")
    heading, *steps, conclusion, notice = told.out.splitlines()
    assert heading.startswith(f"Nina <nina@example.org> and send {send.pk} (")
    assert [step[:23] for step in steps] == [
        "2026-12-01 09:00:00 UTC",
        "2026-12-01 09:00:03 UTC",
        "2026-12-01 09:00:03 UTC",
    ]
    assert f"request 1 left through sendgrid: attempt {uuid.UUID(int=7).hex}, batch" in steps[1]
    assert steps[2].endswith("request 1 was accepted (202, message id m1)")
    assert notice == "The sandbox is the transport: nothing leaves this machine."
    assert conclusion == "Outcome: accepted. The transport took it; nothing says yet that it was delivered."


def test_a_script_reads_the_same(mailer: Mailer, send: Send) -> None:
    described = mailer("explain", "nina@example.org", str(send.pk), "--json").json
    assert set(described) == KEYS
    assert (described["candidate"], described["outcome"], described["reason"]) == (True, "accepted", None)
    assert described["send"]["id"] == send.pk
    assert described["variant"]["sets"] == [["Africa"]]
    [attempt] = described["attempts"]
    assert (attempt["id"], attempt["message_id"]) == (uuid.UUID(int=7).hex, "m1")
    assert attempt["fired_at"] == "2026-12-01T09:00:03Z"
    assert [step["at"] for step in described["steps"]][:1] == ["2026-12-01T09:00:00Z"]
    assert described["conclusion"].startswith("Outcome: accepted.")


def test_one_who_got_nothing_is_told_why_and_that_is_an_answer(mailer: Mailer, send: Send) -> None:
    paused = mailer("explain", "paul@example.org", str(send.pk))
    assert (paused.status, paused.err) == (0, "")
    assert "\nOutcome: excluded, because they wanted no letters for a while.\n" in paused.out
    stranger = mailer("explain", "stranger@example.org", str(send.pk))
    assert (stranger.status, stranger.err) == (0, "")
    assert "Not a candidate: nobody here has this address" in stranger.out
    assert mailer("explain", "stranger@example.org", str(send.pk), "--json").json["candidate"] is False


def test_a_send_that_is_not_there_cannot_be_explained(mailer: Mailer) -> None:
    missing = mailer("explain", "nina@example.org", "987654")
    assert (missing.status, missing.out) == (1, "")
    assert missing.err.startswith("mailer: There is no send 987654;")


def test_what_is_no_address_cannot_be_explained(mailer: Mailer, send: Send) -> None:
    wrong = mailer("explain", "nobody", str(send.pk))
    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err.startswith("mailer: ")
    assert len(wrong.err.splitlines()) == 1


def test_a_number_that_nothing_can_have_is_wrong_usage(mailer: Mailer) -> None:
    assert mailer("explain", "nina@example.org", "x").status == 2


def test_it_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer explain" in mailer("explain", "--help").out
