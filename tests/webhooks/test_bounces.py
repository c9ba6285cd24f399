"""Mail to the bounce address: what it says of a copy, and who is believed."""

import datetime as dt
import uuid
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import verp
from mailer.vocabulary import EventKind
from mailer.webhooks.bounces import AUTOMATIC, UNKNOWN, UNREAD, hear
from mailer.webhooks.told import Heard, Told
from tests.webhooks.cast import mail

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
AT = dt.datetime(2026, 12, 1, 8, 58, tzinfo=dt.UTC)


def told(raw: bytes, recipient: str = "") -> Told:
    heard = hear(raw, recipient=recipient, now=NOW)
    assert heard.fault == ""
    (event,) = heard.events
    return event


def passed_over(raw: bytes, recipient: str = "") -> str:
    heard = hear(raw, recipient=recipient, now=NOW)
    assert heard == Heard((), 1, heard.fault)
    return heard.fault


@pytest.mark.parametrize(
    ("name", "kind", "second"),
    [
        ("postfix", EventKind.BOUNCED, 4),
        ("exim", EventKind.BOUNCED, 5),
        ("exchange", EventKind.BOUNCED, 6),
        ("gmail", EventKind.BLOCKED, 7),
        ("qmail", EventKind.BOUNCED, 8),
        ("complaint", EventKind.COMPLAINED, 9),
        ("unsubscribe", EventKind.UNSUBSCRIBED, 11),
    ],
)
def test_each_servers_way_of_saying_it_is_understood(name: str, kind: EventKind, second: int) -> None:
    event = told(mail(name, 42))
    assert (event.kind, event.delivery, event.proven) == (kind, 42, True)
    assert event.at == AT.replace(second=second)
    assert event.attempt == (None if name in {"unsubscribe", "qmail"} else uuid.UUID("a" * 32))
    assert "ada@" not in event.detail


@pytest.mark.parametrize("name", ["postfix", "exim", "exchange", "gmail", "qmail", "unsubscribe"])
def test_the_mail_servers_word_for_whom_it_came_is_enough(name: str) -> None:
    raw = mail(name, 42, token="hidden", shouted="hidden")
    purpose: verp.Purpose = "leave" if name == "unsubscribe" else "bounce"
    recipient = f"Bounces+{verp.make(purpose, 42).upper()}@B.News.Example"
    assert told(raw, recipient).delivery == 42


@pytest.mark.parametrize(
    "name", ["postfix", "exim", "exchange", "gmail", "qmail", "complaint", "unsubscribe"]
)
def test_without_our_token_nothing_is_believed(name: str) -> None:
    """Anybody can write a report with anybody's Message-ID in it."""
    for forged in ("", "b" + "a" * 32, verp.make("bounce", 42)[:-1] + "0", "42"):
        assert passed_over(mail(name, 42, token=forged, shouted=forged)) == UNKNOWN


def test_the_token_says_which_copy_whatever_the_message_id_says() -> None:
    raw = mail("postfix", 42).replace(b"<42.", b"<43.")
    assert (told(raw).delivery, told(raw).attempt) == (42, None)


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_where_servers_write_whom_it_came_for_is_looked_at(header: str) -> None:
    line = f"{header}: bounces+{verp.make('leave', 7)}@b.news.example\r\n".encode()
    assert told(line + mail("unsubscribe", 42, token="x")).delivery == 7


def test_the_token_for_leaving_tells_of_no_dead_mailbox() -> None:
    assert passed_over(mail("postfix", 42, token=verp.make("leave", 42))) == UNKNOWN
    assert told(mail("complaint", 42, token=verp.make("bounce", 42))).kind is EventKind.COMPLAINED


@pytest.mark.parametrize("purpose", ["bounce", "leave"])
def test_an_automatic_reply_is_nothing(purpose: verp.Purpose) -> None:
    assert passed_over(mail("away", 42, token=verp.make(purpose, 42))) == AUTOMATIC


def test_a_persons_answer_to_the_bounce_address_is_nothing() -> None:
    raw = (
        mail("unsubscribe", 42, token=verp.make("bounce", 42)) + b"550 5.1.1 user unknown <ada@x.example>\r\n"
    )
    assert passed_over(raw) == UNREAD


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Tue, 01 Dec 2026 08:00:00 +0000", NOW.replace(hour=8)),
        ("Tue, 01 Dec 2026 08:00:00 -0000", NOW.replace(hour=8)),
        (format_datetime(NOW + dt.timedelta(days=1)), NOW),
        (format_datetime(NOW - dt.timedelta(days=6)), NOW),
        ("yesterday", NOW),
        ("Tue, 99 Dec 2026 08:00:00 +9999", NOW),
    ],
)
def test_a_clock_that_cannot_be_right_is_not_believed(date: str, at: dt.datetime) -> None:
    raw = mail("unsubscribe", 42).replace(b"Tue, 1 Dec 2026 08:58:11 +0000", date.encode())
    assert told(raw).at == at


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_garbage_is_passed_over(raw: bytes) -> None:
    assert passed_over(raw) == UNKNOWN
    recipient = f"bounces+{verp.make('bounce', 42)}@b.news.example"
    assert not hear(raw, recipient=recipient, now=NOW).events


@settings(deadline=None)
@given(
    st.sampled_from(["postfix", "exim", "exchange", "gmail", "qmail", "complaint"]),
    st.integers(0, 3000),
    st.integers(0, 400),
)
def test_a_report_that_was_cut_or_mangled_harms_nothing(name: str, start: int, length: int) -> None:
    raw = mail(name, 42)
    heard = hear(raw[:start] + raw[start + length :], recipient="", now=NOW)
    assert {event.delivery for event in heard.events} <= {42}
