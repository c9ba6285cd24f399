"""Letters that left by SMTP and are counted by ourselves, and the addresses in them."""

import datetime as dt
import email
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default

from django.conf import settings

from mailer import batches
from mailer.models import Send
from mailer.smtp_settings import SmtpSettings
from mailer.tracking import tokens
from mailer.transports.relay import parse
from mailer.transports.smtp import Smtp
from tests.relay import MailServer, relay
from tests.stage import NOW, Nobody, a_frozen_send, a_list, a_reader, batches_of, delivery_of

BASE = "http://127.0.0.1:8000"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LINKS = (
    "https://a.example/wenchang",
    "https://a.example/nairobi",
    "https://a.example/vostochny",
    "https://a.example/chandrayaan",
)


@contextmanager
def by_smtp(bounce_address: str = "") -> Iterator[MailServer]:
    """Configure a relay, and run it for as long as the block lasts."""
    before = settings.CONFIGURATION
    with relay() as server:
        settings.CONFIGURATION = replace(before, smtp=SmtpSettings(parse(server.url), bounce_address))
        try:
            yield server
        finally:
            settings.CONFIGURATION = before


def leave(send: Send, server: MailServer, now: dt.datetime = NOW) -> dict[str, EmailMessage]:
    """Send all that waits of a send; return the letters by their readers' addresses."""
    transport = Smtp(parse(server.url), 5)
    for batch in batches_of(send):
        attempt = batches.claim(batch.pk, now=now, lease=60)
        assert attempt is not None
        fired = batches.fire(batch.pk, attempt, transport, now=now)
        assert fired is not None
        answer = transport.submit(fired.parcel, Nobody())
        assert batches.settle(batch.pk, attempt, answer, now=now)
    transport.close()
    letters = {}
    for taken in server.taken:
        letter = email.message_from_bytes(taken.content, policy=default)
        assert isinstance(letter, EmailMessage)
        letters[taken.recipients[0]] = letter
    return letters


def part(letter: EmailMessage, kind: str) -> str:
    """Return one part of a letter; '' where it has none."""
    body = letter.get_body((kind,))
    if body is None:
        return ""
    content = body.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")


def counted_links(html: str) -> list[str]:
    """Return the paths of our own links in a letter, in order."""
    return [path.removeprefix(BASE) for path in re.findall(rf"{BASE}/c/[^\"]+", html)]


def a_counted_copy(*interests: str) -> tuple[int, str]:
    """Return a copy of one reader in a send by SMTP, and its token; nothing leaves."""
    owner = a_list()
    a_reader(owner, "nina@example.org", interests)
    delivery = delivery_of(a_frozen_send(owner), "nina@example.org").pk
    return delivery, tokens.make(delivery)
