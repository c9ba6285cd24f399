"""`mailer editions check`, and what approving and scheduling say of it."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from mailer import online
from mailer.fetching.fetcher import Fetcher
from mailer.models import Approval, Send
from tests.commands.conftest import Mailer
from tests.fetching.street import (
    GOOD,
    PUBLIC,
    Names,
    Street,
    a_fetcher,
    a_street,
    answer,
    redirect,
)
from tests.stage import EDITION, a_list

Imported = Callable[[bytes], str]

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

# As of today, so that the edition's own date is none of what is found.
TODAY = EDITION.replace(b"2026-12-01", f"{dt.datetime.now(dt.UTC):%Y-%m-%d}".encode())
WARNED = TODAY.replace(b"The pad stood.", b"See https://c.example/pad.")
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
    number = imported(WARNED)
    checked = mailer("editions", "check", number)
    assert (checked.status, checked.err) == (0, "")
    assert checked.out.endswith(f"1 warning, and no error: edition {number} may be approved.\n")
    approved = mailer("editions", "approve", number, "--json")
    warned, unsaid = approved.err.splitlines()
    assert warned == f"1 warning; `mailer editions check {number}` shows it."
    assert "say it with --word" in unsaid
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


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Iterator[Street]:
    """The servers behind an edition's links; to nobody but this test are they public."""
    settings.DATA_DIR = tmp_path
    moved = redirect("/rains", 301)
    with a_street(
        {"/wenchang": GOOD, "/nairobi": moved, "/rains": GOOD, "/vostochny": answer(503)}
    ) as street:
        names = Names({"a.example": [PUBLIC]})
        monkeypatch.setattr(online, "fetcher", lambda: a_fetcher(street, names=names))
        yield street


def linked(street: Street) -> bytes:
    return TODAY.replace(b"https://a.example/", street.url("/", "a.example").encode())


def test_online_it_says_what_is_behind_the_links(mailer: Mailer, imported: Imported, street: Street) -> None:
    number = imported(linked(street))
    assert mailer("editions", "check", number, "--json").json["findings"] == []
    assert street.asked == []
    checked = mailer("editions", "check", number, "--online", "--json")
    assert [
        (finding["rule"], finding["line"], finding["column"]) for finding in checked.json["findings"]
    ] == [
        ("link-dead", 16, 29),
        ("link-redirects", 10, 29),
        ("link-failing", 13, 22),
    ]
    assert (checked.status, checked.json["blocked"], len(street.asked)) == (1, True, 5)
    assert street.url("/rains", "a.example") in checked.json["findings"][1]["message"]
    assert mailer("editions", "check", number, "--online", "--json") == checked
    assert len(street.asked) == 5, "what was asked is remembered"
    assert mailer("editions", "approve", number).status == 0, "whether it may leave hangs on nobody's server"


def test_online_a_person_sees_how_far_it_is_and_a_script_does_not(
    mailer: Mailer, imported: Imported, street: Street, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: list[tuple[str, int, int | None]] = []

    @contextmanager
    def progress() -> Iterator[Callable[..., None]]:
        yield lambda *step: shown.append(step)

    monkeypatch.setattr("mailer.commands.editions_check.progress", progress)
    number = imported(linked(street))
    mailer("editions", "check", number, "--online", "--json")
    assert shown == []
    (tmp_path / "fetched.json").unlink()
    mailer("editions", "check", number, "--online")
    assert shown == [("asking", done, 4) for done in (1, 2, 3, 4)]


def test_online_nothing_of_ones_own_network_is_asked(
    mailer: Mailer,
    imported: Imported,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.DATA_DIR = tmp_path
    inner = Names({"a.example": ["10.0.0.7"]})
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("something was connected to"))
    monkeypatch.setattr(online, "fetcher", lambda: Fetcher("test", resolve=inner))
    checked = mailer("editions", "check", imported(TODAY), "--online", "--json")
    assert [finding["rule"] for finding in checked.json["findings"]] == ["link-refused"] * 4


def test_warnings_need_a_word_and_it_is_kept_with_the_approval(mailer: Mailer, imported: Imported) -> None:
    number = imported(WARNED)
    ran = mailer("editions", "approve", number, "--word", "It stands in the sentence.", "--json")
    assert (ran.json["word"], ran.err) == ("It stands in the sentence.", "")
    assert Approval.objects.get().word == "It stands in the sentence."
    mailer("sends", "schedule", number, "--word", "not asked for: it is approved")
    assert Send.objects.get().approval == Approval.objects.get()


def test_a_word_of_spaces_is_none(mailer: Mailer, imported: Imported) -> None:
    ran = mailer("editions", "approve", imported(WARNED), "--word", "  ")
    assert "Nobody has said why they may stand" in ran.err
    assert Approval.objects.get().word == ""


def test_what_is_said_on_scheduling_is_kept_with_the_approval_that_had_no_word(
    mailer: Mailer, imported: Imported
) -> None:
    number = imported(WARNED)
    mailer("editions", "approve", number)
    assert mailer("sends", "schedule", number, "--word", "It is meant so.").err == ""
    assert Approval.objects.get().word == "It is meant so."


def test_where_nothing_is_found_no_word_is_asked_for(mailer: Mailer, imported: Imported) -> None:
    approved = mailer("editions", "approve", imported(TODAY), "--json")
    assert (approved.json["word"], approved.err) == ("", "")


@pytest.mark.parametrize(("said", "status"), [("Meant.", 0), ("  ", 1)])
def test_at_a_terminal_it_is_asked_for(
    mailer: Mailer, imported: Imported, monkeypatch: pytest.MonkeyPatch, said: str, status: int
) -> None:
    number = imported(WARNED)
    monkeypatch.setattr("mailer.commands.findings.sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: said)
    assert mailer("editions", "approve", number).status == status
    assert [approval.word for approval in Approval.objects.all()] == ([] if status else ["Meant."])
