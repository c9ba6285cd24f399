"""Who owns a list is told once of each piece of news, in the transaction that makes it true."""

import base64
import datetime as dt
import json

import pytest
import redis
from django.db import transaction
from pytest_django import Settings

from mailer import doorbell, look, notices, outbox
from mailer.letters import setting
from mailer.letters.setting import NOTICES
from mailer.models import Attempt, Batch, Send
from mailer.notices import News
from mailer.transports.sendgrid import SendGrid
from subscribers.models import Letter, List
from tests.provider import provider, says
from tests.stage import NOW, a_frozen_send, a_list, a_send, an_edition, batches_of, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LATER = NOW + dt.timedelta(minutes=10)


@pytest.fixture
def owner() -> List:
    owner = a_list()
    owner.owner_address = "owner@desk.example"
    owner.save()
    readers(owner, 3)
    return owner


@pytest.fixture
def send(owner: List) -> Send:
    return a_frozen_send(owner)


def pause(send: Send, reason: str) -> None:
    Send.objects.filter(pk=send.pk).update(status="paused", pause_reason=reason)


def an_attempt(send: Send) -> None:
    batch = batches_of(send)[0]
    Attempt.objects.create(
        id=f"{Attempt.objects.count():032x}",
        batch=batch,
        transport="sendgrid",
        n=3,
        fired_at=NOW,
        payload_hash="",
    )


def read(letter: Letter) -> tuple[str, str]:
    made = setting.notice(letter.values)
    return made.subject, made.text


def test_the_owner_is_told_with_the_providers_own_words_and_a_ledger_that_adds_up(send: Send) -> None:
    pause(send, "401 the key of ada@x.example was revoked")
    assert notices.tell(send, News.PAUSED, now=NOW)
    letter = Letter.objects.get()
    assert (letter.kind, letter.state, letter.address) == ("notice", "pending", "owner@desk.example")
    subject, text = read(letter)
    assert subject == "Space Digest: sending paused"
    assert "> 401 the key of … was revoked" in text
    assert f"mailer sends resume {send.pk}" in text
    values = letter.values
    assert values["candidates"] == sum(values["outcomes"].values()) == 3
    assert "@" not in json.dumps(values)


@pytest.mark.parametrize(
    ("owner_address", "reply_to", "told"),
    [
        ("owner@desk.example", "reply@desk.example", "owner@desk.example"),
        ("", "reply@desk.example", "reply@desk.example"),
        ("", "", "editor@news.example"),
    ],
)
def test_without_an_owner_whoever_answers_the_lists_mail_is_told(
    send: Send, owner_address: str, reply_to: str, told: str
) -> None:
    List.objects.update(owner_address=owner_address, reply_to=reply_to)
    notices.tell(send, News.DONE, now=NOW)
    assert Letter.objects.get().address == told


@pytest.mark.parametrize("news", [News.PAUSED, News.MISSED, News.DONE, News.DONE_WITH_GAPS, News.CANCELLED])
def test_the_same_news_twice_is_one_letter(send: Send, news: News) -> None:
    assert notices.tell(send, news, now=NOW)
    assert not notices.tell(send, news, now=LATER)
    assert Letter.objects.count() == 1


def test_a_second_pause_is_another_letter(send: Send) -> None:
    pause(send, "401 revoked")
    notices.tell(send, News.PAUSED, now=NOW)
    assert not notices.tell(send, News.PAUSED, now=LATER, words="401 revoked")
    pause(send, "paused by ed")
    assert notices.tell(send, News.PAUSED, now=LATER)
    an_attempt(send)
    assert notices.tell(send, News.PAUSED, now=LATER)
    assert Letter.objects.count() == 3


def test_what_is_unknown_is_told_once_until_the_oldest_is_decided(send: Send) -> None:
    assert not notices.tell(send, News.UNKNOWN, now=NOW)
    batch = batches_of(send)[0]
    Batch.objects.update(state="unknown")
    assert notices.tell(send, News.UNKNOWN, now=NOW)
    subject, text = read(Letter.objects.get())
    assert subject == "Space Digest: 3 readers in doubt"
    assert f"mailer sends resolve {send.pk} --status" in text
    assert not notices.tell(send, News.UNKNOWN, now=LATER)
    Batch.objects.update(state="not_confirmed")
    Batch.objects.create(send=send, variant=batch.variant, state="unknown", n=0)
    assert notices.tell(send, News.UNKNOWN, now=LATER)


def test_before_the_freeze_a_missed_send_says_when_it_was_due(owner: List) -> None:
    send = a_send(an_edition(owner))
    notices.tell(send, News.MISSED, now=NOW)
    letter = Letter.objects.get()
    assert letter.values["candidates"] is None
    assert "2026-12-01 09:00 UTC" in read(letter)[1]
    Send.objects.update(scheduled_at=LATER)
    assert notices.tell(send, News.MISSED, now=LATER)


def test_of_a_test_nobody_is_told(send: Send) -> None:
    Send.objects.update(kind="test")
    assert not notices.tell(send, News.DONE, now=NOW)
    assert not Letter.objects.exists()


def test_news_that_did_not_come_true_is_not_told(send: Send) -> None:
    with transaction.atomic():
        assert notices.tell(send, News.DONE, now=NOW)
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


def test_the_bell_rings_once_it_is_true(send: Send, redis_url: str, settings: Settings) -> None:
    settings.BROKER_URL = redis_url
    doorbell.bell.cache_clear()
    with redis.Redis.from_url(redis_url) as client:
        with transaction.atomic():
            notices.tell(send, News.DONE, now=NOW)
            assert client.lrange("quick", 0, -1) == []
        (message,) = client.lrange("quick", 0, -1)
    told = json.loads(message)
    assert told["headers"]["task"] == "mailer.letter"
    assert json.loads(base64.b64decode(told["body"]))[0] == [Letter.objects.get().pk]


def test_a_notice_is_never_sent_twice_however_often_it_is_told_and_rung_for(send: Send) -> None:
    with provider(says(202)) as service:
        for moment in (NOW, LATER):
            notices.tell(send, News.DONE, now=moment)
            for letter in [*outbox.due(now=moment, most=10), Letter.objects.get().pk]:
                outbox.deliver(letter, SendGrid("SG.key", service.url, 5), now=moment)
    assert len(service.asked) == 1
    assert json.loads(service.asked[0][2])["subject"] == "Space Digest: done, 0 of 3 accepted"


def test_a_new_notice_unapproves_no_edition() -> None:
    hashed = {path.resolve() for path in look.typesetting("").values()}
    ours = [*NOTICES.rglob("*"), *(NOTICES.parents[1] / "mailer" / "letters").glob("*.py")]
    assert ours
    assert not hashed.intersection(path.resolve() for path in ours)
