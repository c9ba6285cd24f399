"""Letters by SMTP to a mail server that says what a test tells it: who got one, who did not, who may have."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.transports.answers import NotAccepted, Partly, Refused
from mailer.transports.relay import parse
from mailer.transports.request import Envelope
from mailer.transports.smtp import Smtp
from tests.relay import HANG_UP, KEEP, SILENCE, relay
from tests.transports.cast import BOTH, ENVELOPE, READERS, Diary, partly, reader, smtp, submit
from tests.waiting import until


@BOTH
def test_everyone_gets_one_letter_from_an_address_of_their_own(offers: tuple[str, ...]) -> None:
    diary = Diary()
    with relay(offers=offers) as server:
        answer = partly(submit(smtp(server), diary))
    assert answer == Partly(accepted=(11, 12, 13, 14), status=250, message_id="Q4")
    assert [(taken.sender, taken.recipients) for taken in server.taken] == [
        (f"bounces+b{n}@b.news.example", [f"reader{n}@x.example"]) for n in (11, 12, 13, 14)
    ]
    assert all(
        f"/u/{n}".encode() in taken.content for n, taken in zip(range(11, 15), server.taken, strict=True)
    )
    assert diary.lines == [line for n in (11, 12, 13, 14) for line in (f"begin {n}", f"end {n} accepted")]


def test_commands_are_grouped_only_where_the_relay_offers_it() -> None:
    for offers, ahead in ((("PIPELINING",), True), (("8BITMIME",), False)):
        with relay(offers=offers) as server:
            submit(smtp(server))
        assert bool(server.ahead) is ahead


def test_without_a_bounce_address_the_sender_gets_the_bounces() -> None:
    with relay() as server:
        submit(smtp(server), readers=[reader(1, bounce_token="")])
    assert server.taken[0].sender == "editor@news.example"


def test_the_connection_is_kept_for_the_next_batch() -> None:
    with relay() as server:
        transport = smtp(server)
        for _ in range(3):
            assert partly(submit(transport)).accepted == (11, 12, 13, 14)
    assert server.connections == 1


def test_a_connection_takes_only_so_many_letters() -> None:
    with relay() as server:
        transport = Smtp(parse(server.url), 5, most_on_a_connection=3)
        assert partly(submit(transport)).accepted == (11, 12, 13, 14)
        assert partly(submit(transport)).accepted == (11, 12, 13, 14)
    assert server.connections == 3
    assert len(server.taken) == 8


def test_a_kept_connection_that_was_closed_is_opened_anew() -> None:
    with relay({"MAIL 5": "421 4.4.2 idle for too long"}) as server:
        transport = smtp(server)
        submit(transport)
        assert partly(submit(transport)).accepted == (11, 12, 13, 14)
    assert server.connections == 2


def test_a_relay_that_came_back_is_used_again() -> None:
    with relay() as server:
        transport, port = smtp(server), server.port
        submit(transport, readers=READERS[:1])
        transport.close()
        until(lambda: server.closed)
    with relay(port=port) as again:
        assert partly(submit(transport)).accepted == (11, 12, 13, 14)
    assert again.connections == 1


@BOTH
@pytest.mark.parametrize("moment", ["RCPT 2", "dot 2"])
def test_a_reader_who_is_refused_for_good_is_rejected_and_the_others_get_theirs(
    offers: tuple[str, ...], moment: str
) -> None:
    with relay({moment: "550 5.1.1 <reader12@x.example>: no such mailbox"}, offers=offers) as server:
        answer = partly(submit(smtp(server)))
    assert answer.accepted == (11, 13, 14)
    assert answer.rejected == {12: "550 5.1.1 <…>: no such mailbox"}
    assert [taken.recipients for taken in server.taken] == [[f"reader{n}@x.example"] for n in (11, 13, 14)]


@BOTH
@pytest.mark.parametrize("moment", ["RCPT 2", "dot 2", "DATA 2"])
def test_a_reader_who_must_wait_waits_and_the_others_get_theirs(offers: tuple[str, ...], moment: str) -> None:
    with relay({moment: "450 4.2.1 greylisted"}, offers=offers) as server:
        answer = partly(submit(smtp(server)))
    assert (answer.accepted, answer.deferred) == ((11, 13, 14), {12: "450 4.2.1 greylisted"})


def test_a_relay_that_takes_content_without_a_recipient_gets_an_empty_one() -> None:
    """RFC 2920 §3.1: it said 354 to a DATA whose only RCPT it had refused."""
    with relay({"RCPT 2": "550 5.1.1 no", "DATA 2": "354 go on"}) as server:
        assert partly(submit(smtp(server))).accepted == (11, 13, 14)
    assert len(server.taken) == 3


@BOTH
def test_a_connection_lost_after_the_content_leaves_one_reader_in_doubt(offers: tuple[str, ...]) -> None:
    diary = Diary()
    with relay({"dot 2": HANG_UP}, offers=offers) as server:
        answer = partly(submit(smtp(server), diary))
    assert (answer.accepted, answer.unknown) == ((11,), (12,))
    assert (answer.rejected, answer.deferred, answer.pause) == ({}, {}, "")
    assert answer.detail.startswith("connection lost: ")
    assert diary.lines == ["begin 11", "end 11 accepted", "begin 12", "end 12 unknown"]


@BOTH
def test_a_connection_lost_within_the_content_leaves_one_reader_in_doubt(offers: tuple[str, ...]) -> None:
    with relay({"content 2": HANG_UP}, offers=offers) as server:
        answer = partly(submit(smtp(server)))
    assert (answer.accepted, answer.unknown) == ((11,), (12,))


def test_a_relay_that_falls_silent_after_the_content_leaves_one_reader_in_doubt() -> None:
    with relay({"dot 3": SILENCE}) as server:
        answer = partly(submit(smtp(server, timeout=0.3)))
    assert (answer.accepted, answer.unknown) == ((11, 12), (13,))
    assert answer.detail == "connection lost: no reply in time"


def test_what_is_no_reply_leaves_one_reader_in_doubt() -> None:
    with relay({"dot 1": "HTTP/1.1 200 OK"}) as server:
        answer = partly(submit(smtp(server)))
    assert (answer.accepted, answer.unknown) == ((), (11,))


@BOTH
@pytest.mark.parametrize("moment", ["MAIL 2", "RCPT 2", "DATA 2"])
@pytest.mark.parametrize("said", [HANG_UP, "421 4.3.2 shutting down"])
def test_a_connection_lost_before_the_content_leaves_nobody_in_doubt(
    offers: tuple[str, ...], moment: str, said: str
) -> None:
    diary = Diary()
    with relay({moment: said}, offers=offers) as server:
        answer = partly(submit(smtp(server), diary))
    assert (answer.accepted, answer.unknown, answer.rejected, answer.deferred) == ((11,), (), {}, {})
    assert answer.wait is None
    assert not [line for line in diary.lines if "12" in line]


def test_a_farewell_in_answer_to_the_content_defers_that_reader() -> None:
    with relay({"dot 2": "421 4.3.2 shutting down"}) as server:
        answer = partly(submit(smtp(server)))
    assert (answer.accepted, answer.unknown) == ((11,), ())
    assert answer.deferred == {12: "421 4.3.2 shutting down"}


@BOTH
def test_a_letter_that_may_not_leave_any_more_does_not(offers: tuple[str, ...]) -> None:
    """The lease went to somebody else while the relay was already waiting for the content."""
    with relay(offers=offers) as server:
        transport = smtp(server)
        answer = partly(submit(transport, Diary(until_before=13)))
        until(lambda: server.closed)
        assert (answer.accepted, answer.unknown) == ((11, 12), ())
        assert len(server.taken) == 2
        assert partly(submit(transport, readers=READERS[2:])).accepted == (13, 14)
    assert [taken.recipients for taken in server.taken][2:] == [
        ["reader13@x.example"],
        ["reader14@x.example"],
    ]


def test_a_sender_the_relay_does_not_want_now_is_offered_again_later() -> None:
    with relay({"MAIL": "451 4.3.0 busy"}) as server:
        answer = submit(smtp(server))
    assert isinstance(answer, NotAccepted)
    assert (answer.status, answer.detail) == (451, "451 4.3.0 busy")


def test_a_sender_the_relay_does_not_want_at_all_pauses_the_send() -> None:
    with relay({"MAIL": "553 5.7.1 <editor@news.example>: not yours"}) as server:
        answer = submit(smtp(server))
    assert isinstance(answer, Refused)
    assert answer.detail == "553 5.7.1 <…>: not yours"
    with relay({"MAIL 3": "553 5.7.1 not yours"}) as server:
        told = partly(submit(smtp(server)))
    assert (told.accepted, told.pause) == ((11, 12), "553 5.7.1 not yours")


@BOTH
@pytest.mark.parametrize(("moment", "alike"), [("RCPT", 0), ("dot", 0), ("RCPT", 2)])
def test_a_relay_that_refuses_us_does_not_cost_us_the_list(
    offers: tuple[str, ...], moment: str, alike: int
) -> None:
    """The same words three times are about a setting of ours, not about three readers."""
    says = {f"{moment} {n}": "554 5.7.1 relay access denied" for n in range(alike + 1, 6)}
    with relay(says, offers=offers) as server:
        answer = submit(smtp(server), readers=[*READERS, reader(15)])
    words = "the relay refused 3 letters in the same words: 554 5.7.1 relay access denied"
    if alike:
        assert partly(answer).pause == words
        assert (partly(answer).accepted, partly(answer).rejected) == ((11, 12), {})
    else:
        assert isinstance(answer, Refused)
        assert answer.detail == words


def test_three_dead_mailboxes_in_a_row_are_three_dead_mailboxes() -> None:
    with relay({"RCPT": "550 5.1.1 no such mailbox"}) as server:
        answer = partly(submit(smtp(server)))
    assert list(answer.rejected) == [11, 12, 13, 14]


@pytest.mark.parametrize(
    "address", ["a@b.example>\r\nDATA", "a b@x.example", "a@b@c.example", "é@x.example", ""]
)
def test_an_address_that_is_none_never_reaches_the_relay(address: str) -> None:
    with relay() as server:
        answer = partly(submit(smtp(server), readers=[reader(1, address=address), reader(2)]))
    assert answer.rejected == {1: "the address cannot be written in SMTP"}
    assert answer.accepted == (2,)
    assert sum(command.startswith("RCPT") for command in server.commands) == 1


def test_a_list_whose_sender_is_no_address_is_for_a_person() -> None:
    envelope = Envelope(**{**vars(ENVELOPE), "sender_address": "editor"})
    transport = Smtp(parse("smtp://127.0.0.1:1?tls=none"), 1)
    answer = transport.submit(transport.pack(envelope, READERS), Diary())
    assert isinstance(answer, Refused)
    assert answer.detail == "the list's sender is no address that SMTP takes: change it on the list"


class _Breaks(Diary):
    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = when

    def begin(self, delivery: int) -> bool:
        if self.when == f"begin {delivery}":
            raise OSError("the journal cannot be written")
        return super().begin(delivery)


@pytest.mark.parametrize("when", ["begin 12"])
def test_a_journal_that_cannot_be_written_stops_before_the_letter(when: str) -> None:
    with relay() as server:
        answer = partly(submit(smtp(server), _Breaks(when)))
    assert (answer.accepted, answer.unknown) == ((11,), ())
    assert answer.detail == "unforeseen: OSError"


WORDS = [
    HANG_UP,
    KEEP,
    "421 4.3.2 closing",
    "450 4.2.1 later",
    "550 5.1.1 nobody",
    "554 5.7.1 no",
    "354 odd",
    "250 fine",
    "hello",
]
MOMENTS = [f"{moment} {n}" for moment in ("MAIL", "RCPT", "DATA", "dot", "RSET") for n in (1, 2, 3, 4)]


# Losses that matter most, beside whatever else is said.
LOSSES = [{}, {"dot 1": KEEP}, {"dot 2": HANG_UP}, {"dot 3": KEEP}, {"dot 4": "hello"}]


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(MOMENTS), st.sampled_from(WORDS), max_size=3),
    st.sampled_from(LOSSES),
    st.sampled_from([("PIPELINING",), ("8BITMIME",)]),
    st.sampled_from([0, 0, 12, 14]),
)
def test_whatever_a_relay_says_the_answer_is_true(
    says: dict[str, str], loss: dict[str, str], offers: tuple[str, ...], stop: int
) -> None:
    """Accepted readers have their letter once, those in doubt are one at most, and nobody else has any."""
    # Only a letter can be kept.
    said = {moment: words for moment, words in says.items() if words != KEEP or moment.startswith("dot")}
    diary = Diary(until_before=stop)
    with relay(said | loss, offers=offers) as server:
        answer = submit(smtp(server), diary)
    has = [int(recipient[6:8]) for taken in server.taken for recipient in taken.recipients]
    told = answer if isinstance(answer, Partly) else Partly()
    named = [*told.accepted, *told.unknown, *told.rejected, *told.deferred]
    assert len(named) == len(set(named))
    assert len(has) == len(set(has))
    assert set(told.accepted) <= set(has) <= {*told.accepted, *told.unknown}
    assert len(told.unknown) <= 1
    begun = [line for line in diary.lines if line.startswith("begin")]
    ended = [line for line in diary.lines if line.startswith("end")]
    assert len(begun) - len(ended) in {0, 1}
    assert [line.split()[2] for line in ended].count("unknown") == len(told.unknown)
    assert f"begin {stop}" not in begun


def test_two_parcels_to_different_readers_have_different_hashes() -> None:
    transport = Smtp(parse("smtp://127.0.0.1:1?tls=none"), 1)
    hashes = {transport.pack(ENVELOPE, some).hash for some in (READERS, READERS[:2], READERS[::-1])}
    assert len(hashes) == 3
    assert all(len(found) == 64 for found in hashes)
