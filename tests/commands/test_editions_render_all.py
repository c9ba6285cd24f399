"""`mailer editions render --all`, as a script and a person use it; no browser but where one is said to be."""

from pathlib import Path

import pytest

from tests.commands.conftest import Mailer
from tests.stage import EDITION, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def number(mailer: Mailer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An edition's number, as one types it, of a list with two readers."""
    monkeypatch.setenv("MAILER_CHROMIUM", str(tmp_path / "no-browser"))
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "ben@x.example", ["africa"], text_only=True)
    path = tmp_path / "edition.md"
    path.write_bytes(EDITION)
    return str(mailer("editions", "import", "space-digest", str(path), "--json").json["id"])


def contents(path: Path) -> dict[str, bytes]:
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def test_every_letter_is_written_and_scripts_are_told(mailer: Mailer, number: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "letters"
    ran = mailer("editions", "render", number, "--all", "--no-pictures", "-o", str(folder), "--json")
    assert (ran.status, ran.err) == (0, "")
    told = ran.json
    assert (told["folder"], told["edition"], told["readers"]) == (str(folder), int(number), 2)
    assert len(told["variants"]) == 15
    assert told["variants"][1]["names"] == ["africa"]
    assert (told["variants"][1]["readers"], told["variants"][1]["text_only"]) == (1, 1)
    for variant in told["variants"]:
        for kind, path in variant["files"].items():
            assert (folder / path).stat().st_size == variant["bytes"][kind]
    assert "The dish turned." in (folder / "letters" / "for-africa.txt").read_text()
    assert "The rocket flew." not in (folder / "letters" / "for-africa.txt").read_text()


def test_a_person_is_told_where_to_look(mailer: Mailer, number: str, tmp_path: Path) -> None:
    told = mailer("editions", "render", number, "--all", "--no-pictures", "-o", str(tmp_path / "out"))
    assert told.out == f"{tmp_path}/out/index.html shows all 15 different letters and which 2 readers get.\n"
    assert told.err == ""


def test_without_a_browser_it_says_so_in_one_line_and_goes_on(
    mailer: Mailer, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("editions", "render", number, "--all", "-o", str(tmp_path / "out"))
    ran = mailer(*command)
    assert ran.status == 0
    assert ran.err == (
        f"There is no {tmp_path}/no-browser, which MAILER_CHROMIUM names, so there are no pictures:"
        " install Chromium, or name one in MAILER_CHROMIUM.\n"
    )
    assert (tmp_path / "out" / "index.html").exists()
    monkeypatch.delenv("MAILER_CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert mailer(*command).err.startswith("No browser is on PATH, so there are no pictures: ")


def test_a_browser_that_does_not_work_is_one_line_too(
    mailer: Mailer, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILER_CHROMIUM", "/bin/false")
    ran = mailer("editions", "render", number, "--all", "-o", str(tmp_path / "out"), "--json")
    assert (ran.status, ran.json["pictures"]) == (0, False)
    assert ran.err == "Not all pictures were taken: the browser ended by itself.\n"


def test_running_it_twice_gives_the_same_bytes(mailer: Mailer, number: str, tmp_path: Path) -> None:
    command = ("editions", "render", number, "--all", "--no-pictures", "-o", str(tmp_path / "out"))
    first = mailer(*command)
    before = contents(tmp_path / "out")
    assert (mailer(*command), contents(tmp_path / "out")) == (first, before)


def test_a_folder_that_is_a_file_or_somebody_elses_is_one_line(
    mailer: Mailer, number: str, tmp_path: Path
) -> None:
    refused = mailer("editions", "render", number, "--all", "-o", str(tmp_path / "edition.md"))
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.splitlines()[-1].startswith(f"mailer: {tmp_path}/edition.md")
    (tmp_path / "index.html").write_text("<h1>Our site</h1>")
    refused = mailer("editions", "render", number, "--all", "--no-pictures", "-o", str(tmp_path))
    assert refused.status == 1
    assert refused.err == (
        f"mailer: {tmp_path}/index.html was not made here, and would be written over: name another folder\n"
    )


def test_one_reader_and_all_readers_do_not_go_together(mailer: Mailer, number: str, tmp_path: Path) -> None:
    wrong = mailer("editions", "render", number, "--all", "--interest", "africa", "-o", str(tmp_path / "out"))
    assert wrong.status == 2
    assert "every letter is written anyway" in wrong.err
    assert not (tmp_path / "out").exists()


def test_an_edition_that_is_not_there_leaves_no_folder(mailer: Mailer, tmp_path: Path) -> None:
    missing = mailer("editions", "render", "987654", "--all", "-o", str(tmp_path / "out"))
    assert missing.status == 1
    assert missing.err == ("mailer: There is no edition 987654; `mailer editions ls` shows those there are\n")
    assert not (tmp_path / "out").exists()
