import datetime as dt
from pathlib import Path

import pytest

from subscribers import enrolling, leaving, suppressions
from subscribers.addresses import address_key
from subscribers.choosing import choose
from subscribers.enrolling import Enrolled
from subscribers.importing import BadRowsError, Imported, import_csv
from subscribers.models import Consent, List, Subscriber, Subscription
from subscribers.reading import CsvError
from subscribers.vocabulary import Status, Suppressed

pytestmark = pytest.mark.database

DAY = dt.timedelta(days=1)
HOW = "paper form at the spring meeting"


class Desk:
    """Imports texts into one list, as a person at a desk would."""

    def __init__(self, newsletter: List, folder: Path, now: dt.datetime) -> None:
        self.newsletter = newsletter
        self.file = folder / "people.csv"
        self.now = now

    def imports(self, text: str | bytes, *, skip_bad_rows: bool = False) -> Imported:
        self.file.write_bytes(text.encode() if isinstance(text, str) else text)
        return import_csv(self.newsletter, self.file, consent=HOW, at=self.now, skip_bad_rows=skip_bad_rows)

    def people(self) -> dict[str, tuple[str, str, bool, int]]:
        rows = Subscription.objects.filter(list=self.newsletter).select_related("subscriber")
        return {
            row.subscriber.address: (row.subscriber.name, row.status, row.everything, row.interests)
            for row in rows
        }


@pytest.fixture
def desk(digest: List, tmp_path: Path, noon: dt.datetime) -> Desk:
    return Desk(digest, tmp_path, noon)


def test_people_arrive_with_their_interests_and_their_consent(desk: Desk) -> None:
    imported = desk.imports(
        "email,name,interests\n"
        "nina@example.org,Nina Okafor,africa;south-asia\n"
        "omar@Example.ORG,,\n"
        '"li@example.org","Li, Wei"," China ; "\n'
    )
    assert imported == Imported(Enrolled(new=3), bad=0, bad_file=None, ignored_columns=())
    assert desk.people() == {
        "nina@example.org": ("Nina Okafor", "active", False, 0b1100),
        "omar@example.org": ("", "active", True, 0),
        "li@example.org": ("Li, Wei", "active", False, 0b0001),
    }
    assert set(Consent.objects.values_list("action", "how", "at")) == {("granted", HOW, desk.now)}
    assert Consent.objects.count() == 3


def test_a_person_is_stored_with_key_and_canonical_form(desk: Desk) -> None:
    desk.imports("email,locale\nNina@Example.org,pt-BR\n")
    nina = Subscriber.objects.get()
    assert (nina.address, nina.canonical, nina.locale) == ("Nina@example.org", "nina@example.org", "pt-BR")
    assert nina.address_key == address_key("nina@example.org")
    assert nina.tracked
    assert not nina.text_only
    assert nina.attributes == {}


def test_importing_the_same_file_again_doubles_nothing(desk: Desk) -> None:
    text = "email,name,interests\nnina@example.org,Nina,africa\nomar@example.org,,\n"
    desk.imports(text)
    assert desk.imports(text).people == Enrolled(unchanged=2)
    assert (Subscriber.objects.count(), Subscription.objects.count(), Consent.objects.count()) == (2, 2, 2)


def test_who_is_on_the_list_gets_what_the_file_says(desk: Desk) -> None:
    desk.imports(
        "email,name,interests\nnina@example.org,Nina,africa\nomar@example.org,Omar,\nli@example.org,,\n"
    )
    desk.now += DAY
    imported = desk.imports(
        "email,name,interests\nnina@example.org,,china\nomar@example.org,Omar B.,\nli@example.org,,\n"
    )
    assert imported.people == Enrolled(updated=2, unchanged=1)
    assert desk.people() == {
        "nina@example.org": ("Nina", "active", False, 0b0001),
        "omar@example.org": ("Omar B.", "active", True, 0),
        "li@example.org": ("", "active", True, 0),
    }
    assert Subscription.objects.get(interests=1).since == desk.now - DAY
    assert list(Consent.objects.filter(at=desk.now).values_list("action", flat=True)) == ["changed"]


def test_a_file_without_interests_leaves_chosen_ones_alone(desk: Desk) -> None:
    desk.imports("email,interests\nnina@example.org,africa\n")
    assert desk.imports("email,name\nnina@example.org,Nina\nomar@example.org,Omar\n").people == Enrolled(1, 1)
    assert desk.people() == {
        "nina@example.org": ("Nina", "active", False, 0b0100),
        "omar@example.org": ("Omar", "active", True, 0),
    }


