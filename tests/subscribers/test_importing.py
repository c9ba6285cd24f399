import datetime as dt
import io
from pathlib import Path

import pytest

from subscribers import enrolling, exporting, leaving, lists, suppressions
from subscribers.addresses import address_key
from subscribers.choosing import choose
from subscribers.csvfiles.errors import ConsentMissingError, CsvError
from subscribers.enrolling import Enrolled
from subscribers.importing import BadRowsError, import_csv
from subscribers.models import Consent, List, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Status, Suppressed
from tests.subscribers.desk import HOW, Desk, audit

pytestmark = pytest.mark.database

DAY = dt.timedelta(days=1)


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
    assert (imported.people, imported.bad, imported.bad_file) == (Enrolled(new=3), 0, None)
    assert imported.ignored_columns == ()
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
    assert import_csv(second, file, by="vera", consent=HOW, at=noon).people == Enrolled(new=1)
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


def test_a_file_that_cannot_be_read_imports_nobody(desk: Desk) -> None:
    with pytest.raises(CsvError, match="quotation mark without its pair"):
        desk.imports('email,name\nnina@example.org,"Nina\nomar@example.org,Omar\n')
    assert not Subscriber.objects.exists()


def test_a_file_that_is_not_there_says_so(digest: List, tmp_path: Path, noon: dt.datetime) -> None:
    with pytest.raises(CsvError, match="not a file that can be read"):
        import_csv(digest, tmp_path / "nowhere.csv", by="vera", consent=HOW, at=noon)


def test_without_a_stated_consent_nobody_is_imported(desk: Desk) -> None:
    with pytest.raises(ConsentMissingError, match="how these people agreed"):
        desk.imports("email\nnina@example.org\n", consent=" ")
    assert not Subscriber.objects.exists()


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
        import_csv(
            desk.newsletter, desk.file, by="vera", consent=HOW, at=desk.now, progress=killed_while_writing
        )
    written = Subscriber.objects.count()
    assert [line.after["new"] for line in audit()] == ([written] if written else [])
    desk.imports(text)
    assert Subscription.objects.count() == Consent.objects.count() == Subscriber.objects.count() == people


def test_interests_chosen_since_are_overwritten_only_by_what_the_file_states(desk: Desk) -> None:
    desk.imports("email,interests\nnina@example.org,africa\n")
    choose(Subscription.objects.get(), ["china"], "page", desk.now)
    desk.imports("email\nnina@example.org\n")
    assert desk.people()["nina@example.org"][3] == 0b0001


def test_a_dry_run_counts_and_changes_nothing(desk: Desk) -> None:
    desk.imports("email,interests\nnina@example.org,africa\nomar@example.org,\nleft@example.org,\n")
    leaving.unsubscribe(Subscription.objects.get(subscriber__canonical="left@example.org").pk, "x", desk.now)
    suppressions.suppress(address_key("bad@example.org"), Suppressed.BY_HAND, "letter", desk.now)
    before = (*desk.people().items(), Consent.objects.count(), Suppression.objects.count())
    imported = desk.imports(
        "email,interests,status\nnina@example.org,china,\nomar@example.org,,\nleft@example.org,,\n"
        "bad@example.org,,\nnew@example.org,,\nNew@example.org,,\nnobody,,\ngone@example.org,,bounced\n"
        "omar@example.org,,complained\nx@example.org,,transactional\n",
        dry_run=True,
        consent="",
    )
    assert imported.people == Enrolled(
        new=1, updated=1, unsubscribed=1, suppressed=1, duplicates=2, ended=2, outsiders=1
    )
    assert (imported.bad, imported.bad_file) == (1, None)
    assert [(fault.line, fault.column) for fault in imported.faults] == [(8, "email")]
    assert [arrival.line for arrival in imported.samples] == [2, 3, 4]
    assert (*desk.people().items(), Consent.objects.count(), Suppression.objects.count()) == before
    assert len(audit()) == 1
    assert [path.name for path in desk.file.parent.iterdir() if path.suffix == ".csv"] == ["people.csv"]


def test_attributes_are_laid_over_those_that_are_there(desk: Desk) -> None:
    text = 'email,attributes\nnina@example.org,"{""city"": ""Lagos"", ""n"": 1}"\n'
    assert desk.imports(text).people == Enrolled(new=1)
    assert desk.imports(text).people == Enrolled(unchanged=1)
    assert desk.imports('email,attributes\nnina@example.org,"{""n"": 2}"\n').people == Enrolled(updated=1)
    assert Subscriber.objects.get().attributes == {"city": "Lagos", "n": 2}
    assert desk.imports("email,attributes\nnina@example.org,\n").people == Enrolled(unchanged=1)


