import datetime as dt
from pathlib import Path

import pytest

from subscribers.csvfiles.looking import Layout, Wishes
from subscribers.enrolling import Enrolled
from subscribers.importing import UncertainEncodingError, import_csv
from subscribers.models import List, Subscriber
from tests.subscribers.desk import HOW, Desk

pytestmark = pytest.mark.database


@pytest.fixture
def desk(digest: List, tmp_path: Path, noon: dt.datetime) -> Desk:
    return Desk(digest, tmp_path, noon)


def test_what_was_found_is_told_before_anything_is_written(desk: Desk) -> None:
    told: list[tuple[dict[str, object], int]] = []

    def shown(layout: Layout) -> None:
        told.append((layout.described(), Subscriber.objects.count()))

    desk.file.write_bytes("E-Mail;Имя;Ort\nivan@example.org;Иван;Pskov\n".encode("windows-1251"))
    import_csv(desk.newsletter, desk.file, by="vera", consent=HOW, at=desk.now, shown=shown)
    [(described, people)] = told
    assert people == 0
    assert described == {
        "encoding": "windows-1251",
        "certain": True,
        "delimiter": ";",
        "peer": None,
        "columns": {"E-Mail": "email", "Имя": "name"},
        "not_used": ["Ort"],
    }
    assert Subscriber.objects.get().name == "Иван"


def test_what_a_person_says_of_the_file_counts(desk: Desk) -> None:
    desk.file.write_bytes("Kontakt^Stadt\nivan@example.org^Псков\n".encode("koi8-r"))
    wishes = Wishes("koi8-r", "^", ("Kontakt=email", "Stadt=attribute:city"))
    import_csv(desk.newsletter, desk.file, by="vera", consent=HOW, at=desk.now, wishes=wishes)
    assert Subscriber.objects.get().attributes == {"city": "Псков"}


def test_where_the_encoding_is_a_guess_nothing_is_imported_until_somebody_says(desk: Desk) -> None:
    text = "email,name\nw@example.org,Wałęsa\n".encode("windows-1250")
    with pytest.raises(UncertainEncodingError, match=r"see how it reads with --dry-run.*--encoding"):
        desk.imports(text)
    assert desk.imports(text, dry_run=True).people == Enrolled(new=1)
    assert not Subscriber.objects.exists()
