"""The service on a bad day, over real connections: what is answered, and what the ledger holds by then."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mailer.sandbox import witness
from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.ledger import copies
from mailer.sandbox.misbehaving import ACCEPTING, FAULTY, Kind, Misbehaviour, Step
from mailer.sandbox.trouble import ELSEWHERE
from tests.sandbox.cast import Letter, Start
from tests.sandbox.raw import connect, exchange, request
from tests.waiting import until

KEY = {"Authorization": "Bearer SG.any", "Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(
    sandbox: Sandbox, method: str, path: str, value: object = None, headers: dict[str, str] = KEY
) -> tuple[int, Any, dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=20)
    connection.request(method, path, None if value is None else json.dumps(value).encode(), headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    said = json.loads(text) if response.getheader("Content-Type") == "application/json" else text
    return response.status, said, dict(response.getheaders())


def send(sandbox: Sandbox, body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
    return ask(sandbox, "POST", "/v3/mail/send", body)


def scripted(*kinds: Kind, **others: Any) -> Misbehaviour:  # noqa: ANN401 - fields of any type
    return Misbehaviour(script=tuple(map(Step, kinds)), **others)


def own(letter: Letter, attempt: str, *addresses: str) -> dict[str, Any]:
    return letter(*addresses, custom_args={"nl_attempt": attempt})


@pytest.fixture
def seen(tmp_path: Path) -> Callable[[], list[witness.Seen]]:
    return lambda: list(witness.requests(tmp_path / "sandbox"))


@pytest.fixture
def addresses(tmp_path: Path) -> Callable[[], list[str]]:
    return lambda: [copy.address for copy in copies(tmp_path / "sandbox")]


Seen = Callable[[], list[witness.Seen]]
Addresses = Callable[[], list[str]]


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in FAULTY
        if kind.value[0].isdigit() and kind not in {Kind.FOUND, Kind.TEMPORARY_REDIRECT, Kind.BAD_INDEX}
    ],
)
def test_each_status_is_answered_and_only_what_is_accepted_is_kept(
    start: Start, letter: Letter, seen: Seen, addresses: Addresses, kind: Kind
) -> None:
    sandbox = start(faults=scripted(kind))
    status, _, _ = send(sandbox, own(letter, "a1", "amina@example.org", "li@example.org"))
    taken = kind in ACCEPTING
    assert str(status) == kind.partition("-")[0]
    assert addresses() == ["amina@example.org", "li@example.org"] * taken
    [one] = seen()
    assert (one.ordinal, one.attempt, one.personalizations, one.conduct) == (1, "a1", 2, kind)
    assert (one.accepted, one.status) == (taken, status)
    assert {one.message_id} == ({copy.message_id for copy in copies_of(one, sandbox)} if taken else {None})


def copies_of(one: witness.Seen, sandbox: Sandbox) -> list[Any]:
    return [copy for copy in copies(sandbox._store.path) if copy.message_id == one.message_id]


def test_too_many_requests_say_when_to_come_again(start: Start, letter: Letter) -> None:
    sandbox = start(faults=scripted(Kind.TOO_MANY, wait=5))
    before = time.time()
    status, said, headers = send(sandbox, letter())
    assert status == 429
    assert said["errors"] == [{"message": "too many requests", "field": None, "help": None}]
    assert before + 5 < int(headers["X-RateLimit-Reset"]) < before + 10
    assert headers["X-RateLimit-Remaining"] == "0"


def test_a_400_names_one_personalization_or_none(start: Start, letter: Letter) -> None:
    sandbox = start(faults=scripted(Kind.BAD_INDEX, Kind.BAD_NULL))
    _, said, _ = send(sandbox, letter("a@example.org", "b@example.org"))
    [fault] = said["errors"]
    assert fault["field"] in {"personalizations.0.to", "personalizations.1.to"}
    _, said, _ = send(sandbox, letter("a@example.org", "b@example.org"))
    assert said == {"errors": [{"message": "Bad Request", "field": None, "help": None}]}


def test_a_bad_gateway_speaks_html(start: Start, letter: Letter) -> None:
    _, said, headers = send(start(faults=scripted(Kind.GATEWAY)), letter())
    assert headers["Content-Type"].startswith("text/html")
    assert said.startswith(b"<html>")


@pytest.mark.parametrize("twin", ["", "-accepted"])
@pytest.mark.parametrize("how", ["reset", "garbage", "empty", "silence"])
def test_what_cannot_be_read_as_an_answer_may_have_been_accepted(
    start: Start, letter: Letter, seen: Seen, addresses: Addresses, how: str, twin: str
) -> None:
    kind = Kind(how + twin)
    taken = kind in ACCEPTING
    sandbox = start(faults=scripted(kind))
    body = own(letter, "a1", "amina@example.org")
    if how == "reset":
        with pytest.raises(ConnectionResetError):
            exchange(sandbox, body)
    elif how == "silence":
        with pytest.raises(TimeoutError):
            exchange(sandbox, body, patience=0.5)
    else:
        assert exchange(sandbox, body)[:5] == {"garbage": b"\x15\x03\x03\x00\x02", "empty": b""}[how]
    assert addresses() == ["amina@example.org"] * taken
    [one] = seen()
    assert (one.attempt, one.conduct, one.accepted, one.status) == ("a1", kind, taken, None)


def test_an_accepted_request_is_in_the_ledger_before_its_silence_begins(
    start: Start, letter: Letter, addresses: Addresses
) -> None:
    sandbox = start(faults=scripted(Kind.SILENCE_TAKEN))
    with connect(sandbox) as connection:
        connection.sendall(request(sandbox, json.dumps(letter("amina@example.org")).encode()))
        until(lambda: addresses() == ["amina@example.org"])


def test_a_reset_in_the_body_takes_nothing_and_the_client_cannot_finish(
    start: Start, letter: Letter, seen: Seen, addresses: Addresses
) -> None:
    sandbox = start(faults=scripted(Kind.RESET_IN_BODY))
    body = json.dumps(letter("amina@example.org") | {"subject": "x" * 20_000_000}).encode()
    with connect(sandbox) as connection, pytest.raises(ConnectionError):
        connection.sendall(request(sandbox, body))
    assert addresses() == []
    assert [(one.conduct, one.accepted) for one in seen()] == [(Kind.RESET_IN_BODY, False)]


def test_a_slow_acceptance_comes_late_and_is_one(start: Start, letter: Letter, seen: Seen) -> None:
    sandbox = start(faults=scripted(Kind.SLOW, slow=0.3))
    began = time.monotonic()
    assert send(sandbox, letter())[0] == 202
    assert time.monotonic() - began >= 0.3
    assert [(one.accepted, one.status) for one in seen()] == [(True, 202)]


@pytest.mark.parametrize("kind", [Kind.FOUND, Kind.TEMPORARY_REDIRECT])
def test_whoever_follows_a_redirect_is_counted_and_loses_the_letters(
    start: Start, letter: Letter, addresses: Addresses, tmp_path: Path, kind: Kind
) -> None:
    sandbox = start(faults=scripted(kind))
    status, _, headers = send(sandbox, letter())
    assert (str(status), urlsplit(headers["Location"]).path) == (kind, ELSEWHERE)
    assert witness.strays(tmp_path / "sandbox") == 0
    assert ask(sandbox, "POST", ELSEWHERE, letter())[0] == 202
    assert witness.strays(tmp_path / "sandbox") == 1
    assert addresses() == []
    assert ask(sandbox, "GET", "/sandbox/requests.json")[1]["strays"] == 1


def test_a_poisoned_address_is_refused_until_it_is_left_out(
    start: Start, letter: Letter, seen: Seen, addresses: Addresses
) -> None:
    sandbox = start()
    status, said, _ = send(sandbox, letter("a@example.org", "poison-1@example.org", "b@example.org"))
    assert (status, [fault["field"] for fault in said["errors"]]) == (400, ["personalizations.1.to"])
    status, said, _ = send(sandbox, letter("poison-1@example.org", "poison0-2@example.org"))
    assert (status, [fault["field"] for fault in said["errors"]]) == (400, [None])
    assert send(sandbox, letter("a@example.org", "b@example.org"))[0] == 202
    assert addresses() == ["a@example.org", "b@example.org"]
    assert [one.conduct for one in seen()] == ["poisoned", "poisoned", Kind.WELL]


def test_a_body_that_is_unsound_is_refused_as_on_any_day(start: Start, letter: Letter, seen: Seen) -> None:
    sandbox = start(faults=scripted(Kind.ERROR_TAKEN))
    assert send(sandbox, own(letter, "a1", "nobody"))[0] == 400
    assert [(one.conduct, one.attempt, one.accepted, one.status) for one in seen()] == [
        (Kind.WELL, "a1", False, 400)
    ]


@pytest.mark.parametrize(
    "body", [[], 7, {"personalizations": 7}, {"personalizations": [7]}, {"custom_args": []}]
)
def test_whatever_is_sent_the_witness_has_it(start: Start, seen: Seen, body: object) -> None:
    sandbox = start(faults=scripted(Kind.WELL, Kind.BAD_INDEX))
    for _ in range(2):
        assert ask(sandbox, "POST", "/v3/mail/send", body)[0] == 400
    assert [(one.attempt, one.accepted, one.status) for one in seen()] == [("", False, 400)] * 2


def test_faults_are_ordered_shown_and_ended_while_it_runs(start: Start, letter: Letter) -> None:
    sandbox = start()
    assert send(sandbox, letter())[0] == 202
    ordered = {"script": ["503", "500-accepted+mute"], "rate": 1, "kinds": ["413"], "seed": "7"}
    status, said, _ = ask(sandbox, "POST", "/sandbox/faults", ordered)
    assert (status, said["script"], said["rate"]) == (200, ["503", "500-accepted+mute"], 1.0)
    assert [send(sandbox, letter())[0] for _ in range(4)] == [503, 500, 413, 413]
    assert ask(sandbox, "GET", "/sandbox/faults")[1] == said
    assert ask(sandbox, "DELETE", "/sandbox/faults")[0] == 200
    assert send(sandbox, letter())[0] == 202


def test_orders_that_are_wrong_change_nothing_and_no_form_can_give_any(start: Start, letter: Letter) -> None:
    sandbox = start()
    status, said, _ = ask(sandbox, "POST", "/sandbox/faults", {"rate": 7})
    assert (status, said) == (400, {"error": "rate: write a share from 0 to 1, not 7"})
    assert ask(sandbox, "POST", "/sandbox/faults", {"rate": 1}, FORM)[0] == 415
    assert send(sandbox, letter())[0] == 202


def test_only_this_machine_gives_orders(start: Start) -> None:
    sandbox = start()
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/sandbox/faults",
        "REMOTE_ADDR": "192.0.2.7",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    answered: list[str] = []
    list(sandbox._under_way(environ, lambda status, _headers, _info=None: answered.append(status)))  # type: ignore[arg-type]  # a start_response that writes nothing
    assert answered == ["403 FORBIDDEN"]


def test_the_witness_is_read_page_by_page(
    start: Start, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.sandbox.ledger.PAGE", 2)
    sandbox = start(faults=scripted(Kind.ERROR, Kind.ERROR_TAKEN))
    for attempt in ("a1", "a2", "a3"):
        send(sandbox, own(letter, attempt))
    first = ask(sandbox, "GET", "/sandbox/requests.json")[1]
    second = ask(sandbox, "GET", f"/sandbox/requests.json?after={first['next']}")[1]
    assert [one["attempt"] for one in first["requests"] + second["requests"]] == ["a1", "a2", "a3"]
    assert [one["accepted"] for one in first["requests"]] == [False, True]
    assert second["next"] is None


def test_the_witness_goes_on_counting_after_a_new_start(start: Start, letter: Letter, seen: Seen) -> None:
    first = start()
    send(first, letter())
    first.stop()
    send(start(), letter())
    assert [one.ordinal for one in seen()] == [1, 2]


def test_many_at_once_are_all_seen_and_each_has_its_own_number(
    start: Start, letter: Letter, seen: Seen, addresses: Addresses
) -> None:
    sandbox = start(faults=Misbehaviour("7", 0.5, (Kind.ERROR, Kind.ERROR_TAKEN, Kind.RESET_TAKEN)))

    def work(number: int) -> None:
        for turn in range(5):
            try:
                exchange(sandbox, own(letter, f"{number}-{turn}", f"reader{number}x{turn}@example.org"))
            except ConnectionResetError:
                continue

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = seen()
    assert [one.ordinal for one in found] == list(range(1, 31))
    assert len({one.attempt for one in found}) == 30
    assert len(addresses()) == sum(one.accepted for one in found)


def test_it_stops_at_once_though_a_client_waits_in_silence(start: Start, letter: Letter) -> None:
    sandbox = start(faults=scripted(Kind.SILENCE_TAKEN))
    with connect(sandbox) as connection:
        connection.sendall(request(sandbox, json.dumps(letter()).encode()))
        until(lambda: list(witness.requests(sandbox._store.path)))
        began = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - began < 5
        assert connection.recv(1) == b""


# A client that is killed while it sends; it says when it has sent a part.
CLIENT = """
import signal, socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(
    b"POST /v3/mail/send HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer SG.any\\r\\n"
    b"Content-Type: application/json\\r\\nContent-Length: 700000\\r\\n\\r\\n" + b" " * int(sys.argv[3])
)
print("sent", flush=True)
signal.pause()
"""


@pytest.mark.parametrize("part", [0, 400_000])
def test_a_client_killed_in_mid_body_leaves_nothing_but_a_line_of_the_witness(
    start: Start,
    letter: Letter,
    seen: Seen,
    addresses: Addresses,
    capfd: pytest.CaptureFixture[str],
    part: int,
) -> None:
    sandbox = start()
    where = urlsplit(sandbox.url)
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(where.hostname), str(where.port), str(part)],
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        assert client.stdout
        assert client.stdout.readline() == "sent\n"
        os.kill(client.pid, signal.SIGKILL)
    until(seen)
    assert [(one.conduct, one.accepted, one.status) for one in seen()] == [("client-gone", False, None)]
    assert addresses() == []
    assert send(sandbox, letter())[0] == 202
    assert capfd.readouterr().err == ""


def test_no_fault_leaves_a_traceback(start: Start, letter: Letter, capfd: pytest.CaptureFixture[str]) -> None:
    sandbox = start(faults=scripted(*FAULTY, silence=0.05, slow=0.05))
    for _ in FAULTY:
        try:
            exchange(sandbox, letter())
        except ConnectionResetError:
            continue
    # And clients that are gone before a slow answer comes.
    ask(sandbox, "POST", "/sandbox/faults", {"script": ["slow"], "slow": 0.2})
    with connect(sandbox) as connection:
        connection.sendall(request(sandbox, json.dumps(letter()).encode()))
        until(lambda: len(list(witness.requests(sandbox._store.path))) > len(FAULTY))
    sandbox.stop()
    assert capfd.readouterr().err == ""


def test_it_works_in_a_forked_process_as_well(tmp_path: Path, letter: Letter) -> None:
    program = (
        "import signal, sys; from pathlib import Path; from mailer.sandbox.application import Sandbox;"
        "from mailer.sandbox.deliverer import Manner; import os\n"
        "reading, writing = os.pipe()\n"
        "if child := os.fork():\n"
        "    print(os.read(reading, 100).decode(), child, flush=True); os.waitpid(child, 0)\n"
        "else:\n"
        "    made = Sandbox(Path(sys.argv[1]), host='127.0.0.1', port=0, webhook_url=None, manner=Manner())\n"
        "    with made:\n"
        "        os.write(writing, made.url.encode()); signal.pause()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as parent:
        assert parent.stdout
        url, child = parent.stdout.readline().split()
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        connection.request("POST", "/v3/mail/send", json.dumps(letter()).encode(), KEY)
        assert connection.getresponse().status == 202
        connection.close()
        os.kill(int(child), signal.SIGKILL)
        assert parent.communicate(timeout=20)[1] == ""
    assert [copy.address for copy in copies(tmp_path)] == ["amina@example.org"]


def test_a_manner_and_faults_are_all_it_takes(tmp_path: Path) -> None:
    with Sandbox(tmp_path, host="127.0.0.1", port=0, webhook_url=None, manner=Manner()) as sandbox:
        assert sandbox.alive
