"""Delivery reports and complaints: which of them are about the address, and which about this letter."""

import email

import pytest

from mailer.vocabulary import EventKind
from mailer.webhooks import reports
from tests.webhooks.cast import mail


def kind_of(name: str, **changed: str) -> EventKind | None:
    message = email.message_from_bytes(mail(name, 42, **changed))
    report = reports.read(message) or reports.read_by_habit(message)
    assert report is not None
    return report.kind


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", EventKind.BOUNCED),
        ("Failed (permanent)", "5.1.1", "550 user unknown", EventKind.BOUNCED),
        ("failed", "5.2.1", "550 5.2.1 mailbox disabled", EventKind.BOUNCED),
        ("failed", "5.4.1", "550 5.4.1 recipient address rejected", EventKind.BOUNCED),
        ("failed", "5.0.0", "550 no such user", EventKind.BOUNCED),
        ("failed", "5.0.0", "550 5.7.1 blocked by policy", EventKind.BLOCKED),
        ("failed", "5.7.26", "550 5.7.26 not authenticated", EventKind.BLOCKED),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", EventKind.BLOCKED),
        ("failed", "5.3.4", "552 5.3.4 message too big", EventKind.BLOCKED),
        ("failed", "5.6.0", "554 5.6.0 bad content", EventKind.BLOCKED),
        ("failed", "4.4.1", "connection timed out", EventKind.BLOCKED),
        ("failed", "", "", EventKind.BLOCKED),
        ("delayed", "4.4.1", "connection timed out", EventKind.DEFERRED),
        ("delayed", "5.1.1", "odd", EventKind.DEFERRED),
        ("delivered", "2.0.0", "250 ok", EventKind.DELIVERED),
        ("relayed", "2.0.0", "250 ok", None),
        ("expanded", "2.0.0", "250 ok", None),
        ("exploded", "5.1.1", "550 5.1.1 user unknown", None),
    ],
)
def test_only_a_final_failure_of_the_address_is_a_bounce(
    action: str, status: str, diagnostic: str, kind: EventKind | None
) -> None:
    assert kind_of("postfix", action=action, status=status, diagnostic=diagnostic) is kind


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("550 5.1.1 no such user", EventKind.BOUNCED),
        ("550 sorry, no mailbox here by that name", EventKind.BOUNCED),
        ("554 5.7.1 your network is not welcome", EventKind.BLOCKED),
        ("552 5.2.2 mailbox full", EventKind.BLOCKED),
    ],
)
def test_a_server_without_a_form_is_understood_too(said: str, kind: EventKind) -> None:
    assert kind_of("qmail", said=said) is kind


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("abuse", EventKind.COMPLAINED),
        ("Fraud", EventKind.COMPLAINED),
        ("opt-out", EventKind.UNSUBSCRIBED),
        ("not-spam", None),
        ("auth-failure", None),
    ],
)
def test_a_complaint_is_what_a_person_said(written: str, kind: EventKind | None) -> None:
    assert kind_of("complaint", kind=written) is kind


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: Auto-Replied; owner-email=x", True),
        ("X-Autoreply: yes", True),
        ("Precedence: auto_reply", True),
        ("Subject: Out of office: Monday", True),
        ("Subject: Automatic reply: news", True),
        ("Auto-Submitted: no", False),
        ("Subject: unsubscribe", False),
        ("Subject: Autumn news", False),
    ],
)
def test_a_program_that_answers_for_a_person_is_known(header: str, *, automatic: bool) -> None:
    assert reports.is_automatic(email.message_from_string(f"{header}\r\n\r\n")) is automatic
