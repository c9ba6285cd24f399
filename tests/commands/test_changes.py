import csv
import io
import json
from pathlib import Path

import pytest
from pytest_django import Settings

from mailer.sealing import seal
from subscribers import changes, lists
from subscribers.models import Change
from subscribers.sealing import head
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader
from tests.tampering import tamper, unguarded

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

LS = ("changes", "ls")
CHECK = ("changes", "check")


@pytest.fixture
def written(db: None) -> None:  # noqa: ARG001 - its rows need the database
    """Three lines: Ada's about a list, Eve's about a person, Ada's about neither."""
    owner = a_list()
    with unguarded():
        Change.objects.all().delete()
    person = a_reader(owner, "nina@example.org").subscriber
    name = {"name": "Space Digest"}, {"name": "Moon Digest"}
    changes.record(
        "lists set", by="ada", at=NOW, newsletter=owner, subject=owner.slug, before=name[0], after=name[1]
    )
    changes.record(
        "subscribers set",
        by="eve",
        at=NOW.replace(hour=10),
        newsletter=owner,
        person=person,
        before={"email": "nina@example.org"},
        after={"email": "ninotchka@example.org"},
    )
    changes.record("import", by="ada", at=NOW.replace(hour=11), subject="people.csv", after={"new": 1_204})


@pytest.mark.usefixtures("written")
def test_changes_are_told_in_words_the_newest_last(mailer: Mailer) -> None:
    person = Change.objects.get(who="eve").subscriber_id
    assert mailer(*LS).out == (
        "at\twho\twhat\tabout\tchange\n"
        "2026-12-01 09:00 UTC\tada\tlists set\tspace-digest\tname: Space Digest -> Moon Digest\n"
        f"2026-12-01 10:00 UTC\teve\tsubscribers set\tspace-digest, subscriber {person}"
        "\temail: n•••a@example.org -> n•••a@example.org\n"
        "2026-12-01 11:00 UTC\tada\timport\tpeople.csv\tnew: 1,204\n"
    )


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)], ids=["table", "json", "csv"])
def test_no_address_of_a_person_is_shown(mailer: Mailer, form: tuple[str, ...]) -> None:
    shown = mailer(*LS, *form)
    assert "nina@" not in shown.out + shown.err
    assert "ninotchka@" not in shown.out + shown.err


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("words", "whats"),
    [
        (("--list", "space-digest"), ["lists set", "subscribers set"]),
        (("--who", "ada"), ["lists set", "import"]),
        (("--who", "nobody"), []),
        (("--since", "2026-12-01T10:00Z"), ["subscribers set", "import"]),
        (("--since", "2026-12-01T11:30+01:00"), ["import"]),
        (("--since", "2026-12-01"), ["lists set", "subscribers set", "import"]),
        (("--since", "2026-12-02"), []),
        (("--limit", "1"), ["import"]),
    ],
    ids=" ".join,
)
def test_lines_are_found(mailer: Mailer, words: tuple[str, ...], whats: list[str]) -> None:
    assert [line["what"] for line in mailer(*LS, *words, "--json").json] == whats


@pytest.mark.usefixtures("written")
def test_that_there_are_more_is_said_where_it_disturbs_no_script(mailer: Mailer) -> None:
    assert mailer(*LS, "--limit", "2").err == "There are more, older ones: --limit shows more than 2\n"
    assert mailer(*LS, "--limit", "3").err == ""


@pytest.mark.usefixtures("written")
def test_scripts_get_before_and_after_as_they_are(mailer: Mailer) -> None:
    first = mailer(*LS, "--json").json[0]
    assert first.pop("id") > 0
    assert first == {
        "at": "2026-12-01T09:00:00Z",
        "who": "ada",
        "what": "lists set",
        "list": "space-digest",
        "subscriber": None,
        "subject": "space-digest",
        "before": {"name": "Space Digest"},
        "after": {"name": "Moon Digest"},
    }
    row = next(csv.DictReader(io.StringIO(mailer(*LS, "--csv").out)))
    assert (row["at"], row["subscriber"]) == ("2026-12-01T09:00:00Z", "")
    assert json.loads(row["after"]) == {"name": "Moon Digest"}


