"""`mailer bounces`: the mail server pipes a message in, and what it says of a copy is applied, once."""

import datetime as dt
import io
import uuid
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from mailer import batches, events, verp
from mailer.models import Batch, Delivery, Event, Send
from mailer.transports.relay import parse
from mailer.transports.smtp import Smtp
from subscribers.models import Consent, Subscription, Suppression
from tests.commands.conftest import Mailer, Ran
from tests.stage import NOW, a_frozen_send, a_list, a_reader, batches_of, delivery_of
from tests.webhooks.cast import mail

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

ADA, BO = "ada@x.example", "bo@x.example"


@pytest.fixture
def send() -> Send:
    owner = a_list()
    for address in (ADA, BO):
        a_reader(owner, address)
    return a_frozen_send(owner)


@pytest.fixture
def attempt(send: Send) -> uuid.UUID:
    """The send's one batch, on its way through a relay, of which nothing is known yet."""
    (batch,) = batches_of(send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    assert batches.fire(batch.pk, attempt, Smtp(parse("smtp://127.0.0.1:9?tls=none"), 1), now=NOW)
    return attempt


class Pipe:
    """What a mail server does: a message on stdin, the address it came for in the environment."""

    def __init__(self, mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._mailer = mailer
        self._monkeypatch = monkeypatch

    def __call__(self, message: bytes, *words: str) -> Ran:
        self._monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(message)))
        return self._mailer("bounces", *words)


