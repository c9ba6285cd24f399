"""Who writes, who reads and who watches in the tests of letters by SMTP."""

import pytest

from mailer.transports.answers import Answer, Partly
from mailer.transports.relay import parse
from mailer.transports.request import Envelope, Reader
from mailer.transports.smtp import Smtp
from tests.relay import MailServer

ENVELOPE = Envelope(
    send=7,
    attempt="a" * 32,
    list_slug="space-digest",
    list_host="news.example",
    sender_name="Space Digest",
    sender_address="editor@news.example",
    reply_to="",
    subject="Who builds, who buys",
    html="<p>Read it. <a href='-leave_url-'>Leave</a></p>",
    text="Read it.\n.\nLeave: -leave_url-\n",
    tracked=False,
    bounce_address="bounces@b.news.example",
)
# With and without grouped commands; the outcome may not depend on it.
BOTH = pytest.mark.parametrize("offers", [("PIPELINING",), ("8BITMIME",)], ids=["grouped", "one by one"])


def reader(number: int, **changed: str) -> Reader:
    values = {
        "address": f"reader{number}@x.example",
        "name": f"Reader {number}",
        "leave_url": f"https://news.example/u/{number}",
        "preferences_url": f"https://news.example/preferences/{number}",
        "bounce_token": f"b{number}",
        "leave_token": f"u{number}",
        **changed,
    }
    return Reader(number, **values)


READERS = [reader(number) for number in (11, 12, 13, 14)]


class Diary:
    """A witness that lets letters leave until it is told otherwise, and writes down what it saw."""

    def __init__(self, until_before: int = 0) -> None:
        self.stop = until_before
        self.lines: list[str] = []

    def begin(self, delivery: int) -> bool:
        if delivery == self.stop:
            return False
        self.lines.append(f"begin {delivery}")
        return True

    def end(self, delivery: int, said: str) -> None:
        self.lines.append(f"end {delivery} {said}")


def smtp(server: MailServer, timeout: float = 5, user: str = "") -> Smtp:
    return Smtp(parse(server.url.replace("://", f"://{user}@") if user else server.url), timeout)


def submit(transport: Smtp, diary: Diary | None = None, readers: list[Reader] = READERS) -> Answer:
    return transport.submit(transport.pack(ENVELOPE, readers), diary or Diary())


def partly(answer: Answer) -> Partly:
    assert isinstance(answer, Partly), answer
    return answer
