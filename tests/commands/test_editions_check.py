"""`mailer editions check`, and what approving and scheduling say of it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.models import Approval, Send
from tests.commands.conftest import Mailer
from tests.stage import EDITION, a_list

Imported = Callable[[bytes], str]

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

# As of today, so that the edition's own date is none of what is found.
TODAY = EDITION.replace(b"2026-12-01", f"{dt.datetime.now(dt.UTC):%Y-%m-%d}".encode())
FAULTY = TODAY.replace(b"The rocket flew.", b"Dear {{ name }}, TKTK.").replace(
    b"(https://a.example/nairobi)", b""
)
FAULTY = FAULTY.replace(b"[A station over Nairobi]", b"A station over Nairobi")


@pytest.fixture
def imported(mailer: Mailer, tmp_path: Path) -> Imported:
    a_list()

    def imported(text: bytes) -> str:
        path = tmp_path / "edition.md"
        path.write_bytes(text)
        return str(mailer("editions", "import", "space-digest", str(path), "--json").json["id"])

    return imported


def test_a_blocked_edition_is_told_to_scripts(mailer: Mailer, imported: Imported) -> None:
    number = imported(FAULTY)
    checked = mailer("editions", "check", number, "--json")
    assert checked.status == 1
    assert checked.err == (
        f"mailer: Edition {number} is blocked by 2 errors: mend them in what"
        f" `mailer editions export {number}` prints, and import that\n"
    )
    assert list(checked.json) == ["id", "blocked", "findings"]
    assert (checked.json["id"], checked.json["blocked"]) == (int(number), True)
    assert [list(finding) for finding in checked.json["findings"]] == [
        ["rule", "severity", "line", "column", "message", "variants"]
    ] * 3
    assert [
        (finding["rule"], finding["severity"], finding["line"], finding["column"], finding["variants"])
        for finding in checked.json["findings"]
    ] == [
        ("placeholder", "error", 8, 6, []),
        ("placeholder", "error", 8, 18, []),
        ("story-without-link", "warning", 10, 4, []),
    ]


def test_a_person_sees_a_row_for_each_finding(mailer: Mailer, imported: Imported) -> None:
    told = mailer("editions", "check", imported(FAULTY)).out.splitlines()
    assert told[0] == "severity\tline\tcolumn\trule\tfinding\tletters"
    assert told[1].startswith("error\t8\t6\tplaceholder\t“{{ name }}” was to be replaced before ")
    assert len(told) == 4


def test_warnings_alone_block_nothing(mailer: Mailer, imported: Imported) -> None:
    number = imported(TODAY.replace(b"The pad stood.", b"See https://c.example/pad."))
    checked = mailer("editions", "check", number)
    assert (checked.status, checked.err) == (0, "")
    assert checked.out.endswith(f"1 warning, and no error: edition {number} may be approved.\n")
    approved = mailer("editions", "approve", number, "--json")
    assert approved.err == f"1 warning; `mailer editions check {number}` shows it.\n"
    assert approved.json["edition"] == int(number)
    scheduled = mailer("sends", "schedule", number)
    assert scheduled.err == approved.err


def test_a_finding_names_some_letters_of_many(mailer: Mailer, imported: Imported) -> None:
    number = imported(TODAY.replace(b"The rocket flew.", b"The rocket flew. " * 6_000))
    checked = mailer("editions", "check", number)
    assert checked.out.splitlines()[1].endswith("\teverything, china, china+russia and 5 more")


def test_an_edition_of_which_nothing_is_said(mailer: Mailer, imported: Imported) -> None:
    number = imported(TODAY)
    checked = mailer("editions", "check", number)
    assert checked.out == f"Nothing was found: edition {number} may be approved.\n"
    assert (checked.status, checked.err) == (0, "")
    assert mailer("editions", "check", number, "--json").json["findings"] == []
    assert mailer("editions", "approve", number).err == ""


@pytest.mark.parametrize("words", [("editions", "approve"), ("sends", "schedule")])
def test_what_is_blocked_is_neither_approved_nor_scheduled(
    mailer: Mailer, imported: Imported, words: tuple[str, ...]
) -> None:
    number = imported(FAULTY)
    refused = mailer(*words, number, "--json")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(
        f"mailer: 2 errors stand in the way of edition {number}; line 8, column 6: "
    )
    assert len(refused.err.splitlines()) == 1
    assert not Approval.objects.exists()
    assert not Send.objects.exists()


def test_dates_are_compared_with_the_moment_it_is_scheduled_for(mailer: Mailer, imported: Imported) -> None:
    number = imported(TODAY)
    mailer("sends", "schedule", number, "--at", "2999-12-01 09:00")
    (finding,) = mailer("editions", "check", number, "--json").json["findings"]
    assert (finding["rule"], finding["line"], finding["column"]) == ("date-off", 4, 7)


def test_checking_twice_says_the_same_and_changes_nothing(mailer: Mailer, imported: Imported) -> None:
    number = imported(FAULTY)
    assert mailer("editions", "check", number) == mailer("editions", "check", number)
    assert mailer("editions", "show", number, "--json").json["status"] == "draft"


def test_an_edition_that_is_not_there_is_one_line(mailer: Mailer) -> None:
    missing = mailer("editions", "check", "7")
    assert missing.err == "mailer: There is no edition 7; `mailer editions ls` shows those there are\n"
    assert missing.status == 1
