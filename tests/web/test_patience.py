"""`mailer web` with clients that are slow on purpose, slow by nature, or gone."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailer.web.arriving import FORM
from mailer.web.headers import EVERYWHERE
from tests.waiting import until
from tests.web.served import Served, a_request, an_environment, heard, served, served_with

HEALTH = a_request("/healthz")
# More than there are threads, eight, in every way.
MANY = 64
ESTABLISHED = "01"  # as Linux counts TCP's states
SECRET = "a-token-nobody-may-see"


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return an_environment(tmp_path_factory.mktemp("patience"))


@pytest.fixture(scope="module")
def web(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(environ, tmp_path_factory.mktemp("web")) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same with short deadlines and little room."""
    with served_with(
        environ,
        tmp_path_factory.mktemp("hasty"),
        "arriving.HEAD_SECONDS = arriving.BODY_SECONDS = patience.SENDING = 1",
        "patience.ROOM = 200_000; patience.SLOW = 0.5",
    ) as running:
        yield running


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"G",
        b"POST /preferences/x HTTP/1.1\r\nHost: localhost\r\nX: ",
        b"POST /preferences/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ninterest=",
        b"POST /webhooks/sendgrid HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n[",
        b"POST /u/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["silent", "one octet", "in a header", "in a form", "in a report", "in a chunk", "kept alive"],
)
def test_those_who_trickle_keep_nobody_waiting(web: Served, beginning: bytes) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(web.connect()) for _ in range(MANY)]
        for connection in slow:
            connection.sendall(beginning)
        for _ in range(3):
            # Less than the five seconds that gunicorn's own worker spends on each silent connection.
            with web.connect(patience=4) as honest:
                honest.sendall(HEALTH)
                assert heard(honest).endswith(b"ok\n")
            for connection in slow[::7]:
                try:
                    connection.sendall(b"a")
                except OSError:
                    assert beginning.endswith(b"5\r\n"), "answered already, and closed"


