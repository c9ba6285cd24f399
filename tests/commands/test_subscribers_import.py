import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.models import Change, Consent, Subscriber, Subscription
from subscribers.vocabulary import Suppressed
from tests.commands.conftest import Mailer, Ran
from tests.stage import NOW, a_list

pytestmark = pytest.mark.database

PEOPLE = "email,name,interests\nnina@example.org,Nina,africa;china\nomar@example.org,,\n"
FOUND = "UTF-8, set apart by commas; found email, name, interests\n"
PEERS = Path(__file__).parents[1] / "subscribers" / "peers"


@pytest.fixture
def digest(db: None) -> None:  # noqa: ARG001 - its rows need the database
    a_list()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    return file


class Importing:
    """Gives the command with one list and one file."""

    def __init__(self, mailer: Mailer, file: Path) -> None:
        self.mailer, self.file = mailer, file

    def __call__(self, *words: str, consent: str = "stand") -> Ran:
        consent_words = ("--consent", consent) if consent else ()
        return self.mailer("subscribers", "import", "space-digest", str(self.file), *consent_words, *words)


@pytest.fixture
def importing(mailer: Mailer, people: Path, digest: None) -> Importing:  # noqa: ARG001 - the list must be there
    return Importing(mailer, people)


def test_a_file_is_imported_and_counted(importing: Importing) -> None:
    imported = importing("--json")
    assert (imported.status, imported.err) == (0, f"people.csv: {FOUND}")
    assert imported.json == {
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "left_alone": 0,
        "unsubscribed": 0,
        "suppressed": 0,
        "not_subscribed": 0,
        "ended": 0,
        "duplicates": 0,
        "bad": 0,
        "bad_file": None,
        "unknown_tags": [],
        "found": {
            "encoding": "UTF-8",
            "certain": True,
            "delimiter": ",",
            "peer": None,
            "columns": {"email": "email", "name": "name", "interests": "interests"},
            "not_used": [],
        },
    }
    assert "unchanged\t2\n" in importing().out
    assert Change.objects.filter(what="subscribers import").count() == 2


def test_a_bad_row_stops_the_import_and_is_named(importing: Importing) -> None:
    importing.file.write_text(PEOPLE + "nobody,,\n")
    refused = importing()
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.splitlines()[1:] == [
        f"mailer: {importing.file}:4: email: An email address must have an @-sign.",
        "mailer: 1 row is wrong and nothing was imported: mend the file, or use --skip-bad-rows",
    ]
    assert not Subscriber.objects.exists()


def test_bad_rows_can_be_put_aside(importing: Importing) -> None:
    importing.file.write_text(PEOPLE + "nobody,,\n")
    imported = importing("--skip-bad-rows")
    assert imported.status == 0
    assert imported.err.splitlines()[1:] == [
        f"The bad rows and their reasons are in {importing.file}.bad.csv"
    ]
    assert Subscriber.objects.count() == 2


def test_an_import_needs_to_say_where_consent_came_from(importing: Importing) -> None:
    refused = importing(consent="")
    assert refused.status == 2
    assert "Say where and how these people agreed" in refused.err.replace("\n", " ")
    empty = importing(consent=" ")
    assert (empty.status, empty.out) == (2, "")
    assert "say where and how these people agreed" in empty.err
    assert not Subscriber.objects.exists()


def test_a_file_that_says_it_itself_needs_nothing(importing: Importing) -> None:
    importing.file.write_text("email,consent source\nnina@example.org,stand\n")
    assert importing(consent="").status == 0
    assert Consent.objects.get().how == "stand"
    importing.file = PEERS / "ghost.csv"
    imported = importing(consent="")
    assert imported.status == 0
    found, *others = imported.err.splitlines()
    assert found == (
        "ghost.csv: an export of Ghost, UTF-8, set apart by commas; found email, name,"
        " subscribed (“subscribed_to_emails”), consent_at (“created_at”), unsubscribed_at (“deleted_at”),"
        " tags (“labels”)"
    )
    assert others == [
        "These columns were not used: id, note, complimentary_plan, stripe_customer_id, tiers",
        "Passed over, since they are no interests of space-digest: Founding readers",
    ]


def test_a_dry_run_shows_what_is_found_and_changes_nothing(importing: Importing) -> None:
    suppressions.suppress(address_key("bad@example.org"), Suppressed.BOUNCED, "event", NOW)
    importing.file.write_bytes(
        "Почта;Имя;Статус;Город\nivan@example.org;Иван Петров;;Псков\nanna@example.org;Анна;отписан;\n"
        "bad@example.org;;;\nnobody;;;\n".encode("windows-1251")
    )
    shown = importing("--dry-run", consent="")
    assert shown.status == 0
    assert "encoding\twindows-1251\n" in shown.out
    assert "set apart by\tsemicolons\n" in shown.out
    assert "Почта\temail\nИмя\tname\nСтатус\tstatus\nГород\tnot used\n" in shown.out
    assert "2\ti•••n@example.org\tИ••• П•••\t" in shown.out
    assert "new on the list\t1\n" in shown.out
    assert "left alone: suppressed\t1\n" in shown.out
    assert "recorded as left, bounced or complained, by the file's own word\t1\n" in shown.out
    assert "bad rows\t1\n" in shown.out
    assert "ivan@" not in shown.out + shown.err
    assert shown.err.splitlines() == [
        f"{importing.file}:5: email: An email address must have an @-sign.",
        "This was a dry run: nothing was changed",
        "A real run needs --consent: nothing in the file says where and how these people agreed",
        "A real run would import nothing: mend the bad rows, or put them aside with --skip-bad-rows",
    ]
    assert not Subscriber.objects.exists()
    assert not Change.objects.filter(what="subscribers import").exists()
    assert [file.name for file in importing.file.parent.glob("*.csv")] == ["people.csv"]


