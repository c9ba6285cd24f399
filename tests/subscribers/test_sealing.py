"""Lines are sealed in the order in which they were committed, by whoever comes, and make one chain."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from subscribers import auditing, changes, sealing
from subscribers.models import Change, List, Seal
from subscribers.sealing import Head, HeadError, SealError
from tests.stage import a_reader
from tests.tampering import tamper

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)
WRITERS, EACH = 4, 6


def write(*whats: str) -> None:
    for what in whats:
        changes.record(what, by="ada", at=NOON, after={"of": what})


def sealed() -> list[tuple[int | None, str]]:
    rows = Change.objects.exclude(number=None).order_by("number")
    return list(rows.values_list("number", "what"))


@pytest.mark.usefixtures("db")
def test_what_was_written_is_sealed_once_and_stays_so() -> None:
    assert sealing.seal() == Head(0, "")
    write("a", "b")
    first = sealing.seal()
    write("c")
    assert sealed() == [(1, "a"), (2, "b")]
    second = sealing.seal()
    assert sealed() == [(1, "a"), (2, "b"), (3, "c")]
    assert sealing.seal() == second
    assert sealing.holds(first)
    assert (second.number, second.digest != first.digest) == (3, True)


@pytest.mark.usefixtures("db")
def test_to_write_a_line_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as asked:
        write("a")
    assert [query["sql"].split()[0] for query in asked if "SAVEPOINT" not in query["sql"]] == ["INSERT"]


@pytest.mark.usefixtures("db")
def test_what_waits_is_found_without_reading_the_log() -> None:
    write("a")
    sealing.seal()
    with CaptureQueriesContext(connection) as asked:
        sealing.seal()
    [waiting, _] = [query["sql"] for query in asked]
    plan = Change.objects.filter(number=None, pk__gt=0).order_by("pk").values_list("pk")[:10].explain()
    assert '"number" IS NULL' in waiting
    if connection.vendor == "sqlite":  # PostgreSQL reads so small a table as it is
        assert "SEARCH change USING COVERING INDEX" in plan


@pytest.mark.usefixtures("db")
def test_many_lines_are_sealed_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_MOST", 2)
    write(*"abcde")
    assert sealing.seal().number == 5
    assert auditing.check().fault is None


@pytest.mark.usefixtures("db")
def test_nothing_is_sealed_onto_an_end_that_is_not_the_one_that_was_sealed() -> None:
    write("a", "b")
    sealing.seal()
    tamper("DELETE FROM change WHERE number = 2")
    write("c")
    with pytest.raises(SealError, match=r"up to line 2 and ends at line 1.*`mailer changes check`"):
        sealing.seal()
    assert sealed() == [(1, "a")]


@pytest.mark.usefixtures("db")
def test_what_a_stranger_added_is_never_sealed() -> None:
    write("a")
    tamper(
        "INSERT INTO change (at, who, what, subject, before, after, work, salt, told, blanked, mark, digest)"
        " VALUES ('2026-03-24 12:00:00', 'eve', 'x', '', '{}', '{}', '', '', '', '', 'm', '')"
    )
    write("b")
    sealing.seal()
    assert sealed() == [(1, "a"), (2, "b")]
    fault = auditing.check().fault
    assert fault is not None
    assert "added by a stranger" in fault.what


@pytest.mark.django_db(transaction=True)
def test_who_write_and_seal_at_the_same_time_make_one_chain() -> None:
    ready = Barrier(WRITERS + 2)

    def writer(name: int) -> None:
        ready.wait()
        for each in range(EACH):
            with transaction.atomic():
                write(f"{name} {each}")
                # Some take theirs back.
                transaction.set_rollback(each % 3 == 2)
        connection.close()

    def sealer() -> None:
        ready.wait()
        for _ in range(EACH):
            sealing.seal()
        connection.close()

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        jobs = [pool.submit(writer, name) for name in range(WRITERS)]
        jobs += [pool.submit(sealer) for _ in range(2)]
        for job in jobs:
            job.result()
    kept = WRITERS * EACH * 2 // 3
    assert sealing.seal().number == kept
    checked = auditing.check()
    assert (checked.fault, checked.head.number, checked.waiting) == (None, kept, 0)


@pytest.mark.django_db(transaction=True)
def test_who_holds_a_transaction_open_holds_up_nobody() -> None:
    if connection.vendor == "sqlite":  # it has one writer at a time, and no other order than theirs
        return
    written, go_on = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            write("slow")
            written.set()
            assert go_on.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(slow)
        assert written.wait(20)
        write("quick")
        assert sealing.seal().number == 1
        go_on.set()
        job.result()
    assert sealing.seal().number == 2
    # Its row has the smaller number, and its place is the later one.
    assert [what for _, what in sealed()] == ["quick", "slow"]
    assert Change.objects.order_by("pk").values_list("what", flat=True)[0] == "slow"
    assert auditing.check().fault is None


@pytest.mark.django_db(transaction=True)
def test_what_is_blanked_at_this_moment_is_sealed_the_next_time(digest: List) -> None:
    person = a_reader(digest, "nina@example.org").subscriber
    changes.record("subscribers set", by="ada", at=NOON, person=person, after={"name": "Nina"})
    sealing.seal()
    changes.record("subscribers set", by="ada", at=NOON, person=person, after={"name": "N"})
    with transaction.atomic():
        assert changes.blank(Change.objects.filter(subscriber=person)) == 2
        if connection.vendor == "postgresql":
            with ThreadPoolExecutor(1) as pool:
                pool.submit(_seal_and_leave).result()
    assert sealing.seal().number == Change.objects.count()
    assert auditing.check().fault is None


def _seal_and_leave() -> None:
    sealing.seal()
    connection.close()


@pytest.mark.usefixtures("db")
def test_a_head_is_one_word() -> None:
    write("a")
    head = sealing.seal()
    assert Head.of(f" {head}\n") == head
    row = Seal.objects.get()
    assert (row.number, row.digest) == (head.number, head.digest)


@pytest.mark.parametrize(
    "word", ["", "1", "1:", ":", f"0:{'a' * 32}", f"-1:{'a' * 32}", f"1:{'A' * 32}", "1:a"]
)
def test_what_is_no_head_is_refused_with_what_it_should_be(word: str) -> None:
    with pytest.raises(HeadError, match="a number, a colon and 32 digits"):
        Head.of(word)