def test_who_has_left_is_never_brought_back(desk: Desk) -> None:
    desk.imports("email\nnina@example.org\nomar@example.org\n")
    nina = Subscription.objects.get(subscriber__canonical="nina@example.org")
    leaving.unsubscribe(nina.pk, "one-click", desk.now)
    imported = desk.imports("email,name,interests\nNINA@example.org,Nina,africa\nomar@example.org,,\n")
    assert imported.people == Enrolled(unchanged=1, unsubscribed=1)
    assert imported.people.left_alone == 1
    assert desk.people()["nina@example.org"] == ("", "unsubscribed", True, 0)


def test_who_is_suppressed_is_left_alone_and_not_even_stored(desk: Desk) -> None:
    suppressions.suppress(address_key("nina@example.org"), Suppressed.ERASED, "letter", desk.now)
    assert desk.imports("email\nnina@example.org\n").people == Enrolled(suppressed=1)
    assert not Subscriber.objects.exists()


def test_a_suppression_on_another_list_does_not_count_here(desk: Desk, second: List) -> None:
    suppressions.suppress(address_key("nina@example.org"), Suppressed.BY_HAND, "letter", desk.now, second)
    assert desk.imports("email\nnina@example.org\n").people == Enrolled(new=1)


def test_a_lifted_suppression_does_not_count(desk: Desk) -> None:
    suppressions.suppress(address_key("nina@example.org"), Suppressed.BOUNCED, "event", desk.now)
    suppressions.of_address(address_key("nina@example.org")).update(lifted_at=desk.now)
    assert desk.imports("email\nnina@example.org\n").people == Enrolled(new=1)


def test_who_waits_for_confirmation_is_confirmed_by_the_stated_consent(desk: Desk) -> None:
    desk.imports("email\nnina@example.org\n")
    Subscription.objects.update(status=Status.PENDING)
    assert desk.imports("email,interests\nnina@example.org,\n").people == Enrolled(updated=1)
    assert desk.people()["nina@example.org"] == ("", "active", True, 0)
    assert list(Consent.objects.values_list("action", flat=True)) == ["granted", "granted"]


def test_who_pauses_goes_on_pausing(desk: Desk) -> None:
    desk.imports("email\nnina@example.org\n")
    Subscription.objects.update(status=Status.PAUSED)
    desk.imports("email,interests\nnina@example.org,africa\n")
    assert desk.people()["nina@example.org"] == ("", "paused", False, 0b0100)


def test_a_reader_of_another_list_is_the_same_person(desk: Desk, second: List, noon: dt.datetime) -> None:
    desk.imports("email,name\nnina@example.org,Nina\n")
    file = desk.file.with_name("second.csv")
    file.write_text("email,name,interests\nnina@example.org,,tea\n")
    assert import_csv(second, file, consent=HOW, at=noon).people == Enrolled(new=1)
    assert Subscriber.objects.get().name == "Nina"
    assert Subscription.objects.count() == 2


def test_of_two_rows_for_one_address_the_later_counts(desk: Desk) -> None:
    imported = desk.imports(
        "email,name,interests\nnina@example.org,Old,china\nomar@example.org,,\nNina@Example.org,New,africa\n"
    )
    assert imported.people == Enrolled(new=2, duplicates=1)
    assert desk.people()["Nina@example.org"] == ("New", "active", False, 0b0100)


def test_bad_rows_are_all_named_and_nothing_is_imported(desk: Desk) -> None:
    with pytest.raises(BadRowsError) as caught:
        desk.imports(
            "email,name,interests\n"
            "nina@example.org,Nina,africa\n"
            "nobody,,\n"
            "\n"
            '"omar@example.org","two\nlines",\n'
            "li@example.org,Li,mars;china\n"
            "ada@example.org,Ada,china,surplus\n"
        )
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(str(desk.file)) for line in lines[:3]] == [
        ":3: email: An email address must have an @-sign.",
        ":5: name: holds a line break or a control character",
        ":7: interests: “mars” is no interest of space-digest: china, russia, africa, south-asia",
    ]
    assert ":8: 4 fields where the first line names 3" in lines[3]
    assert lines[4] == "4 rows are wrong and nothing was imported: mend the file, or use --skip-bad-rows"
    assert not Subscriber.objects.exists()


def test_a_file_of_the_wrong_kind_does_not_fill_the_screen(desk: Desk) -> None:
    with pytest.raises(BadRowsError, match="… and 80 more") as caught:
        desk.imports("email\n" + "nobody\n" * 100)
    assert caught.value.count == 100


