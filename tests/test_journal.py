"""What a process was about to send, and what it heard: believed once it is dead, and only then."""

import errno
import os
import resource
import signal
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from mailer import journal
from mailer.journal import Entry, Journal, of_the_dead, read
from mailer.transports.answers import Accepted, AddressRefused, Answer, NotAccepted, Partly, Refused, Unknown
from tests.faults.processes import fork

A, B = uuid.UUID(int=10), uuid.UUID(int=11)
ANSWERS: list[Answer] = [
    Accepted(202, "m1", "queued"),
    NotAccepted("429 slow down", 429, wait=7.5),
    Refused("401 no", 401),
    AddressRefused("400 bad address", 400, delivery=7),
    Unknown("503", 503),
    Partly((1, 2), (3,), {4: "550 no"}, {5: "450 later"}, 250, "said", "m2", 3.0, "535 no"),
]


def in_a_child(work: Callable[[], object]) -> int:
    """Do `work` in a process that dies of SIGKILL after it; return its exit status, negative for a signal."""

    def work_and_die() -> None:
        work()
        os.kill(os.getpid(), signal.SIGKILL)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child takes no lock that a thread may hold
        child = fork(work_and_die, "journal")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def the_dead(folder: Path) -> list[Entry]:
    with of_the_dead(folder) as journals:
        return [entry for entries in journals for entry in entries]


def told(answer: Answer | None) -> object:
    """Return all that an answer says; errors are not equal to each other by themselves."""
    return (type(answer), {name: value for name, value in vars(answer).items() if value is not None})


def test_a_journal_is_read_by_nobody_while_its_process_lives(tmp_path: Path) -> None:
    mine = Journal(tmp_path)
    mine.fire(A, 1, by_reader=False)
    assert the_dead(tmp_path) == []
    assert mine.path.exists()
    mine.close()
    (entry,) = the_dead(tmp_path)
    assert (entry.attempt, entry.batch) == (A, 1)


def test_what_a_killed_process_had_begun_is_in_doubt_and_what_it_heard_is_believed(tmp_path: Path) -> None:
    def work() -> None:
        dying = Journal(tmp_path)
        dying.fire(A, 1, by_reader=False)
        dying.fire(B, 2, by_reader=False)
        dying.answer(B, Accepted(202, "m1"))

    assert in_a_child(work) == -signal.SIGKILL
    begun, heard = the_dead(tmp_path)
    assert type(begun.answer()) is Unknown
    assert heard.answer() == Accepted(202, "m1")
    assert the_dead(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_one_of_two_readers_has_the_dead_processs_journal(tmp_path: Path) -> None:
    in_a_child(lambda: Journal(tmp_path).fire(A, 1, by_reader=False))
    with of_the_dead(tmp_path) as mine:
        assert [entry.attempt for entry in next(mine)] == [A]
        assert the_dead(tmp_path) == []
        assert list(mine) == []
    assert the_dead(tmp_path) == []


def test_a_replay_that_fails_keeps_the_journal_for_the_next_time(tmp_path: Path) -> None:
    in_a_child(lambda: Journal(tmp_path).fire(A, 1, by_reader=False))

    def replay_and_fail() -> None:
        with of_the_dead(tmp_path) as journals:
            for _ in journals:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        replay_and_fail()
    assert [entry.attempt for entry in the_dead(tmp_path)] == [A]


def test_a_process_that_dies_in_the_middle_of_a_replay_leaves_it_to_the_next(tmp_path: Path) -> None:
    in_a_child(lambda: Journal(tmp_path).fire(A, 1, by_reader=False))

    def replay_and_die() -> None:
        with of_the_dead(tmp_path) as journals:
            next(journals)
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(replay_and_die) == -signal.SIGKILL
    assert [entry.attempt for entry in the_dead(tmp_path)] == [A]


def test_what_is_settled_is_told_by_nobody(tmp_path: Path) -> None:
    mine = Journal(tmp_path)
    mine.fire(A, 1, by_reader=False)
    mine.fire(B, 2, by_reader=False)
    mine.settled(A)
    assert [entry.attempt for entry in read(mine.path.read_bytes())] == [B]
    mine.settled(B)
    assert mine.path.read_bytes() == f"boot {journal.boot()} .\n".encode()
    mine.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.kind)
def test_every_kind_of_answer_is_read_as_it_was_heard(answer: Answer, tmp_path: Path) -> None:
    mine = Journal(tmp_path)
    mine.fire(A, 1, by_reader=False)
    mine.answer(A, answer)
    (entry,) = read(mine.path.read_bytes())
    assert told(entry.answer()) == told(answer)
    mine.close()