@pytest.fixture
def pipe(mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> Pipe:
    monkeypatch.setenv("MAILER_BOUNCE_ADDRESS", "bounces@b.example")
    # Looked at, and not used: Django is set up.
    monkeypatch.setenv("DATABASE_URL", "sqlite:////elsewhere")
    return Pipe(mailer, monkeypatch)


def suppressions() -> list[tuple[str, str, int | None]]:
    return list(Suppression.objects.order_by("pk").values_list("reason", "source", "list_id"))


def test_a_dead_mailbox_is_not_written_to_again(send: Send, attempt: uuid.UUID, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    ran = pipe(mail("postfix", ada.pk, attempt.hex))
    assert (ran.status, ran.out, ran.err) == (0, f"Copy {ada.pk}: bounced\n", "")
    assert suppressions() == [("bounced", "mail", None)]
    ada.refresh_from_db()
    assert ada.bounced_at is not None


@pytest.mark.parametrize("named", [True, False], ids=["attempt named", "attempt not named"])
def test_a_bounce_proves_that_the_copy_left_and_no_other(
    send: Send, attempt: uuid.UUID, pipe: Pipe, *, named: bool
) -> None:
    ada = delivery_of(send, ADA)
    pipe(mail("postfix" if named else "qmail", ada.pk, attempt.hex))
    assert [delivery_of(send, address).state for address in (ADA, BO)] == ["accepted", None]
    assert Event.objects.get().attempt == attempt
    assert Batch.objects.get(send=send).n == 1


def test_an_attempt_of_another_send_is_not_believed(send: Send, attempt: uuid.UUID, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    pipe(mail("postfix", ada.pk, uuid.uuid4().hex))
    assert Event.objects.get().attempt == attempt


def test_the_same_message_again_changes_nothing(send: Send, attempt: uuid.UUID, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    an_hour_ago = format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).encode()
    message = mail("postfix", ada.pk, attempt.hex).replace(
        b"Tue,  1 Dec 2026 08:58:04 +0000 (UTC)", an_hour_ago
    )
    assert [pipe(message).out for _ in range(3)] == [f"Copy {ada.pk}: bounced\n"] * 3
    assert Event.objects.count() == 1
    assert suppressions() == [("bounced", "mail", None)]


def test_a_full_mailbox_goes_on_getting_letters(send: Send, attempt: uuid.UUID, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    assert pipe(mail("gmail", ada.pk, attempt.hex)).out == f"Copy {ada.pk}: blocked\n"
    assert suppressions() == []


def test_a_complaint_stops_every_list(send: Send, attempt: uuid.UUID, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    assert pipe(mail("complaint", ada.pk, attempt.hex)).out == f"Copy {ada.pk}: complained\n"
    assert suppressions() == [("complained", "mail", None)]


def test_who_leaves_by_mail_has_left_as_by_one_click(send: Send, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    message = mail("unsubscribe", ada.pk)
    for _ in range(2):
        ran = pipe(message)
        assert (ran.status, ran.out) == (0, f"Copy {ada.pk}: unsubscribed\n")
    statuses = dict(Subscription.objects.values_list("subscriber__canonical", "status"))
    assert statuses == {ADA: "unsubscribed", BO: "active"}
    assert [(reason, source) for reason, source, _ in suppressions()] == [("unsubscribed", "mail")]
    assert Consent.objects.get(action="withdrawn").how == "unsubscribe by mail"
    ada.refresh_from_db()
    assert ada.unsubscribed_at is not None


def test_the_mail_server_says_whom_it_came_for(
    send: Send, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = delivery_of(send, ADA)
    recipient = f"bounces+{verp.make('leave', ada.pk)}@b.news.example"
    message = mail("unsubscribe", ada.pk, token="x")
    assert pipe(message).out.startswith("Passed over: ")
    assert pipe(message, "--recipient", recipient).out == f"Copy {ada.pk}: unsubscribed\n"
    monkeypatch.setenv("ORIGINAL_RECIPIENT", recipient)
    assert pipe(message).out == f"Copy {ada.pk}: unsubscribed\n"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"", "a message without a token of ours: nothing in it is believed"),
        (b"\xff\0\xfe" * 100, "a message without a token of ours: nothing in it is believed"),
        (
            mail("postfix", 1, token="b" + "a" * 32),
            "a message without a token of ours: nothing in it is believed",
        ),
    ],
)
def test_what_is_passed_over_is_no_reason_to_return_it(message: bytes, words: str, pipe: Pipe) -> None:
    ran = pipe(message)
    assert (ran.status, ran.out) == (0, f"Passed over: {words}\n")


def test_a_forged_message_id_suppresses_nobody(send: Send, attempt: uuid.UUID, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    assert pipe(mail("postfix", ada.pk, attempt.hex, token="x")).status == 0
    assert suppressions() == []
    assert Event.objects.count() == 0


def test_an_automatic_reply_is_passed_over(send: Send, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    assert pipe(mail("away", ada.pk)).out == "Passed over: an automatic reply: nothing\n"
    assert suppressions() == []


def test_a_copy_that_is_gone_is_passed_over(send: Send, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    Delivery.objects.filter(pk=ada.pk).delete()
    assert pipe(mail("postfix", ada.pk)).out == f"Passed over: copy {ada.pk} is not known any more\n"
    assert Event.objects.count() == 0


def test_while_the_database_is_away_the_mail_server_keeps_the_message(
    send: Send, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> int:
        raise OperationalError("connection refused")

    monkeypatch.setattr(events, "take", away)
    ran = pipe(mail("postfix", delivery_of(send, ADA).pk))
    assert (ran.status, ran.out) == (75, "")
    assert ran.err == "nothing was done, try again later: OperationalError\n"


def test_no_address_is_printed(send: Send, attempt: uuid.UUID, pipe: Pipe) -> None:
    ada = delivery_of(send, ADA)
    for name in ("postfix", "exim", "exchange", "gmail", "qmail", "complaint", "away", "unsubscribe"):
        ran = pipe(mail(name, ada.pk, attempt.hex))
        assert "@" not in ran.out + ran.err
    assert not Event.objects.filter(detail__contains="@").exists()


def test_what_is_started_without_its_environment_makes_nothing_and_asks_to_come_again(
    mailer: Mailer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A mail server starts it so: a new data directory would take every token for a stranger's."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("MAILER_DATA_DIR", str(tmp_path / "data"))
    bare = mailer("bounces")
    assert (bare.status, bare.out) == (75, "")
    assert "MAILER_BOUNCE_ADDRESS is not set here" in bare.err
    monkeypatch.setenv("MAILER_BOUNCE_ADDRESS", "bounces@b.example")
    lost = mailer("bounces")
    assert (lost.status, lost.out) == (75, "")
    assert f"no installation in {tmp_path / 'data'}" in lost.err
    assert not (tmp_path / "data").exists()