def test_bad_rows_can_be_put_aside(desk: Desk) -> None:
    imported = desk.imports(
        "email,name\nnobody,Nobody\nnina@example.org,Nina\nx@localhost,X\n", skip_bad_rows=True
    )
    assert (imported.people, imported.bad) == (Enrolled(new=1), 2)
    assert imported.bad_file == desk.file.with_name("people.csv.bad.csv")
    assert imported.bad_file.read_text().splitlines() == [
        "line,reason,email,name",
        "2,email: An email address must have an @-sign.,nobody,Nobody",
        "4,email: The part after the @-sign is not valid. It should have a period.,x@localhost,X",
    ]
    assert imported.bad_file.stat().st_mode & 0o077 == 0


def test_nothing_is_put_aside_where_nothing_is_bad(desk: Desk) -> None:
    assert desk.imports("email\nnina@example.org\n", skip_bad_rows=True).bad_file is None
    assert [path.name for path in desk.file.parent.iterdir() if path.suffix == ".csv"] == ["people.csv"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", r"is empty"),
        (b"\n\n", r"is empty"),
        (b"\xef\xbb\xbf", r"is empty"),
        (b"name\nNina\n", r":1: there is no column email"),
        (b"email;name\nnina@example.org;Nina\n", r"set apart by commas"),
        (b"nina@example.org\nomar@example.org\n", r":1: there is no column email"),
        (b"email,email\na@example.org,b@example.org\n", r"column email is there twice"),
        (b"email,name\nnina@example.org,Nina\nzoe@example.org,Zo\xeb\n", r":3: this is not UTF-8"),
        ("email\nnina@example.org\n".encode("utf-16"), r":1: this is not UTF-8"),
        (b'email,name\nnina@example.org,"Nina\nomar@example.org,Omar\n', r"quotation mark without its pair"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(desk: Desk, text: bytes, reason: str) -> None:
    with pytest.raises(CsvError, match=reason):
        desk.imports(text)
    assert not Subscriber.objects.exists()


def test_a_file_that_is_not_there_says_so(digest: List, tmp_path: Path, noon: dt.datetime) -> None:
    with pytest.raises(CsvError, match="not a file that can be read"):
        import_csv(digest, tmp_path / "nowhere.csv", consent=HOW, at=noon)


def test_without_a_stated_consent_nobody_is_imported(desk: Desk) -> None:
    desk.file.write_text("email\nnina@example.org\n")
    with pytest.raises(CsvError, match="how these people agreed"):
        import_csv(desk.newsletter, desk.file, consent=" ", at=desk.now)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_byte_order_marks_and_line_ends_do_not_matter(desk: Desk, start: bytes, end: bytes) -> None:
    desk.imports(start + b"Email,NAME" + end + "zoe@example.org,Zoë".encode() + end)
    assert desk.people() == {"zoe@example.org": ("Zoë", "active", True, 0)}


def test_columns_that_are_not_ours_are_named(desk: Desk) -> None:
    assert desk.imports("email,city\nnina@example.org,Lagos\n").ignored_columns == ("city",)


def test_a_header_without_people_imports_nobody(desk: Desk) -> None:
    assert desk.imports("email,name,interests\n").people == Enrolled()


def test_names_that_look_like_formulas_or_markup_stay_as_they_are(desk: Desk) -> None:
    desk.imports('email,name\nnina@example.org,"=HYPERLINK(""x"")<b>%s{{7*7}}\'; DROP TABLE"\n')
    assert desk.people()["nina@example.org"][0] == '=HYPERLINK("x")<b>%s{{7*7}}\'; DROP TABLE'


def test_a_run_that_was_killed_half_way_is_finished_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    def killed_while_writing(step: str, done: int, total: int) -> None:
        if step == "writing" and done < total:
            raise KilledError

    monkeypatch.setattr(enrolling, "_RANGE_SQLITE", 100)
    monkeypatch.setattr(enrolling, "_RANGE_POSTGRESQL", 100)
    people = 1_250
    text = "email,interests\n" + "".join(f"reader{number}@example.org,africa\n" for number in range(people))
    desk.file.write_text(text)
    with pytest.raises(KilledError):
        import_csv(desk.newsletter, desk.file, consent=HOW, at=desk.now, progress=killed_while_writing)
    desk.imports(text)
    assert Subscription.objects.count() == Consent.objects.count() == Subscriber.objects.count() == people


def test_interests_chosen_since_are_overwritten_only_by_what_the_file_states(desk: Desk) -> None:
    desk.imports("email,interests\nnina@example.org,africa\n")
    choose(Subscription.objects.get(), ["china"], "page", desk.now)
    desk.imports("email\nnina@example.org\n")
    assert desk.people()["nina@example.org"][3] == 0b0001
