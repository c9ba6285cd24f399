"""SendGrid's own suppression lists, read to their end, or not believed."""

import datetime as dt
import http.server
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.misbehaving import Logs, Misbehaviour
from mailer.sandbox.suppressions import SEND_ONLY_KEY
from mailer.transports.sendgrid_suppressions import (
    LONGEST_PAUSE,
    PAGE,
    PAUSES,
    Entry,
    Page,
    SuppressionListError,
    SuppressionLists,
)
from tests.provider import Provider, Reply, provider, says, wire

SINCE = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC)
CREATED = int(SINCE.timestamp()) + 7


def item(number: int = 0, **said: object) -> dict[str, object]:
    return {"created": CREATED, "email": f"reader{number}@x.example", **said}


def book(items: Sequence[object]) -> Reply:
    """Answer with a page of `items`, as limit and offset ask."""

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(handler.path).query))
        start = int(asked["offset"])
        says(200, json.dumps(items[start : start + int(asked["limit"])]).encode())(handler)

    return reply


class Patience(list[float]):
    """Keeps how long somebody would have waited."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def lists(url: str, pause: Callable[[float], object] = Patience(), key: str = "SG.key") -> SuppressionLists:  # noqa: B008 - waits for nobody
    return SuppressionLists(key, url, 5, pause=pause)


def read(
    sendgrid: Provider, name: str = "bounces", pause: Callable[[float], object] | None = None
) -> list[Page]:
    asked = lists(sendgrid.url, Patience() if pause is None else pause)
    return list(asked.pages(name, since=SINCE, until=UNTIL))


def failure(sendgrid: Provider) -> str:
    with pytest.raises(SuppressionListError) as failed:
        read(sendgrid)
    assert "\n" not in str(failed.value)
    return str(failed.value)


def test_a_list_is_read_with_the_key_page_by_page_up_to_one_moment() -> None:
    with provider(book([item(n) for n in range(2 * PAGE + 3)])) as sendgrid:
        pages = read(sendgrid)
    assert [len(page.entries) for page in pages] == [PAGE, PAGE, 3]
    assert [entry.address for page in pages for entry in page.entries] == [
        f"reader{n}@x.example" for n in range(2 * PAGE + 3)
    ]
    fixed = f"&start_time={int(SINCE.timestamp())}"
    assert [path for path, _, _ in sendgrid.asked] == [
        f"/v3/suppression/bounces?end_time={int(UNTIL.timestamp())}&limit={PAGE}&offset={offset}{fixed}"
        for offset in (0, PAGE, 2 * PAGE)
    ]
    headers = sendgrid.asked[0][1]
    assert (headers["Authorization"], headers["Accept"]) == ("Bearer SG.key", "application/json")


def test_an_empty_list_is_no_page_and_a_full_last_page_is_the_last() -> None:
    with provider(book([])) as sendgrid:
        assert read(sendgrid) == []
    with provider(book([item(n) for n in range(PAGE)])) as sendgrid:
        assert [len(page.entries) for page in read(sendgrid)] == [PAGE]


def test_from_the_beginning_names_no_beginning() -> None:
    with provider(book([])) as sendgrid:
        assert list(lists(sendgrid.url).pages("unsubscribes", since=None, until=UNTIL)) == []
    assert "start_time" not in sendgrid.asked[0][0]


def test_an_entry_says_whom_since_when_and_why_without_any_address() -> None:
    reason = "550 5.1.1 <Nina.P@x.example>: Nina.P unknown\r\nat mx.x.example; ask post@y.example"
    said = item(email="nina.p@x.example", reason=reason, status="5.1.1")
    bare = item(email="omar@y.example", status="5.1.2")
    report = item(email="pia@y.example", ip="192.0.2.1")
    with provider(book([said, bare, report])) as sendgrid:
        [page] = read(sendgrid)
    at = dt.datetime.fromtimestamp(CREATED, dt.UTC)
    assert page.entries == (
        Entry("nina.p@x.example", at, "550 5.1.1 <…>: … unknown at mx.…; ask …"),
        Entry("omar@y.example", at, "5.1.2"),
        Entry("pia@y.example", at, ""),
    )


def test_news_from_the_future_is_of_now() -> None:
    with provider(book([item(created=int(UNTIL.timestamp()) + 9_999)])) as sendgrid:
        [page] = read(sendgrid)
    assert page.entries[0].at == UNTIL


def test_items_that_tell_nobody_are_counted_and_passed_over() -> None:
    odd = [
        7,
        None,
        {},
        {"email": "a@x.example"},
        {"created": CREATED},
        item(created="x"),
        item(created=10**17),
    ]
    with provider(book([*odd, item(1)])) as sendgrid:
        [page] = read(sendgrid)
    assert (len(page.entries), page.unreadable) == (1, len(odd))


def test_half_a_surrogate_pair_in_a_reason_hides_nobody() -> None:
    body = b'[{"created":%d,"email":"a@x.example","reason":"full \\ud83d"}]' % CREATED
    with provider(says(200, body)) as sendgrid:
        assert [entry.words for entry in read(sendgrid)[0].entries] == ["full ?"]


@pytest.mark.parametrize("body", [b"", b"<html>a@x.example", b"{}", b'"a@x.example"', b"[" * 99_999, b"\xff"])
def test_what_is_no_list_is_one_clear_line(body: bytes) -> None:
    with provider(says(200, body)) as sendgrid:
        line = failure(sendgrid)
    assert "gave something for bounces that cannot be read; check SENDGRID_API_URL" in line
    assert "a@x.example" not in line


def test_a_page_of_items_that_tell_nobody_is_not_taken_for_an_answer() -> None:
    with provider(says(200, b'[{"mail":"a@x.example"}]')) as sendgrid:
        assert "1 items for bounces of which none tells an address and a time" in failure(sendgrid)


def test_the_same_page_for_ever_is_not_read_for_ever() -> None:
    same = json.dumps([item(n) for n in range(PAGE)]).encode()
    with provider(says(200, same)) as sendgrid:
        assert "the same page of bounces again and again" in failure(sendgrid)
    assert len(sendgrid.asked) == 2


def test_a_key_without_the_scope_is_told_which() -> None:
    with provider(says(403, b'{"errors":[{"field":null,"message":"access forbidden"}]}')) as sendgrid:
        line = failure(sendgrid)
    assert line == (
        "SendGrid does not let this key read suppressions (403 access forbidden): give the key of"
        " SENDGRID_API_KEY the scope suppression.read (Suppressions: read)"
    )
    assert len(sendgrid.asked) == 1


def test_a_key_that_nobody_knows_is_said_so() -> None:
    with provider(says(401, b'{"errors":[{"field":null,"message":"authorization required"}]}')) as sendgrid:
        assert failure(sendgrid).startswith("SendGrid does not know this key (401 authorization required)")


@pytest.mark.parametrize("status", [302, 400, 404, 418])
def test_any_other_answer_ends_it_and_is_not_followed(status: int) -> None:
    with provider(says(status, b"no, a@x.example", Location="http://127.0.0.1:9/")) as sendgrid:
        line = failure(sendgrid)
    assert f"answered '{status} no, …'" in line
    assert len(sendgrid.asked) == 1


def in_turn(*replies: Reply) -> Reply:
    """Answer with each of `replies` once."""
    answers = iter(replies)

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        next(answers)(handler)

    return reply


def test_a_rate_limit_is_waited_for_as_long_as_it_asks() -> None:
    pause = Patience()
    busy = says(429, b"{}", X_RateLimit_Reset=str(int(time.time()) + 60))
    with provider(in_turn(busy, says(429), book([item()]))) as sendgrid:
        assert len(read(sendgrid, pause=pause)) == 1
    assert 59 <= pause[0] <= 61
    assert pause[1:] == [PAUSES[1]]


def test_a_rate_limit_that_asks_for_too_much_is_said_so() -> None:
    with provider(says(429, X_RateLimit_Reset=str(int(time.time() + LONGEST_PAUSE + 99)))) as sendgrid:
        assert failure(sendgrid) == "SendGrid did not give the list (429); try again later"


def test_trouble_that_passes_is_waited_for_and_trouble_that_does_not_ends_it() -> None:
    pause = Patience()
    with provider(in_turn(says(503), says(500), book([item()]))) as sendgrid:
        assert len(read(sendgrid, pause=pause)) == 1
    assert pause == list(PAUSES[:2])
    with provider(says(502, b"<html>")) as sendgrid:
        assert failure(sendgrid) == "SendGrid did not give the list (502 <html>); try again later"
    assert len(sendgrid.asked) == 1 + len(PAUSES)


def test_each_page_has_the_same_patience() -> None:
    many = book([item(n) for n in range(2 * PAGE)])
    with provider(
        in_turn(says(500), says(500), says(500), many, says(500), says(500), many, many)
    ) as sendgrid:
        assert len(read(sendgrid)) == 2


def test_nobody_there_is_said_at_once() -> None:
    pause = Patience()
    with pytest.raises(SuppressionListError, match=r"SendGrid at http://127\.0\.0\.1:9 does not answer"):
        list(lists("http://127.0.0.1:9", pause).pages("bounces", since=None, until=UNTIL))
    assert pause == []


def test_a_connection_that_breaks_is_tried_again() -> None:
    pause = Patience()
    with wire(lambda connection: connection.recv(1)) as url, pytest.raises(SuppressionListError):
        list(lists(url, pause).pages("bounces", since=None, until=UNTIL))
    assert pause == list(PAUSES)


def test_silence_ends_in_time() -> None:
    silence = threading.Event()
    with provider(lambda _: silence.wait(20)) as sendgrid:
        asked = SuppressionLists("SG.key", sendgrid.url, 0.2, pause=Patience())
        with pytest.raises(SuppressionListError, match="does not answer"):
            list(asked.pages("bounces", since=None, until=UNTIL))
        silence.set()
    assert len(sendgrid.asked) == 1 + len(PAUSES)


def test_the_sandbox_answers_as_the_service_does(tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    bad_day = Misbehaviour(logs=Logs(rate=1), wait=0)
    with Sandbox(tmp_path, host="127.0.0.1", port=0, webhook_url=None, manner=Manner()) as sandbox:
        assert list(lists(sandbox.url).pages("bounces", since=None, until=now)) == []
        for key, words in (
            ("SG.revoked", "does not know this key"),
            (SEND_ONLY_KEY, "scope suppression.read"),
        ):
            with pytest.raises(SuppressionListError, match=words):
                list(lists(sandbox.url, key=key).pages("bounces", since=None, until=now))
        sandbox.turns.change(bad_day)
        pause = Patience()
        with pytest.raises(SuppressionListError, match="429 too many requests"):
            list(lists(sandbox.url, pause).pages("bounces", since=None, until=now))
        assert all(0 < seconds < 4 for seconds in pause)