def test_those_who_do_not_read_keep_nobody_waiting(web: Served) -> None:
    with ExitStack() as stack:
        deaf = [socket.socket() for _ in range(16)]
        for connection in deaf:
            stack.enter_context(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", web.port))
            # More in answers than the kernel keeps for anybody.
            connection.sendall(a_request("/static/public.css", last=False) * 800)
        until(lambda: not held_by(web))
        with web.connect(patience=10) as honest:
            honest.sendall(HEALTH)
            assert heard(honest).endswith(b"ok\n")


def test_a_telephone_in_a_tunnel_gets_its_form_in(web: Served) -> None:
    form = a_request("/preferences/x", method="POST", body=b"interest=china&whole=yes")
    with web.connect() as connection:
        pieces = [form[start : start + 40] for start in range(0, len(form), 40)]
        for piece in pieces:
            connection.sendall(piece)
            until_it_was_sent(connection)
        assert status(heard(connection)) == 404, "answered by the page: the token is none"


def held_by(web: Served) -> int:
    """Return how many connections the server has not closed, whether their clients know or not."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    ends = [line.split()[1:4] for line in lines]
    return sum(local.endswith(f":{web.port:04X}") and state == ESTABLISHED for local, _, state in ends)


def until_it_was_sent(connection: socket.socket) -> None:
    """Wait until the other side's kernel has it: what follows is a packet of its own."""

    def unacknowledged() -> int:
        state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        return int(struct.unpack_from("I", state, 24)[0])

    until(lambda: not unacknowledged())


def test_one_connection_asks_many_times(web: Served) -> None:
    with web.connect() as connection:
        for _ in range(5):
            connection.sendall(a_request("/healthz", last=False))
            until_it_was_sent(connection)
        connection.sendall(HEALTH)
        assert heard(connection).count(b"ok\n") == 6


def test_a_head_that_takes_too_long_is_told_so(hasty: Served) -> None:
    assert status(hasty.says(b"GET /healthz HTTP/1.1\r\nHost: ")) == 408


def test_a_body_that_takes_too_long_is_told_so_and_changes_nothing(hasty: Served) -> None:
    answer = hasty.says(a_request("/u/x", "Content-Length: 26", method="POST") + b"List-Unsub")
    assert status(answer) == 408
    assert answer.endswith(b"Nothing was changed: please try once more.\n")


def test_who_says_nothing_hears_nothing(hasty: Served) -> None:
    assert hasty.says(b"") == b""


def test_of_too_many_that_wait_the_slowest_give_way_and_nobody_who_was_quick(hasty: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(hasty.connect()) for _ in range(100)]
        quick = [stack.enter_context(hasty.connect()) for _ in range(100)]
        for connection in quick:
            connection.sendall(HEALTH)
        assert all(heard(connection).endswith(b"ok\n") for connection in quick)
        assert {heard_or_reset(connection) for connection in slow} == {b""}


def test_of_too_much_that_waits_the_largest_gives_way(hasty: Served) -> None:
    report = a_request("/webhooks/sendgrid", "Content-Length: 150000", method="POST") + b"x" * 140_000
    with hasty.connect() as first, hasty.connect() as second, hasty.connect() as small:
        small.sendall(b"GET /hea")
        first.sendall(report)
        second.sendall(report[:100_000])
        assert heard_or_reset(first) == b""
        small.sendall(b"lthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert heard(small).endswith(b"ok\n")


def heard_or_reset(connection: socket.socket) -> bytes:
    try:
        return heard(connection)
    except ConnectionResetError:
        return b""


def test_a_large_form_is_refused_before_it_is_sent(web: Served) -> None:
    asks = a_request("/preferences/x", f"Content-Length: {FORM + 1}", "Expect: 100-continue", method="POST")
    answer = web.says(asks)
    assert status(answer) == 413
    assert b"\r\nConnection: close\r\n" in answer
    assert b"Your browser sent far more" in answer


def test_a_form_of_unknown_length_is_refused(web: Served) -> None:
    asks = a_request("/preferences/x", "Transfer-Encoding: chunked", method="POST", last=False)
    assert status(web.says(asks)) == 400


def test_a_mail_program_may_say_its_wish_in_chunks(web: Served) -> None:
    asks = a_request(f"/u/{'A' * 44}", "Transfer-Encoding: chunked", method="POST", last=False)
    answer = web.says(asks + b"1a\r\nList-Unsubscribe=One-Click\r\n0\r\n\r\n")
    assert status(answer) == 404, "answered by the page: the token is none"


def test_a_client_that_waits_to_be_asked_is_asked(web: Served) -> None:
    body = b"List-Unsubscribe=One-Click"
    asks = a_request("/u/x", "Expect: 100-continue", f"Content-Length: {len(body)}", method="POST")
    with web.connect() as connection:
        connection.sendall(asks)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert status(heard(connection)) == 404


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (f"GET /u/{SECRET}\r\n\r\n".encode(), 400),
        (f"GET /u/{SECRET} HTTP/9.9\r\n\r\n".encode(), 400),
        (f"BREW /u/{SECRET} HTTP/1.1\r\nHost localhost\r\n\r\n".encode(), 400),
        (b"\r\n\r\n\r\n", 400),
        (a_request("/" + "a" * 5000), 414),
        (a_request("/", *(f"X-{n}: 1" for n in range(200))), 431),
        (a_request("/", "X: " + "a" * 40_000), 431),
        (a_request("/", "Content-Length: 5", "Content-Length: 5"), 400),
        (a_request("/", "Content-Length: 5", "Transfer-Encoding: chunked"), 400),
        (a_request("/", "Transfer-Encoding: gzip"), 400),
        (a_request("/", "Transfer-Encoding: cloaked"), 501),
        (a_request("/", "Expect: miracles"), 417),
        (a_request("/", "X: a\rb"), 400),
    ],
)
def test_what_is_no_http_is_refused_in_a_line_with_every_header_and_no_echo(
    web: Served, octets: bytes, code: int
) -> None:
    answer = web.says(octets)
    assert status(answer) == code
    for name, value in EVERYWHERE.items():
        assert f"\r\n{name}: {value}\r\n".encode() in answer
    assert b"\r\nCache-Control: no-store\r\n" in answer
    assert b"\r\nContent-Type: text/plain; charset=utf-8\r\n" in answer
    assert SECRET.encode() not in answer
    assert SECRET not in web.errors.read_text()


def test_no_header_renames_the_address(web: Served) -> None:
    for header in ("SCRIPT_NAME: /elsewhere", "PATH_INFO: /u/x"):
        assert status(web.says(a_request("/healthz", header))) == 200


def test_a_client_that_is_gone_leaves_no_line_in_the_log(web: Served) -> None:
    before = web.errors.read_text()
    for octets in (b"", b"GET / HT", HEALTH, a_request("/", last=False) * 3):
        for reset in (False, True):
            with web.connect() as connection:
                if reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.sendall(octets)
    assert web.says(HEALTH).endswith(b"ok\n")
    assert web.errors.read_text() == before


def test_a_server_that_is_told_to_stop_answers_what_has_arrived(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with served(environ, tmp_path) as running, running.connect() as half, running.connect():
        half.sendall(HEALTH[:-10])
        until_it_was_sent(half)
        running.process.terminate()
        half.sendall(HEALTH[-10:])
        assert heard(half).endswith(b"ok\n")
        assert running.process.wait() == 0