def test_a_dry_run_for_scripts(importing: Importing) -> None:
    shown = importing("--dry-run", "--json")
    assert shown.err == "This was a dry run: nothing was changed\n"
    assert (shown.json["dry_run"], shown.json["new"], shown.json["faults"]) == (True, 2, [])
    assert shown.json["sample"][0] == {
        "line": 2,
        "email": "n•••a@example.org",
        "name": "N•••",
        "locale": "",
        "interests": "china, africa",
        "status": "active",
        "consent": "",
        "consent_at": None,
    }
    assert not Subscriber.objects.exists()


def test_what_is_found_can_be_corrected(importing: Importing) -> None:
    importing.file.write_bytes("Kontakt^Stadt^Weltall\nivan@example.org^Псков^x\n".encode("koi8-r"))
    words = ("--delimiter", "^", "--encoding", "koi8-r", "--map", "Stadt=attribute:city")
    imported = importing(*words, "--map", "Kontakt=email", "--map", "Weltall=interest:africa")
    assert imported.status == 0
    assert imported.err == (
        "people.csv: koi8-r, set apart by '^'; found email (“Kontakt”), attribute:city (“Stadt”),"
        " interest:africa (“Weltall”)\n"
    )
    assert Subscriber.objects.get().attributes == {"city": "Псков"}
    assert Subscription.objects.get().interests == 1 << 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ("--map", "Nobody=email"),
            "--map: there is no column “Nobody”; there are “email”, “name”, “interests”",
        ),
        (("--map", "email"), 'Write it as --map "Their Header=email"'),
        (("--map", "name=surname"), "A column can be email, name"),
        (("--map", "name=interest:venus"), "“venus” is no interest of space-digest"),
        (("--encoding", "klingon"), "There is no encoding 'klingon'"),
        (("--encoding", "utf-16"), "this is not utf-16"),
        (("--delimiter", "::"), "The delimiter must be one character"),
        (("--delimiter", ";"), "there is no column email among “email,name,interests”"),
    ],
)
def test_nonsense_is_refused_in_one_line(importing: Importing, words: tuple[str, ...], reason: str) -> None:
    refused = importing(*words)
    assert (refused.status, refused.out) == (1, "")
    assert reason in refused.err
    assert len(refused.err.splitlines()) == 1
    assert not Subscriber.objects.exists()


def test_an_encoding_that_is_a_guess_is_refused_and_shown_by_a_dry_run(importing: Importing) -> None:
    importing.file.write_bytes("email,name\nw@example.org,Wałęsa\n".encode("windows-1250"))
    refused = importing()
    assert refused.status == 1
    assert "see how it reads with --dry-run, then name it with --encoding" in refused.err
    shown = importing("--dry-run")
    assert shown.status == 0
    assert "(not certain)" in shown.out
    assert "then name it with --encoding" in shown.err
    assert importing("--encoding", "windows-1250").status == 0
    assert Subscriber.objects.get().name == "Wałęsa"


@pytest.mark.usefixtures("db")
def test_without_the_list_or_the_file_nothing_is_done(mailer: Mailer, people: Path, tmp_path: Path) -> None:
    missing = mailer("subscribers", "import", "nowhere", str(people), "--consent", "stand")
    assert (missing.status, missing.err) == (
        1,
        "mailer: There is no list 'nowhere'; make one with `mailer lists add`\n",
    )
    a_list()
    for file in (tmp_path / "nowhere.csv", tmp_path):
        gone = mailer("subscribers", "import", "space-digest", str(file), "--consent", "stand")
        assert (gone.status, gone.err) == (1, f"mailer: {file} is not a file that can be read\n")


def test_an_import_that_is_killed_is_repeated_and_nothing_is_doubled(
    database_url: str, people: Path, mailer: Mailer, fresh_environ: dict[str, str]
) -> None:
    a_list()
    readers = 30_000
    people.write_text("email,name\n" + "".join(f"reader{n}@example.org,Reader {n}\n" for n in range(readers)))
    words = ["subscribers", "import", "space-digest", str(people), "--consent", "stand"]
    secrets = {name: os.environ[name] for name in ("MAILER_SECRET_KEY", "MAILER_HASH_KEY")}
    with subprocess.Popen(
        [sys.executable, "-m", "mailer", *words],
        env=fresh_environ | secrets | {"DATABASE_URL": database_url},
        stderr=subprocess.PIPE,
        text=True,
    ) as killed:
        assert killed.stderr is not None
        # It says so just before it begins.
        assert killed.stderr.readline() == f"people.csv: {FOUND.replace(', interests', '')}"
        killed.send_signal(signal.SIGKILL)
    assert mailer(*words).status == 0
    assert Subscriber.objects.count() == Subscription.objects.count() == Consent.objects.count() == readers
    assert mailer(*words, "--json").json["unchanged"] == readers


def test_a_consent_of_the_future_is_a_bad_row(importing: Importing) -> None:
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).date()
    importing.file.write_text(f"email,consent,consent date\nnina@example.org,stand,{later}\n")
    assert "2: consent_at: lies in the future" in importing().err
