"""The audit log against whoever has every right on the database, and not the key."""

import datetime as dt

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from subscribers import auditing, changes, erasing, lists, sealing
from subscribers.models import Change, List, Seal
from subscribers.sealing import Head
from tests.stage import a_reader
from tests.tampering import tamper, unguarded

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NOON = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def log(digest: List) -> list[int]:
    """Six sealed lines, and two that are not yet; return their rows' numbers."""
    with unguarded():
        Change.objects.all().delete()
    person = a_reader(digest, "nina@example.org").subscriber
    for name in ("A", "B", "C"):
        changes.record("lists set", by="ada", at=NOON, newsletter=digest, after={"name": name})
        changes.record(
            "subscribers set", by="eve", at=NOON, person=person, before={"name": "N"}, after={"name": name}
        )
    sealing.seal()
    work = changes.Growing("import", by="ada", at=NOON, subject="people.csv")
    work.write({"new": 1})
    work.write({"new": 2})
    return list(Change.objects.order_by("pk").values_list("pk", flat=True))


def fault(*known: Head) -> str:
    """Return what is found; '' if the log is whole."""
    found = auditing.check(known).fault
    if found is None:
        return ""
    assert found.line is None or str(found.line) in found.what
    return found.what


def test_a_log_that_nobody_touched_is_whole(log: list[int]) -> None:
    checked = auditing.check()
    assert checked.described() == {
        "sound": True,
        "sealed": 6,
        "waiting": 2,
        "head": str(sealing.head()),
        "fault": None,
    }
    assert len(log) == 8


def test_an_empty_log_is_whole() -> None:
    assert auditing.check().described()["head"] is None
    assert fault() == ""


ALTERED = {
    "at": "'2026-03-24 12:00:01'",
    "who": "'eva'",
    "what": "'lists rm'",
    "list_number": "list_number + 1",
    "subject": "'x'",
    "before": """'{"name": "M"}'""",
    "after": """'{"name": "Z"}'""",
    "work": "'w'",
    "salt": "'0'",
    "told": "'0'",
    "blanked": "'0'",
    "mark": "'0'",
    "digest": "'0'",
    "number": "number + 100",
    "id": "id + 1000",
    "list_id": "NULL",
    "subscriber_id": "NULL",
}


def test_no_column_is_forgotten() -> None:
    assert {field.column for field in Change._meta.local_concrete_fields} == ALTERED.keys()


@pytest.mark.parametrize("column", ALTERED)
def test_whatever_is_altered_in_a_sealed_line_is_found_there(column: str, log: list[int]) -> None:
    row = log[3] if column == "subscriber_id" else log[2]
    tamper(f"UPDATE change SET {column} = {ALTERED[column]} WHERE id = {row}")
    row += 1000 if column == "id" else 0
    if column == "number":
        assert fault() == f"line is missing before change {log[3]}"
    else:
        assert fault().startswith(f"change {row} ")


@pytest.mark.parametrize("column", sorted(ALTERED.keys() - {"id", "number", "list_id", "subscriber_id"}))
def test_whatever_is_altered_in_a_line_that_is_not_sealed_yet_is_found_too(
    column: str, log: list[int]
) -> None:
    value = {"list_number": "1"}.get(column, ALTERED[column])
    tamper(f"UPDATE change SET {column} = {value} WHERE id = {log[6]}")
    assert fault() == f"change {log[6]} was altered, or added by a stranger"
    sealing.seal()
    if column != "digest":  # that is written when it is sealed, over whatever stood there
        assert fault() == f"change {log[6]} was altered, or added by a stranger"


def test_a_line_that_was_given_to_somebody_else_is_found(log: list[int], digest: List) -> None:
    other = a_reader(digest, "omar@example.org").subscriber
    tamper(f"UPDATE change SET subscriber_id = {other.pk} WHERE id = {log[1]}")
    assert fault() == f"change {log[1]} was altered, or added by a stranger"


def test_a_line_that_was_given_to_another_list_is_found(log: list[int], second: List) -> None:
    tamper(f"UPDATE change SET list_id = {second.pk} WHERE id = {log[0]}")
    assert fault() == f"change {log[0]} was parted from its list"


@pytest.mark.parametrize(
    ("first", "gone", "says"),
    [(0, 1, "the line is"), (2, 1, "the line is"), (1, 3, "3 lines are")],
    ids=["the first", "one", "three"],
)
def test_lines_that_were_removed_are_missed(first: int, gone: int, says: str, log: list[int]) -> None:
    numbers = ", ".join(map(str, log[first : first + gone]))
    tamper(f"DELETE FROM change WHERE id IN ({numbers})")
    assert fault() == f"{says.removeprefix('the ')} missing before change {log[first + gone]}"


def test_lines_that_were_removed_and_the_rest_numbered_anew_are_missed(log: list[int]) -> None:
    tamper(f"DELETE FROM change WHERE id = {log[2]}")
    for number, row in enumerate(log[3:6], 3):
        tamper(f"UPDATE change SET number = {number} WHERE id = {row}")
    assert fault() == f"change {log[3]} does not follow from the line before it"


@pytest.mark.parametrize("kept", [5, 1, 0])
def test_lines_that_were_cut_off_at_the_end_are_missed(kept: int, log: list[int]) -> None:
    tamper(f"DELETE FROM change WHERE number > {kept}")
    gone = 6 - kept
    several = "line is" if gone == 1 else f"{gone} lines are"
    assert fault() == f"the last {several} missing: it was sealed up to line 6"
    assert len(log) == 8


def test_two_lines_that_changed_places_are_found(log: list[int]) -> None:
    one, other = log[2], log[4]
    tamper(
        f"UPDATE change SET number = 99 WHERE id = {one}",
        f"UPDATE change SET number = 3 WHERE id = {other}",
        f"UPDATE change SET number = 5 WHERE id = {one}",
    )
    assert fault() == f"change {other} does not follow from the line before it"