def test_a_line_that_was_cut_short_is_nothing_wherever_it_was_cut(tmp_path: Path) -> None:
    mine = Journal(tmp_path)
    mine.fire(A, 1, by_reader=False)
    before = len(mine.path.read_bytes())
    mine.answer(A, Accepted(202, "m1"))
    data = mine.path.read_bytes()
    mine.close()
    for cut in range(before, len(data) - 1):
        (entry,) = read(data[:cut])
        assert type(entry.answer()) is Unknown
    assert read(data)[0].answer() == Accepted(202, "m1")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 40,
        b"fire not-a-number 1 whole .\n",
        b"begin 0000000000000000000000000000000a x .\n",
        b"answer 0000000000000000000000000000000a zz .\n",
        b"answer 0000000000000000000000000000000a 7b7d .\n",
        b"\xff\xfe .\n",
    ],
)
def test_a_line_that_a_power_cut_spoilt_keeps_no_other_from_being_read(garbage: bytes) -> None:
    fire = f"boot {journal.boot()} .\nfire {A.hex} 1 whole .\n".encode()
    (entry,) = read(fire + garbage + b"\n" + f"fire {B.hex} 2 whole .\nsettled {B.hex} .\n".encode())
    assert entry.attempt == A
    assert type(entry.answer()) is Unknown


# a full disk


def test_on_a_full_disk_no_request_begins_and_what_is_written_is_still_read(tmp_path: Path) -> None:
    def work() -> None:
        dying = Journal(tmp_path)
        dying.fire(A, 1, by_reader=True)
        dying.begin(A, 7)
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        # In the middle of the next line.
        resource.setrlimit(resource.RLIMIT_FSIZE, (dying.path.stat().st_size + 10, most))
        with pytest.raises(OSError, match="could not be written in full"):
            dying.fire(B, 2, by_reader=False)
        with pytest.raises(OSError, match="too large"):
            dying.begin(A, 8)
        dying.end(A, 7, "accepted")  # heard and not written: in doubt if this process dies
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        dying.begin(A, 9)

    assert in_a_child(work) == -signal.SIGKILL
    (entry,) = the_dead(tmp_path)
    assert entry.attempt == A
    assert entry.begun == [7, 9]
    assert entry.answer() == Partly(unknown=(7, 9), detail="told by the journal of a process that ended")


# letter by letter


def test_reader_by_reader_only_the_one_whose_letter_had_begun_is_in_doubt(tmp_path: Path) -> None:
    def work() -> None:
        dying = Journal(tmp_path)
        dying.fire(A, 1, by_reader=True)
        for delivery, said in ((1, "accepted"), (2, "rejected"), (3, "deferred"), (4, "")):
            dying.begin(A, delivery)
            if said:
                dying.end(A, delivery, said)

    in_a_child(work)
    (entry,) = the_dead(tmp_path)
    words = "told by the journal of a process that ended"
    assert entry.answer() == Partly((1,), (4,), {2: words}, {3: words}, detail=words)


def test_reader_by_reader_no_line_is_a_letter_that_was_not_sent(tmp_path: Path) -> None:
    in_a_child(lambda: Journal(tmp_path).fire(A, 1, by_reader=True))
    (entry,) = the_dead(tmp_path)
    answer = entry.answer()
    assert isinstance(answer, Partly)
    assert answer == Partly(detail="told by the journal of a process that ended")


def test_after_a_power_cut_only_answers_are_believed() -> None:
    """What was written last may be missing: that no line is there says nothing of a letter any more."""
    written = f"boot before-the-power-cut .\nfire {A.hex} 1 by-reader .\nbegin {A.hex} 7 .\n"
    (entry,) = read(written.encode())
    assert entry.answer() is None
    mine = Partly(accepted=(7,))
    packed = orjson.dumps(journal._packed(mine)).hex()
    (entry,) = read(f"{written}answer {A.hex} {packed} .\n".encode())
    assert entry.answer() == mine


def test_a_fork_has_a_journal_of_its_own(tmp_path: Path) -> None:
    mine = journal.mine(tmp_path)
    assert journal.mine(tmp_path) is mine
    in_a_child(lambda: journal.mine(tmp_path).fire(B, 2, by_reader=False))
    mine.fire(A, 1, by_reader=False)
    assert [entry.attempt for entry in the_dead(tmp_path)] == [B]
    mine.settled(A)


def test_a_journal_is_its_owners_alone(tmp_path: Path) -> None:
    mine = Journal(tmp_path / "journal")
    assert mine.path.stat().st_mode & 0o777 == 0o600
    assert mine.path.parent.stat().st_mode & 0o777 == 0o700
    mine.close()


def test_a_journal_that_cannot_be_read_keeps_nobody_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attempt in (A, B):
        lines = Journal(tmp_path)
        lines.fire(attempt, 1, by_reader=False)
        lines.close()
    theirs, ours = sorted(tmp_path.glob("*.journal"))
    opened = os.open

    def refused(path: Path, *options: int) -> int:
        if path == theirs:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *options)

    monkeypatch.setattr(os, "open", refused)
    with capture_logs() as told_of:
        assert len(the_dead(tmp_path)) == 1
        assert the_dead(tmp_path) == []
    assert [line["file"] for line in told_of] == [str(theirs)], "once, not at every sweep"
    assert theirs.exists()
    assert not ours.exists()