def test_nothing_was_changed_yet(mailer: Mailer) -> None:
    nothing = mailer(*LS)
    assert (nothing.status, nothing.out) == (0, "")
    assert nothing.err == "Nothing is written down that this asks for.\n"
    assert mailer(*LS, "--json").json == []
    assert mailer(*LS, "--csv").out == "id,at,who,what,list,subscriber,subject,before,after\n"


def test_a_removed_list_is_still_told_of(mailer: Mailer) -> None:
    lists.remove(a_list(), by="ada", at=NOW)
    last = mailer(*LS).out.splitlines()[-1]
    assert "\tada\tlists rm\tspace-digest\tdescription was nothing; from was Space Digest <" in last
    assert "; name was Space Digest; " in last
    missing = mailer(*LS, "--list", "space-digest")
    assert missing.status == 1
    assert missing.err.startswith("mailer: There is no list 'space-digest'")


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "yesterday"),
        ("--since", ""),
        ("--since", "2026-13-01"),
        ("--since", "0001-01-01T00:00+14:00"),
        ("--limit", "0"),
        ("--limit", "many"),
        ("--json", "--csv"),
    ],
    ids=" ".join,
)
def test_nonsense_is_wrong_usage(mailer: Mailer, words: tuple[str, ...]) -> None:
    wrong = mailer(*LS, *words)
    assert (wrong.status, wrong.out) == (2, "")


def test_the_command_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer changes ls" in mailer(*LS, "--help").out


@pytest.fixture
def log(db: None, tmp_path: Path, settings: Settings) -> None:  # noqa: ARG001 - its rows need the database
    """Three sealed lines; one that is not yet."""
    settings.DATA_DIR = tmp_path
    for name in ("A", "B", "C"):
        changes.record("lists set", by="ada", at=NOW, after={"name": name})
    seal()
    changes.record("lists set", by="ada", at=NOW, after={"name": "D"})


@pytest.mark.usefixtures("log")
def test_a_whole_log_is_said_to_be_whole_with_what_to_keep(mailer: Mailer) -> None:
    checked = mailer(*CHECK)
    assert (checked.status, checked.err) == (0, "")
    assert checked.out == (
        "The audit log is whole.\n"
        f"Sealed up to line 3; keep this elsewhere: {head()}\n"
        "Not sealed yet: 1; a worker or the scheduler's next sweep does it.\n"
    )


@pytest.mark.usefixtures("log")
def test_scripts_get_the_same(mailer: Mailer) -> None:
    assert mailer(*CHECK, "--json").json == {
        "sound": True,
        "sealed": 3,
        "waiting": 1,
        "head": str(head()),
        "fault": None,
    }


@pytest.mark.usefixtures("log")
def test_the_first_line_that_does_not_fit_is_named(mailer: Mailer) -> None:
    row = Change.objects.get(number=2).pk
    tamper(f"UPDATE change SET who = 'eve' WHERE id = {row}")
    wrong = mailer(*CHECK)
    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err == (
        f"mailer: The audit log is not whole: change {row} was altered, or added by a stranger\n"
    )
    scripted = mailer(*CHECK, "--json")
    assert scripted.status == 1
    assert scripted.json["fault"] == {
        "line": row,
        "what": f"change {row} was altered, or added by a stranger",
    }
    assert scripted.json["sound"] is False


@pytest.mark.usefixtures("log")
def test_what_was_kept_elsewhere_is_compared(mailer: Mailer) -> None:
    known = str(head())
    assert mailer(*CHECK, "--known", known).status == 0
    assert mailer(*CHECK, "--known", f"4{known[1:]}").err == (
        "mailer: The audit log is not whole: the last line is missing: it was sealed up to line 4\n"
    )
    other = mailer(*CHECK, "--known", known, "--known", f"2{known[1:]}")
    assert other.status == 1
    assert other.err.endswith(" is not what was sealed there before\n")


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("word", ["nonsense", "3", "3:"])
def test_what_says_no_end_is_refused(mailer: Mailer, word: str) -> None:
    refused = mailer(*CHECK, "--known", word)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(f"mailer: {word!r} does not say how far the audit log was sealed")


def test_of_nothing_there_is_nothing_to_check(mailer: Mailer, tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    assert mailer(*CHECK).out == "Nothing is written down yet.\n"
    assert mailer(*CHECK, "--known", "").status == 2


def test_checking_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer changes check" in mailer(*CHECK, "--help").out
