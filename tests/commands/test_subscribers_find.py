"""`mailer subscribers ls`, as a script and a person use it."""

import csv
import io

import pytest

from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.models import List
from subscribers.segments import keeping
from subscribers.vocabulary import Status, Suppressed
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db", "owner")]

LS = ("subscribers", "ls")


@pytest.fixture
def owner() -> List:
    """A list of three: Nina chose Africa, Omar gets everything and bounced, Zoë paused."""
    owner = a_list()
    a_reader(owner, "nina@example.org", ["africa", "china"], name="Nina Okafor")
    a_reader(owner, "omar@gmail.com")
    a_reader(owner, "zoe@example.org", ["russia"], status=Status.PAUSED, name="Zoë")
    suppressions.suppress(address_key("omar@gmail.com"), Suppressed.BOUNCED, "sendgrid", NOW)
    return owner


def found(mailer: Mailer, *words: str) -> list[str]:
    ran = mailer(*LS, *words, "--json")
    assert (ran.status, ran.err) == (0, "")
    return [person["email"].partition("@")[0] for person in ran.json]


def test_people_are_listed_page_by_page(mailer: Mailer) -> None:
    first = mailer(*LS, "--list", "space-digest", "--limit", "2", "--json")
    assert [person["email"] for person in first.json] == ["nina@example.org", "omar@gmail.com"]
    assert first.err == "There may be more: --after omar@gmail.com\n"
    assert found(mailer, "--after", "omar@gmail.com") == ["zoe"]


def test_a_person_and_a_script_see_the_same(mailer: Mailer) -> None:
    since = "2026-12-01 09:00 UTC"
    assert mailer(*LS).out.splitlines() == [
        "email\tname\tlist\tstatus\tinterests\tsince\tsuppressed",
        f"nina@example.org\tNina Okafor\tspace-digest\tactive\tchina, africa\t{since}\t",
        f"omar@gmail.com\t\tspace-digest\tactive\teverything\t{since}\tbounced",
        f"zoe@example.org\tZoë\tspace-digest\tpaused\trussia\t{since}\t",
    ]
    assert list(csv.DictReader(io.StringIO(mailer(*LS, "--csv", "--match", "nina").out))) == [
        {
            "email": "nina@example.org",
            "name": "Nina Okafor",
            "list": "space-digest",
            "status": "active",
            "interests": "china;africa",
            "since": "2026-12-01T09:00:00Z",
            "suppressed": "",
        }
    ]
    [omar] = mailer(*LS, "--suppressed", "--json").json
    assert omar == {
        "email": "omar@gmail.com",
        "name": "",
        "locale": "",
        "subscriptions": [
            {
                "list": "space-digest",
                "status": "active",
                "everything": True,
                "interests": [],
                "since": "2026-12-01T09:00:00Z",
            }
        ],
        "suppressed": "bounced",
    }


def test_people_are_found_by_what_is_asked(mailer: Mailer, owner: List) -> None:
    keeping.add(owner, "near", "domain = gmail.com", by="ada", at=NOW)
    on_list = ("--list", "space-digest")
    assert found(mailer, "--status", "paused") == ["zoe"]
    assert found(mailer, *on_list, "--interest", "africa") == ["nina"]
    assert found(mailer, *on_list, "--interest", "everything") == ["omar"]
    assert found(mailer, *on_list, "--segment", "near") == ["omar"]
    assert found(mailer, "--domain", "Example.ORG") == ["nina", "zoe"]
    assert found(mailer, "--match", "OKAFOR") == ["nina"]
    assert found(mailer, "--suppressed") == ["omar"]
    assert found(mailer, "--joined-after", "2026-11-30", "--status", "active") == ["nina", "omar"]
    assert found(mailer, "--joined-after", "2026-12-01") == []
    assert found(mailer, "--joined-before", "2026-12-02", "--domain", "gmail.com") == ["omar"]
    assert found(mailer, "--joined-before", "2026-12-01") == []


def test_finding_nobody_is_said_where_it_disturbs_no_script(mailer: Mailer) -> None:
    nobody = mailer(*LS, "--match", "nobody")
    assert (nobody.status, nobody.out, nobody.err) == (0, "", "Nobody.\n")
    assert mailer(*LS, "--match", "nobody", "--json").json == []
    assert mailer(*LS, "--match", "nobody", "--csv").out.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--status", "gone"), "'pending', 'active', 'paused', 'unsubscribed'"),
        (("--limit", "9" * 26), "100,000 is the most"),
        (("--limit", "0"), "1 is the least, not 0"),
        (("--interest", "africa"), "say of which --list"),
        (("--segment", "near"), "say of which --list"),
        (("--joined-after", "24.3.2026"), "write a day as 2026-03-24, not '24.3.2026'"),
        (("--joined-before", "2026-02-30"), "write a day as 2026-03-24"),
        (("--joined-after", "9999-12-31"), "name a day from 1900 to 2999"),
        (("--json", "--csv"), "say either --json or --csv"),
    ],
)
def test_nonsense_is_wrong_usage(mailer: Mailer, words: tuple[str, ...], said: str) -> None:
    wrong = mailer(*LS, *words)
    assert (wrong.status, wrong.out) == (2, "")
    assert said in wrong.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--list", "nope"), "There is no list 'nope'; there is space-digest"),
        (("--list", "space-digest", "--interest", "mars"), "“mars” is no interest of space-digest: china, "),
        (("--list", "space-digest", "--segment", "near"), "space-digest has no segment 'near'"),
        (("--domain", "no domain"), "'no domain' is no domain of an address"),
        (("--after", "nonsense"), "An email address must have an @-sign."),
        (("--match", "x" * 300), "No address and no name is longer than 254 characters"),
    ],
)
def test_what_is_not_there_is_one_clear_line(mailer: Mailer, words: tuple[str, ...], said: str) -> None:
    failed = mailer(*LS, *words)
    assert (failed.status, failed.out) == (1, "")
    assert failed.err.startswith(f"mailer: {said}")
    assert failed.err.count("\n") == 1


def test_the_command_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer subscribers ls --list" in mailer(*LS, "--help").out
