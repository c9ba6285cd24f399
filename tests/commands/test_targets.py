import io
import os
import stat
import sys
import threading
from pathlib import Path
from typing import TextIO

import pytest

from mailer.commands import targets
from mailer.commands.failures import FailedError


class Person(io.StringIO):
    """Somebody at a terminal who answers questions."""

    def isatty(self) -> bool:
        return True


class WriteStoppedError(Exception):
    """What was to be written ended half-way."""


def write(target: Path | str, text: str, *, yes: bool = False) -> None:
    with targets.opened(str(target), yes=yes) as out:
        out.write(text)


def stop(target: Path, ending: type[BaseException]) -> None:
    with targets.opened(str(target), yes=True) as out:
        out.write("half")
        raise ending


def test_a_file_is_there_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    with targets.opened(str(file)) as out:
        out.write("Zoë\r\nline\n\ud800")
        assert not file.exists()
        [part] = tmp_path.iterdir()
        assert part.name.startswith(".people.csv.")
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert file.read_bytes() == "Zoë\r\nline\n\\ud800".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("ending", [WriteStoppedError, KeyboardInterrupt])
def test_what_ends_half_way_leaves_nothing(tmp_path: Path, ending: type[BaseException]) -> None:
    file = tmp_path / "people.csv"
    with pytest.raises(ending):
        stop(file, ending)
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_killed_left_behind_goes_with_the_next_of_that_name(tmp_path: Path) -> None:
    left, other, foreign = ".people.csv.ab12cd_8.part", ".places.csv.ab12cd_8.part", ".people.csv.old.part"
    for name in (left, other, foreign):
        (tmp_path / name).write_text("half")
    write(tmp_path / "people.csv", "people")
    assert {each.name for each in tmp_path.iterdir()} == {"people.csv", other, foreign}


def test_whoever_writes_at_the_same_time_keeps_what_they_have_begun(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    with targets.opened(str(file)) as first:
        first.write("first")
        first.flush()
        write(file, "second")
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]


def test_what_ends_half_way_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("whole")
    with pytest.raises(WriteStoppedError):
        stop(file, WriteStoppedError)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("people.csv", "whole")]


def test_a_file_that_is_there_is_replaced_only_when_somebody_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("old")
    with pytest.raises(FailedError, match=r"people.csv is there already: replace it\? Nobody is here"):
        write(file, "new")
    monkeypatch.setattr(sys, "stdin", Person("n\n"))
    with pytest.raises(FailedError, match="Nothing was changed"):
        write(file, "new")
    assert file.read_text() == "old"
    monkeypatch.setattr(sys, "stdin", Person("y\n"))
    write(file, "new")
    assert file.read_text() == "new"
    write(file, "newer", yes=True)
    assert file.read_text() == "newer"


def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to("real.csv")
    write(link, "new", yes=True)
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()))
    reader.start()
    write(pipe, "people")
    reader.join(timeout=10)
    assert heard == ["people"]
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_full_device_is_named() -> None:
    with pytest.raises(OSError, match="No space left on device") as failed:
        write("/dev/full", "people")
    assert failed.value.filename == "/dev/full"


def test_a_folder_that_is_not_there_is_no_place(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "people.csv"
    with pytest.raises(FileNotFoundError) as failed:
        write(target, "people")
    assert failed.value.filename == str(target)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"is a folder: name a file in it"):
        write(tmp_path, "people")


def test_a_folder_that_takes_nothing_is_named() -> None:
    # Not even root makes a file there.
    with pytest.raises(OSError, match=r"people\.csv") as failed:
        write("/proc/people.csv", "people")
    assert failed.value.filename == "/proc/people.csv"


def test_a_long_name_is_as_good_as_a_short_one(tmp_path: Path) -> None:
    file = tmp_path / ("é" * 120 + ".csv")
    write(file, "people")
    assert file.read_text() == "people"


def test_an_error_of_something_else_stays_what_it_was(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the database") as failed, targets.opened(str(tmp_path / "x")):
        raise OSError("the database is gone")
    assert failed.value.filename is None


def test_standard_output_is_a_hyphen(capsys: pytest.CaptureFixture[str]) -> None:
    out: TextIO
    with targets.opened("-") as out:
        out.write("people")
    assert capsys.readouterr().out == "people"
