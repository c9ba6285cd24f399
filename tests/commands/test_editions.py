"""`mailer editions …`, as a script and a person use it."""

import datetime as dt
from pathlib import Path

import pytest

from mailer.models import Approval, Edition, Revision, Send
from tests.commands.conftest import Mailer
from tests.stage import EDITION, a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db", "digest")]


@pytest.fixture
def digest() -> None:
    a_list()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "edition.md"
    path.write_bytes(EDITION)
    return path


@pytest.fixture
def number(mailer: Mailer, file: Path) -> str:
    """An edition's number, as one types it."""
    return str(mailer("editions", "import", "space-digest", str(file), "--json").json["id"])


def test_a_text_becomes_an_edition_that_scripts_can_read(mailer: Mailer, file: Path) -> None:
    imported = mailer("editions", "import", "space-digest", str(file), "--json")
    assert (imported.status, imported.err) == (0, "")
    edition = imported.json
    assert list(edition) == [
        *("id", "list", "title", "subtitle", "date", "status", "sections", "stories", "warnings")
    ]
    assert (edition["list"], edition["date"], edition["status"]) == ("space-digest", "2026-12-01", "draft")
    assert edition["stories"][0] == {
        "title": "A launch from Wenchang",
        "url": "https://a.example/wenchang",
        "interests": ["china"],
        "summary": "The rocket flew.",
    }
    assert mailer("editions", "show", str(edition["id"]), "--json").json == edition


def test_a_person_sees_what_was_read(mailer: Mailer, file: Path) -> None:
    told = mailer("editions", "import", "space-digest", str(file)).out
    assert ": Space, seen from elsewhere, 2026-12-01\n" in told
    assert "Selected news\t0\t4\n" in told
    assert "1\tA launch from Wenchang\tchina\thttps://a.example/wenchang\n" in told


def test_the_same_text_again_is_the_same_edition_and_says_so(mailer: Mailer, file: Path, number: str) -> None:
    again = mailer("editions", "import", "space-digest", str(file), "--json")
    assert (again.status, again.json["id"]) == (0, int(number))
    assert again.err == "This very text was imported before; nothing was changed.\n"


def test_each_fault_of_a_text_is_a_line_with_its_place(mailer: Mailer, file: Path) -> None:
    file.write_bytes(EDITION.replace(b"{china}", b"{mars}").replace(b"date: 2026-12-01", b"date: soon"))
    refused = mailer("editions", "import", "space-digest", str(file))
    assert (refused.status, refused.out) == (1, "")
    lines = refused.err.splitlines()
    assert lines
    for line in lines:
        place = line.removeprefix(f"mailer: {file}:")
        at_line, at_column, fault = place.split(":", 2)
        assert (int(at_line) > 0, int(at_column) > 0, bool(fault.strip())) == (True, True, True)
    assert not Edition.objects.exists()


def test_a_text_that_is_not_there_is_one_line(mailer: Mailer, tmp_path: Path) -> None:
    missing = mailer("editions", "import", "space-digest", str(tmp_path / "none.md"))
    assert missing.status == 1
    assert missing.err == f"mailer: {tmp_path}/none.md: No such file or directory\n"


def test_what_was_imported_is_exported_byte_for_byte(mailer: Mailer, number: str) -> None:
    assert mailer("editions", "export", number).out.encode() == EDITION


def test_editions_are_listed_newest_first(mailer: Mailer, file: Path, number: str) -> None:
    file.write_bytes(EDITION.replace(b"elsewhere", b"below"))
    mailer("editions", "import", "space-digest", str(file))
    newer, older = mailer("editions", "ls", "--list", "space-digest", "--json").json
    assert newer["title"] == "Space, seen from below"
    assert older == {
        "id": int(number),
        "list": "space-digest",
        "title": "Space, seen from elsewhere",
        "date": "2026-12-01",
        "status": "draft",
    }
    assert mailer("editions", "ls").out.splitlines()[0] == "edition\tlist\ttitle\tdate\tstatus"


def test_no_editions_are_an_empty_list_and_a_hint(mailer: Mailer) -> None:
    assert mailer("editions", "ls", "--json").json == []
    assert "mailer editions import" in mailer("editions", "ls").err