def test_two_lines_that_changed_all_but_their_rows_are_found(log: list[int]) -> None:
    one, other = (Change.objects.get(pk=log[place]) for place in (0, 2))
    with unguarded():
        Change.objects.filter(pk=one.pk).update(mark="x")
        for mine, theirs in ((other, one), (one, other)):
            Change.objects.filter(pk=mine.pk).update(
                mark=theirs.mark, told=theirs.told, salt=theirs.salt, after=theirs.after
            )
    assert fault() == f"change {log[0]} does not follow from the line before it"


def test_a_line_that_was_copied_into_the_log_is_found(log: list[int]) -> None:
    line = Change.objects.get(pk=log[1])
    line.pk, line.mark, line.number = None, "0", 7
    with unguarded():
        line.save(force_insert=True)
    assert fault() == f"change {line.pk} was altered, or added by a stranger"


def test_a_line_that_was_taken_out_of_the_chain_is_missed_there(log: list[int]) -> None:
    tamper(f"UPDATE change SET number = NULL, digest = '' WHERE id = {log[2]}")
    assert fault() == f"line is missing before change {log[3]}"


def test_a_seal_that_was_set_back_or_is_gone_is_found(log: list[int]) -> None:
    was = Change.objects.get(pk=log[1])
    Seal.objects.update(number=was.number, digest=was.digest)
    assert fault() == "what notes how far it is sealed was set back"
    Seal.objects.all().delete()
    assert fault() == "what notes how far it is sealed was set back"


def test_an_older_copy_of_the_log_is_whole_in_itself_and_found_by_whoever_knew_its_end(
    log: list[int],
) -> None:
    known = sealing.head()
    older = Change.objects.get(number=3)
    tamper("DELETE FROM change WHERE number > 3 OR number IS NULL")
    Seal.objects.update(number=3, digest=older.digest)
    assert fault() == ""
    assert fault(known) == "the last 3 lines are missing: it was sealed up to line 6"
    # Nor does it help to write on from there.
    for each in range(4):
        changes.record("lists set", by="ada", at=NOON, after={"n": each})
    sealing.seal()
    assert fault() == ""
    assert fault(known).endswith(" is not what was sealed there before")
    assert len(log) == 8


def test_with_another_key_the_first_line_says_that_this_may_be_it(log: list[int], settings: Settings) -> None:
    settings.HASH_KEY = "k" * 40
    assert fault() == (
        f"change {log[0]} was altered, or added by a stranger (or MAILER_HASH_KEY is not the one that it was"
        " written with)"
    )


def test_erasing_a_person_keeps_the_log_whole(log: list[int]) -> None:
    known = sealing.head()
    erasing.erase("nina@example.org", by="ops", at=NOON)
    lines = Change.objects.filter(pk__in=[log[1], log[3], log[5]])
    assert {(str(line.before), str(line.after), line.salt, line.subscriber_id) for line in lines} == {
        ("{}", "{}", "", None)
    }
    assert fault(known) == ""
    sealing.seal()
    assert fault(known) == ""


def test_what_was_blanked_by_anybody_else_is_found(log: list[int]) -> None:
    blank = "before = '{}', after = '{}', salt = '', subscriber_id = NULL, blanked"
    erasing.erase("nina@example.org", by="ops", at=NOON)
    theirs = Change.objects.get(pk=log[1]).blanked
    # The guards let it through, as they would an erasure; what another line was blanked with is of no use.
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE change SET {blank} = '{theirs}' WHERE id = {log[2]}")
    assert fault() == f"change {log[2]} was altered, or added by a stranger"


def test_something_written_into_a_blanked_line_is_found(log: list[int]) -> None:
    erasing.erase("nina@example.org", by="ops", at=NOON)
    tamper(f"""UPDATE change SET after = '{{"name": "X"}}' WHERE id = {log[3]}""")
    assert fault() == f"change {log[3]} was altered, or added by a stranger"


def test_an_erasure_that_was_taken_back_changes_nothing(log: list[int]) -> None:
    would = erasing.erase("nina@example.org", by="ops", at=NOON, dry_run=True)
    assert {place.place: place.rows for place in would.places}["audit log"] == 3
    assert not Change.objects.exclude(blanked="").exists()
    assert fault() == ""
    assert len(log) == 8


@pytest.mark.usefixtures("log")
def test_removing_a_list_keeps_the_log_whole(digest: List) -> None:
    number = digest.pk
    lists.remove(digest, by="ada", at=NOON)
    assert set(Change.objects.filter(list_number=number).values_list("list", flat=True)) == {None}
    assert fault() == ""


@pytest.mark.usefixtures("log")
def test_a_command_that_was_killed_keeps_the_log_whole_and_says_how_far_it_came() -> None:
    work = changes.Growing("import", by="ada", at=NOON, subject="more.csv")
    for new, killed in ((1, False), (2, False), (3, True)):
        with transaction.atomic():
            work.write({"new": new})
            transaction.set_rollback(killed)
    sealing.seal()
    assert changes.listing()[-1]["after"] == {"new": 2}
    assert fault() == ""


@pytest.mark.parametrize(
    "value", [1e20, 0.1, -1e-7, 2**70, "ß\U0001f6f0", None, [[], {}], {"b": {"z": 1, "a": 2.0}}]
)
def test_whatever_a_line_holds_is_the_same_when_it_is_read_again(value: object) -> None:
    changes.record("x", by="ада", at=NOON + dt.timedelta(microseconds=7), before={"b": 1}, after={"a": value})
    sealing.seal()
    assert fault() == ""
