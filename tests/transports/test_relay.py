"""SMTP_URL: what it may say, and what to write instead."""

import pytest

from mailer.transports.relay import Relay, RelayUrlError, Tls, parse


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.example", Relay("mail.example", 587, Tls.STARTTLS)),
        ("smtp://mail.example:2525/", Relay("mail.example", 2525, Tls.STARTTLS)),
        ("smtps://mail.example", Relay("mail.example", 465, Tls.IMPLICIT)),
        ("smtp://127.0.0.1?tls=none", Relay("127.0.0.1", 25, Tls.NONE)),
        ("smtp://[::1]:1025?tls=none", Relay("::1", 1025, Tls.NONE)),
        ("smtp://u%40x:p%3A%2F@mail.example", Relay("mail.example", 587, Tls.STARTTLS, "u@x", "p:/")),
        ("smtp://user:word@localhost?tls=none", Relay("localhost", 25, Tls.NONE, "user", "word")),
    ],
)
def test_a_relay_is_read(url: str, relay: Relay) -> None:
    assert parse(url) == relay


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("mail.example:587", "is no address of a mail server: write it as smtp://user:password@host:587"),
        ("http://mail.example", "is no address of a mail server"),
        ("smtp://", "is no address of a mail server"),
        ("smtp://mail.example/inbox", "is no address of a mail server"),
        ("smtp://mail.example:port", "is no address"),
        ("smtp://[::1", "is no address"),
        ("smtp://user@mail.example", "has a user without a password, or the reverse"),
        ("smtp://user:hunter2@mail.example?tls=none", "would send its password unencrypted"),
        ("smtp://mail.example?tls=maybe", "takes nothing behind its ? but tls=none"),
        ("smtps://mail.example?tls=none", "takes nothing behind its ? but tls=none"),
        ("smtp://user:hunter2%0D%0A@mail.example", "has a line break in its user or password"),
    ],
)
def test_a_wrong_url_says_what_to_write(url: str, line: str) -> None:
    with pytest.raises(RelayUrlError) as caught:
        parse(url)
    assert str(caught.value).startswith(line)
    assert "hunter2" not in str(caught.value)


def test_no_password_is_shown_with_the_relay() -> None:
    assert "hunter2" not in repr(parse("smtp://user:hunter2@mail.example"))