def test_a_letter_is_written_as_its_reader_gets_it(mailer: Mailer, number: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "letter"
    rendered = mailer("editions", "render", number, "--interest", "africa", "-o", str(folder), "--json")
    assert (rendered.status, rendered.err) == (0, "")
    names = ["subject.txt", "edition.html", "edition.txt"]
    assert rendered.json == {
        "folder": str(folder),
        "files": names,
        "bytes": {name: (folder / name).stat().st_size for name in names},
    }
    assert (folder / "subject.txt").read_text().endswith("\n")
    assert "The dish turned." in (folder / "edition.txt").read_text()
    assert "The rocket flew." not in (folder / "edition.txt").read_text()
    told = mailer("editions", "render", number, "-o", str(folder)).out
    assert told.startswith(f"{folder} holds the letter: ")


@pytest.mark.parametrize("folder", ["", " "])
def test_a_letter_without_a_folder_is_not_written_where_one_happens_to_be(
    mailer: Mailer, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    refused = mailer("editions", "render", number, "-o", folder)
    assert refused.status == 2
    assert "name a folder" in refused.err
    assert not list((tmp_path / "here").iterdir())


def test_a_folder_that_is_a_file_is_one_line(mailer: Mailer, number: str, file: Path) -> None:
    refused = mailer("editions", "render", number, "-o", str(file))
    assert refused.status == 1
    assert refused.err == f"mailer: {file}: File exists\n"


def test_a_letter_for_an_interest_that_is_none_names_those_there_are(
    mailer: Mailer, number: str, tmp_path: Path
) -> None:
    refused = mailer("editions", "render", number, "--interest", "mars", "-o", str(tmp_path / "letter"))
    assert refused.status == 1
    assert "china, russia, africa, south-asia" in refused.err
    assert not (tmp_path / "letter").exists()


def test_an_approval_says_what_was_approved_by_whom_and_when(
    mailer: Mailer, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ed")
    approved = mailer("editions", "approve", number, "--json").json
    kept = Approval.objects.get()
    assert approved["edition"] == int(number)
    assert (approved["content_hash"], approved["by"]) == (kept.content_hash, "ed")
    assert dt.datetime.fromisoformat(approved["at"]) == kept.at
    assert approved["at"].endswith("Z")
    assert mailer("editions", "show", number, "--json").json["status"] == "approved"
    assert (
        mailer("editions", "approve", number).out
        == f"Edition {number} is approved as it stands ({kept.content_hash[:12]}).\n"
    )


def test_a_test_goes_to_named_addresses_and_waits_for_nobody(mailer: Mailer, number: str) -> None:
    to = ("--to", "ed@example.org", "--to", "chief@example.org")
    made = mailer("editions", "test", number, *to, "--interest", "africa", "--json")
    assert (made.status, made.err) == (0, "")
    assert (made.json["kind"], made.json["edition"], made.json["status"]) == (
        "test",
        int(number),
        "scheduled",
    )
    send = Send.objects.get()
    assert send.segment is not None
    assert send.segment["addresses"] == ["ed@example.org", "chief@example.org"]
    assert mailer("editions", "show", number, "--json").json["status"] == "draft"
    told = mailer("editions", "test", number, *to).out
    assert told.startswith(f"Send {send.pk + 1} is a test of edition {number}; it leaves as soon as ")
    assert told.endswith("The sandbox is the transport: nothing leaves this machine.\n")


@pytest.mark.parametrize(
    "options",
    [("--to", "nobody"), ("--to", "ed@example.org", "--interest", "mars"), ("--to", "ed@example.org") * 51],
)
def test_a_test_that_cannot_be_made_is_one_line(
    mailer: Mailer, number: str, options: tuple[str, ...]
) -> None:
    refused = mailer("editions", "test", number, *options)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("mailer: ")
    assert len(refused.err.splitlines()) == 1
    assert not Send.objects.exists()


def test_a_test_to_nobody_is_wrong_usage(mailer: Mailer, number: str) -> None:
    refused = mailer("editions", "test", number)
    assert refused.status == 2
    assert "say who gets it: --to ADDRESS, or --to-testers" in refused.err


def test_a_test_goes_to_the_test_list_and_to_others_each_once(mailer: Mailer, number: str) -> None:
    empty = mailer("editions", "test", number, "--to-testers")
    assert (empty.status, empty.out) == (1, "")
    assert empty.err == (
        "mailer: Nobody is on the test list of space-digest;"
        " `mailer lists testers space-digest --add ADDRESS` puts somebody there\n"
    )
    mailer("lists", "testers", "space-digest", "--add", "ada@example.org", "--add", "bo@example.org")
    assert mailer("editions", "test", number, "--to-testers", "--to", "bo@example.org").status == 0
    send = Send.objects.get()
    assert send.segment is not None
    assert send.segment["addresses"] == ["bo@example.org", "ada@example.org"]


def test_who_imported_a_text_is_noted(mailer: Mailer, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ed")
    mailer("editions", "import", "space-digest", str(file))
    assert Revision.objects.get().author == "ed"


@pytest.mark.parametrize("command", ["show", "export", "approve"])
@pytest.mark.parametrize("number", ["987654", "0", "9223372036854775808", "9" * 40])
def test_an_edition_that_is_not_there_says_where_to_look(mailer: Mailer, command: str, number: str) -> None:
    missing = mailer("editions", command, number)
    assert (missing.status, missing.out) == (1, "")
    assert (
        missing.err == f"mailer: There is no edition {number}; `mailer editions ls` shows those there are\n"
    )


@pytest.mark.parametrize("number", ["x", "1.5", ""])
@pytest.mark.parametrize("command", ["show", "export", "approve"])
def test_a_number_that_no_edition_can_have_is_wrong_usage(mailer: Mailer, command: str, number: str) -> None:
    wrong = mailer("editions", command, number)
    assert (wrong.status, wrong.out) == (2, "")
    assert "Traceback" not in wrong.err


@pytest.mark.parametrize("command", ["import", "export", "ls", "show", "render", "approve", "test"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer editions {command}" in mailer("editions", command, "--help").out
