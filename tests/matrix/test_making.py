"""All files of a matrix; the browser here is none, and answers as one does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.matrix.deciding import decide
from mailer.matrix.making import described, make
from mailer.matrix.values import Matrix
from tests.matrix.conftest import GROUPS, ISSUE

KINDS = {
    "html",
    "text",
    *(f"{what}-{scheme}" for what in ("phone", "desktop", "small") for scheme in ("light", "dark")),
}


@pytest.fixture
def matrix() -> Matrix:
    return decide(ISSUE, GROUPS)


def contents(path: Path) -> dict[str, bytes]:
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def test_each_letter_is_a_page_and_a_text(matrix: Matrix, tmp_path: Path) -> None:
    made = make(matrix, tmp_path, None)
    assert [files["html"] for files in made.files] == [
        "letters/everything.html",
        "letters/for-africa.html",
        "letters/for-china.html",
        "letters/no-interest.html",
    ]
    for variant, files, sizes in zip(matrix.variants, made.files, made.sizes, strict=True):
        assert (tmp_path / files["html"]).read_bytes() == variant.letter.html.encode()
        assert (tmp_path / files["text"]).read_bytes() == variant.letter.text.encode()
        assert sizes == {kind: (tmp_path / path).stat().st_size for kind, path in files.items()}
    assert made.trouble == ""


def test_and_has_pictures_where_there_is_a_browser(
    matrix: Matrix, tmp_path: Path, fake_browser: Callable[..., str]
) -> None:
    told: list[tuple[str, int, int | None]] = []
    made = make(matrix, tmp_path / "out", fake_browser(), progress=lambda *step: told.append(step))
    assert [set(files) for files in made.files] == [KINDS] * 4
    assert (tmp_path / "out" / made.files[1]["phone-dark"]).read_bytes() == b"PNG"
    assert made.files[1]["phone-dark"] == "letters/for-africa-phone-dark.png"
    assert told == [("pictures", n, 4) for n in range(1, 5)]
    assert described(matrix, made)["pictures"] is True


def test_a_browser_that_dies_leaves_whole_letters_and_a_true_page(
    matrix: Matrix, tmp_path: Path, fake_browser: Callable[..., str]
) -> None:
    make(matrix, tmp_path / "out", fake_browser())
    made = make(matrix, tmp_path / "out", fake_browser(dies=8))
    assert made.trouble == "the browser ended by itself"
    assert [set(files) for files in made.files] == [KINDS] + [{"html", "text"}] * 3
    assert described(matrix, made)["pictures"] is False
    there = contents(tmp_path / "out")
    assert len([name for name in there if name.endswith(".png")]) == 6
    assert there["index.html"].count(b"<img ") == 1


def test_a_browser_that_does_not_start_is_no_error(matrix: Matrix, tmp_path: Path) -> None:
    made = make(matrix, tmp_path, "/bin/false")
    assert made.trouble == "the browser ended by itself"
    assert (tmp_path / "index.html").exists()


def test_running_it_twice_gives_the_same_bytes(
    matrix: Matrix, tmp_path: Path, fake_browser: Callable[..., str]
) -> None:
    program = fake_browser()
    make(matrix, tmp_path / "out", program)
    first = contents(tmp_path / "out")
    make(decide(ISSUE, GROUPS), tmp_path / "out", program)
    assert contents(tmp_path / "out") == first


def test_scripts_are_told_of_each_letter_its_names_readers_files_and_bytes(
    matrix: Matrix, tmp_path: Path
) -> None:
    made = make(matrix, tmp_path, None)
    told = described(matrix, made)
    assert {name: told[name] for name in ("edition", "index", "pictures", "readers", "text_only")} == {
        "edition": 7,
        "index": "index.html",
        "pictures": False,
        "readers": 175,
        "text_only": 15,
    }
    assert told["unseen"] == {"sets": 0, "readers": 0, "text_only": 0, "untracked": 0}
    first = told["variants"][0]
    assert list(first) == [
        *("names", "readers", "text_only", "untracked", "sent", "subject", "leaving", "files", "bytes")
    ]
    assert (first["names"], first["readers"], first["sent"]) == (["everything", "china+africa"], 117, True)
    assert first["files"] == {"html": "letters/everything.html", "text": "letters/everything.txt"}
