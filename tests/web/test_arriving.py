import pytest

from mailer.web.arriving import BODY_SECONDS, FORM, HEAD, HEAD_SECONDS, REPORT, Arriving, Request, largest

HEADERS = b"Host: news.example\r\n"
GET = b"GET / HTTP/1.1\r\n" + HEADERS + b"\r\n"


def a_post(path: str, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in headers).encode()
    return b"POST " + path.encode() + b" HTTP/1.1\r\n" + HEADERS + lines + b"\r\n"


def whole(octets: bytes) -> Request:
    return Request(octets, cut=False)


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_a_request_is_whole_when_its_last_octet_is_there(step: int) -> None:
    sent = a_post("/u/x", "Content-Length: 26") + b"List-Unsubscribe=One-Click"
    arriving = Arriving(0)
    for start in range(0, len(sent), step):
        assert arriving.take(0) is None
        arriving.add(sent[start : start + step], 0)
    assert arriving.take(0) == whole(sent)
    assert not arriving.begun


def test_requests_that_came_together_are_taken_one_by_one() -> None:
    arriving = Arriving(0)
    post = a_post("/u/x", "content-length:3") + b"a=b"
    arriving.add(GET + post + GET[:5], 0)
    assert [arriving.take(0), arriving.take(0), arriving.take(0)] == [whole(GET), whole(post), None]
    arriving.add(GET[5:], 0)
    assert arriving.take(0) == whole(GET)


def test_a_head_has_ten_seconds_from_its_first_octet() -> None:
    arriving = Arriving(100)
    assert arriving.deadline == 100 + HEAD_SECONDS, "for the first octet"
    for second in range(103, 110):
        arriving.add(b"G", second)
        assert arriving.deadline == 103 + HEAD_SECONDS


def test_a_body_has_twenty_seconds_from_the_end_of_its_head_however_it_trickles() -> None:
    arriving = Arriving(0)
    arriving.add(a_post("/u/x", "Content-Length: 100"), 5)
    for second in range(6, 20):
        arriving.add(b"x", second)
        assert arriving.deadline == pytest.approx(5 + BODY_SECONDS, abs=0.01)


def test_what_a_machine_reports_has_time_for_its_size() -> None:
    arriving = Arriving(0)
    arriving.add(a_post("/webhooks/sendgrid", f"Content-Length: {REPORT}"), 0)
    assert arriving.deadline == pytest.approx(BODY_SECONDS + 52, abs=1)


def test_a_form_at_one_kilobyte_a_second_arrives_in_time() -> None:
    arriving = Arriving(0)
    arriving.add(a_post("/preferences/x", f"Content-Length: {FORM}"), 1)
    assert arriving.deadline > 1 + FORM / 1000


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/", FORM),
        ("/u/x", FORM),
        ("/webhooks/sendgrid", REPORT),
        ("/webhooks", FORM),
        ("/desk/editions/1", REPORT),
        ("/desk/sends/1/correct", REPORT),
        ("/desk/sends/1/cancel", FORM),
    ],
)
def test_a_body_that_is_too_large_is_not_waited_for(path: str, most: int) -> None:
    assert largest(path) == most
    for length, cut in ((most, False), (most + 1, True)):
        arriving = Arriving(0)
        head = a_post(path, f"Content-Length: {length}")
        arriving.add(head, 0)
        assert arriving.take(0) == (Request(head, cut=True) if cut else None)


def test_a_body_without_a_length_is_not_waited_for() -> None:
    arriving = Arriving(0)
    head = a_post("/u/x", "transfer-encoding: chunked")
    arriving.add(head, 0)
    assert arriving.take(0) == Request(head, cut=True)


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: ten",),
        ("Content-Length: -1",),
        ("Content-Length: +5",),
        ("Content-Length : 5",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("X-Content-Length: 5",),
    ],
)
def test_a_length_that_is_none_is_for_gunicorn_to_refuse(headers: tuple[str, ...]) -> None:
    arriving = Arriving(0)
    head = a_post("/u/x", *headers)
    arriving.add(head, 0)
    assert arriving.take(0) == whole(head)


def test_a_head_without_end_is_too_long() -> None:
    arriving = Arriving(0)
    arriving.add(b"GET / HTTP/1.1\r\nX: ", 0)
    arriving.add(b"a" * HEAD, 0)
    assert arriving.too_long
    assert arriving.take(0) is None


def test_a_large_body_behind_a_short_head_is_not_a_long_head() -> None:
    arriving = Arriving(0)
    sent = a_post("/webhooks/sendgrid", "Content-Length: 65000") + b"x" * 65000
    arriving.add(sent, 0)
    assert not arriving.too_long
    assert arriving.take(0) == whole(sent)


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked_once() -> None:
    arriving = Arriving(0)
    arriving.add(a_post("/u/x", "Expect: 100-continue", "Content-Length: 2"), 0)
    assert [arriving.wants_asking(), arriving.wants_asking()] == [True, False]


def test_nobody_is_asked_for_a_body_that_is_there_or_that_nobody_will_read() -> None:
    for head, body in (
        (a_post("/u/x", "Expect: 100-continue", "Content-Length: 2"), b"ab"),
        (a_post("/u/x", "Expect: 100-continue", f"Content-Length: {FORM + 1}"), b""),
        (a_post("/u/x", "Expect: 100-continue", "Transfer-Encoding: chunked"), b""),
    ):
        arriving = Arriving(0)
        arriving.add(head + body, 0)
        assert not arriving.wants_asking()