def test_an_import_turns_tracking_off_and_never_on(desk: Desk) -> None:
    desk.imports("email,text_only,tracked\nnina@example.org,yes,no\n")
    nina = Subscriber.objects.get()
    assert (nina.text_only, nina.tracked) == (True, False)
    assert desk.imports("email,tracked\nnina@example.org,yes\n").people == Enrolled(unchanged=1)
    assert desk.imports("email,text_only\nnina@example.org,no\n").people == Enrolled(updated=1)
    nina.refresh_from_db()
    assert (nina.text_only, nina.tracked) == (False, False)


def test_one_line_of_the_audit_log_says_who_imported_what(desk: Desk) -> None:
    desk.imports("email\nnina@example.org\nnobody\nomar@example.org\n", skip_bad_rows=True)
    [line] = audit()
    assert (line.what, line.who, line.list, line.subject) == (
        *("subscribers import", "vera", desk.newsletter, "people.csv"),
    )
    assert (line.before, line.after) == ({}, {"new": 2, "bad": 1, "consent": HOW})
    desk.imports("email\n")
    assert len(audit()) == 2


def test_a_name_that_is_an_address_does_not_reach_the_audit_log(desk: Desk) -> None:
    desk.file = desk.file.with_name("nina@example.org.csv")
    desk.imports("email,status\nnina@example.org,bounced\n")
    assert [line.subject for line in audit()] == ["a file"]
    assert Suppression.objects.get().source == "imported from a file"


def test_what_is_put_aside_is_no_formula(desk: Desk) -> None:
    bad = desk.imports('email,name\n"=cmd|x",Nina\n', skip_bad_rows=True).bad_file
    assert bad is not None
    assert bad.read_text().splitlines()[1].endswith("'=cmd|x,Nina")


def test_our_export_comes_in_again_and_nothing_changes(desk: Desk) -> None:
    desk.newsletter.interests.create(number=9, position=9, slug="mars", name="Mars", retired_at=desk.now)
    desk.imports(
        "email,name,locale,interests,status,consent,consent date,attributes\n"
        'nina@example.org,=1+1,en,africa;china,active,"stand, hall 2\n“=”",2019-03-24T10:11:12.123456Z,'
        '"{""город"": ""Лагос"", ""a"": [1]}"\n'
        "'+o@example.org,'t Hooft,,,paused,yes,2020-01-01,\n"
        "li@example.org,李伟,zh,,pending,form,2021-01-01,\n"
        "ada@example.org,Ada,,china,unsubscribed,form,2018-01-01,\n"
        "gone@example.org,,,,active,form,2018-01-01,\n"
    )
    suppressions.suppress(address_key("gone@example.org"), Suppressed.BOUNCED, "event", desk.now)
    Subscription.objects.filter(subscriber__canonical="nina@example.org").update(interests=1 << 9 | 1)
    text = _export(desk.newsletter, desk.now)
    again = desk.imports(text, consent="")
    assert again.people == Enrolled(unchanged=3, unsubscribed=1, suppressed=1)
    assert _export(desk.newsletter, desk.now) == text


def test_our_export_fills_an_empty_list_with_the_same_people(desk: Desk) -> None:
    desk.imports(
        "email,name,interests,status,consent,consent date,attributes\n"
        'nina@example.org,=1+1,africa,active,stand,2019-03-24,"{""n"": 1}"\n'
        "omar@example.org,Omar,,paused,form,2020-01-01,\n"
        "li@example.org,李伟,,pending,form,2021-01-01,\n"
        "ada@example.org,Ada,china,unsubscribed,form,2018-01-01,\n"
    )
    text = _export(desk.newsletter, desk.now)
    desk.newsletter.delete()
    Subscriber.objects.all().delete()
    desk.newsletter = lists.add_list(
        "space-digest",
        name="Space Digest",
        sender=lists.Sender("Space Digest", "news@example.org"),
        postal_address="x",
        interests={"china": "China", "russia": "Russia", "africa": "Africa"},
        by="vera",
        at=desk.now,
    ).newsletter
    desk.now += DAY
    assert desk.imports(text, consent="").people == Enrolled(new=3, ended=1)
    assert _export(desk.newsletter, desk.now) == text


def _export(newsletter: List, now: dt.datetime) -> str:
    out = io.StringIO(newline="")
    exporting.write(exporting.Whom(newsletter, now), out)
    return out.getvalue()
