"""A server's words as a number, and the number as words: nobody's address is in either."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.tallies.reasons import code_of, said


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("550 5.1.1 user unknown", 5_001_001, "5.1.1 no such mailbox"),
        ("smtp; 552-5.2.2 mailbox full", 5_002_002, "5.2.2 the mailbox is full"),
        ("451 4.7.1 please try again", 4_007_001, "4.7.1 refused by a rule of theirs"),
        ("554 5.7.999 new", 5_007_999, "5.7.999 a rule of theirs, or our reputation"),
        ("550 5.9.1 odd", 5_009_001, "5.9.1 refused"),
        ("550 no such user", 550, "550 without a further status"),
        ("SMTP;554-no", 554, "554 without a further status"),
        ("host mx.x.example[192.0.2.7] said: 421 try again", 421, "421 without a further status"),
        ("Remote host said:550 sorry", 550, "550 without a further status"),
        ("error after RCPT TO:<…>:\n  550 unknown", 550, "550 without a further status"),
        ("Message size 512 exceeds 450 KB", 0, "no reason given"),
        ("it was 550 of them", 0, "no reason given"),
        ("smtp; 5500 is no reply", 0, "no reason given"),
        ("Bounced Address", 1, "in the service's own list of bounces"),
        ("unsubscribed address", 2, "in the service's own list of those who left"),
        ("Invalid SMTPAPI header", 4, "a header the service does not take"),
        ("Invalid", 7, "not an address, the service says"),
        ("host 192.0.2.55 said nothing", 0, "no reason given"),
        ("refused at 5.1.1.5", 0, "no reason given"),
        ("", 0, "no reason given"),
    ],
)
def test_a_reason_is_a_status_a_reply_or_a_phrase(words: str, code: int, told: str) -> None:
    assert code_of(words) == code
    assert said(code) == told


@given(st.text())
def test_any_words_have_a_number_that_has_words(words: str) -> None:
    code = code_of(words)
    assert 0 <= code < 2**31
    assert said(code)
    # What is said of a number reads as that number again, or as a phrase of ours.
    assert code_of(said(code)) in {code, 0}
