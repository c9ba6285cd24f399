"""How far the audit log is sealed is kept in a file too, which whoever owns the database does not have."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from mailer import sealing, sends
from mailer.sealing import KeptError, check, seal
from subscribers import changes
from subscribers.models import Change, Seal
from subscribers.sealing import Head, head
from tests.stage import NOW
from tests.tampering import tamper

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "audit-log-sealed"


def write(*whats: str) -> None:
    for what in whats:
        changes.record(what, by="ada", at=NOW)


def cut_off(after: int) -> None:
    """Cut the log off behind a line, and have all of the database say that this was its end."""
    digest = Change.objects.get(number=after).digest
    tamper(f"DELETE FROM change WHERE number > {after}")
    Seal.objects.update(number=after, digest=digest)


def test_nothing_is_kept_of_an_empty_log(kept: Path) -> None:
    seal()
    assert not kept.exists()
    assert check().fault is None


def test_the_end_is_kept_for_its_owner_s_eyes(kept: Path) -> None:
    write("a", "b")
    seal()
    assert Head.of(kept.read_text(encoding="utf-8")) == head() == check().head
    assert kept.stat().st_mode & 0o777 == 0o600
    write("c")
    seal()
    assert Head.of(kept.read_text(encoding="utf-8")).number == 3
    assert list(kept.parent.iterdir()) == [kept]


def test_every_sweep_seals(kept: Path) -> None:
    write("a")
    sends.tidy(now=NOW + dt.timedelta(days=1))
    assert kept.read_text(encoding="utf-8").startswith("1:")


def test_an_older_copy_of_the_database_is_found(kept: Path) -> None:
    write("a", "b", "c")
    seal()
    was = kept.read_text(encoding="utf-8")
    cut_off(1)
    fault = check().fault
    assert fault is not None
    assert fault.what == "the last 2 lines are missing: it was sealed up to line 3"
    # What proves it is not written over, however much is written since.
    write("d", "e", "f")
    seal()
    assert kept.read_text(encoding="utf-8") == was
    fault = check().fault
    assert fault is not None
    assert fault.what.endswith("is not what was sealed there before")


def test_all_of_the_log_gone_is_found() -> None:
    write("a")
    seal()
    tamper("DELETE FROM change")
    Seal.objects.all().delete()
    fault = check().fault
    assert fault is not None
    assert fault.what == "the last line is missing: it was sealed up to line 1"


def test_a_log_that_does_not_fit_stops_no_sweep(capsys: pytest.CaptureFixture[str]) -> None:
    write("a", "b")
    seal()
    tamper("DELETE FROM change WHERE number = 2")
    write("c")
    seal()
    assert "the audit log cannot be sealed" in capsys.readouterr().out


def test_a_folder_that_takes_nothing_stops_no_sweep(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: Head) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealing, "_keep", full)
    write("a")
    seal()
    assert "in the database alone" in capsys.readouterr().out
    assert not kept.exists()
    assert head().number == 1


@pytest.mark.parametrize("text", ["", "nonsense", "\udcff", "1:2"])
def test_a_file_that_says_nothing_is_asked_about(kept: Path, text: str) -> None:
    kept.write_bytes(text.encode("utf-8", "surrogateescape"))
    write("a")
    seal()
    with pytest.raises(KeptError, match="put back what it held"):
        check()
    assert kept.read_bytes() == text.encode("utf-8", "surrogateescape")
