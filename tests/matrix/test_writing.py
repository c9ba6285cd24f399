"""The folder that a matrix is written into."""

from pathlib import Path

import pytest

from mailer.matrix.values import GENERATOR
from mailer.matrix.writing import Folder, FolderError

PAGE = f"<!doctype html>{GENERATOR}".encode()


def files(path: Path) -> set[str]:
    return {str(each.relative_to(path)) for each in path.rglob("*") if each.is_file()}


def a_run(path: Path, *names: str, page: bytes = PAGE) -> None:
    folder = Folder(path, names)
    for name in names:
        folder.write(name, name.encode())
    folder.finish(page)


def test_letters_and_the_page_that_tells_of_them(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder"
    folder = Folder(path, ["a.html"])
    assert folder.write("a.html", b"A") == "letters/a.html"
    assert not (path / "index.html").exists()
    folder.finish(PAGE)
    assert files(path) == {"index.html", "letters/a.html", "letters/.made"}
    assert (path / "index.html").read_bytes() == PAGE


def test_what_an_earlier_run_made_and_this_one_did_not_is_gone(tmp_path: Path) -> None:
    a_run(tmp_path, "a.html", "b.html")
    (tmp_path / "letters" / "notes.txt").write_text("mine")
    a_run(tmp_path, "b.html", "c.html")
    assert files(tmp_path) == {"index.html"} | {
        f"letters/{name}" for name in ("b.html", "c.html", ".made", "notes.txt")
    }


def test_a_run_that_ends_in_the_middle_leaves_no_page_and_the_next_one_nothing_of_it(tmp_path: Path) -> None:
    a_run(tmp_path, "a.html")
    folder = Folder(tmp_path, ["b.html", "c.html"])
    folder.write("b.html", b"B")
    assert files(tmp_path) == {"letters/a.html", "letters/b.html", "letters/.made"}
    a_run(tmp_path, "d.html")
    assert files(tmp_path) == {"index.html", "letters/d.html", "letters/.made"}


def test_what_was_meant_to_be_written_and_was_not_is_not_kept_from_before(tmp_path: Path) -> None:
    a_run(tmp_path, "a.html", "a.png")
    folder = Folder(tmp_path, ["a.html", "a.png"])
    folder.write("a.html", b"A")
    folder.finish(PAGE)
    assert files(tmp_path) == {"index.html", "letters/a.html", "letters/.made"}


def test_somebody_elses_page_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Our site</h1>")
    with pytest.raises(FolderError, match=r"index\.html was not made here, .* name another folder"):
        Folder(tmp_path, ["a.html"])
    assert files(tmp_path) == {"index.html"}


def test_nor_are_somebody_elses_letters(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-mother.txt").write_text("Dear mother")
    with pytest.raises(FolderError, match="letters was not made here"):
        Folder(tmp_path, ["a.html"])
    assert files(tmp_path) == {"letters/to-mother.txt"}


def test_names_that_lead_elsewhere_are_not_followed(tmp_path: Path) -> None:
    a_run(tmp_path / "folder", "a.html")
    (tmp_path / "kept.txt").write_text("kept")
    (tmp_path / "folder" / "letters" / ".made").write_text("../../kept.txt\n.made\na.html\n/etc/hosts\n")
    a_run(tmp_path / "folder", "b.html")
    assert (tmp_path / "kept.txt").exists()
    assert files(tmp_path / "folder") == {"index.html", "letters/b.html", "letters/.made"}


@pytest.mark.parametrize("inside", ["", "letters"])
def test_a_folder_that_is_a_file_is_refused_by_its_name(tmp_path: Path, inside: str) -> None:
    (tmp_path / "folder").mkdir()
    blocked = (tmp_path / "folder" / inside) if inside else tmp_path / "file"
    blocked.write_text("here")
    with pytest.raises(OSError, match=blocked.name):
        Folder(tmp_path / "folder" if inside else blocked, ["a.html"])
    assert blocked.read_text() == "here"
