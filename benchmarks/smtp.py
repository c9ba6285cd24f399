"""Letters into postfix's smtp-sink, against its own smtp-source to the same sink; both come with postfix."""

import datetime as dt
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.measuring import Figure, figure, once
from mailer.transports.answers import Partly
from mailer.transports.mime import compose
from mailer.transports.relay import parse
from mailer.transports.request import Envelope, Reader
from mailer.transports.smtp import MOST_READERS, Smtp

ROUNDS = 5
MOST = 4000  # messages in a round
BESIDE = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"  # where postfix puts its tools
SENTENCE = (
    "Some words of a letter, with <a href='https://a.example/story?n=1'>a link</a>, and more of them.\n"
)
ENVELOPE = Envelope(
    send=1,
    attempt="a" * 32,
    list_slug="space-digest",
    list_host="news.example",
    sender_name="Space Digest",
    sender_address="editor@news.example",
    reply_to="",
    subject="Space, seen from elsewhere",
    html=SENTENCE * 600 + "<a href='-leave_url-'>Leave</a> <a href='-preferences_url-'>Choose</a>\n",
    text="A line of the letter's text, of sixty characters or more or less.\n" * 100 + "Leave: -leave_url-\n",
    tracked=False,
    bounce_address="bounces@b.news.example",
)


class _Anyone:
    """A witness who lets everything leave, and keeps nothing."""

    def begin(self, delivery: int) -> bool:
        return delivery > 0

    def end(self, delivery: int, said: str) -> None:
        pass


def measure(size: int) -> Iterator[Figure]:
    """Yield the time of one letter, in turns with smtp-source; nothing where these tools are missing."""
    sink, source = (shutil.which(name, path=BESIDE) for name in ("smtp-sink", "smtp-source"))
    if not sink or not source:
        print(
            "postfix's smtp-sink and smtp-source are not here: letters by SMTP are not measured",
            file=sys.stderr,
        )
        return
    count = max(MOST_READERS, min(size, MOST) // MOST_READERS * MOST_READERS)
    readers = [_reader(number) for number in range(1, MOST_READERS + 1)]
    octets = len(compose(ENVELOPE, now=dt.datetime.now(dt.UTC)).for_reader(readers[0]))
    with _listening(sink) as port:
        transport = Smtp(parse(f"smtp://127.0.0.1:{port}?tls=none"), 60)

        def ours() -> None:
            for _ in range(count // MOST_READERS):
                answer = transport.submit(transport.pack(ENVELOPE, readers), _Anyone())
                if not isinstance(answer, Partly) or len(answer.accepted) != MOST_READERS:
                    raise RuntimeError(f"the sink did not take everything: {answer}")

        def theirs() -> None:
            words = [source, "-d", "-s", "1", "-m", str(count), "-l", str(octets)]
            addresses = ["-f", "bounces@b.news.example", "-t", "reader@x.example", f"127.0.0.1:{port}"]
            subprocess.run([*words, *addresses], check=True)

        rounds = [(once(ours), once(theirs)) for _ in range(ROUNDS)]
        transport.close()
    our_time, limit = (statistics.median(times) / count * 1e6 for times in zip(*rounds, strict=True))
    yield figure(f"a letter of {octets // 1000} kB by SMTP", "µs", our_time, limit)


def _reader(number: int) -> Reader:
    return Reader(
        delivery=number,
        address=f"reader{number}@x.example",
        name=f"Reader {number}",
        leave_url="https://news.example/u/" + "L" * 44,
        preferences_url="https://news.example/preferences/" + "P" * 44,
        bounce_token="b" + "a" * 32,
        leave_token="u" + "a" * 32,
    )


@contextmanager
def _listening(sink: str) -> Iterator[int]:
    """Run smtp-sink on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    as_nobody = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen([sink, *as_nobody, f"127.0.0.1:{port}", "100"])
    try:
        _until_it_answers(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.05)
    raise RuntimeError("smtp-sink did not start")
