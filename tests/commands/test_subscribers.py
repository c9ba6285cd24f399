from pathlib import Path

import pytest

from subscribers.models import Subscriber, Subscription
from tests.commands.conftest import Mailer
from tests.stage import a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db", "digest")]

PEOPLE = "email,name,interests\nnina@example.org,Nina,africa;china\nomar@example.org,,\n"


@pytest.fixture
def digest() -> None:
    a_list()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    return file


def test_a_file_is_imported_and_counted(mailer: Mailer, people: Path) -> None:
    imported = mailer("subscribers", "import", "space-digest", str(people), "--consent", "stand", "--json")
    assert (imported.status, imported.err) == (0, "")
    assert imported.json == {
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "left_alone": 0,
        "unsubscribed": 0,
        "suppressed": 0,
        "duplicates": 0,
        "bad": 0,
        "bad_file": None,
    }
    assert (
        "unchanged\t2\n"
        in mailer("subscribers", "import", "space-digest", str(people), "--consent", "stand").out
    )


def test_a_bad_row_stops_the_import_and_is_named(mailer: Mailer, people: Path) -> None:
    people.write_text(PEOPLE + "nobody,,\n")
    refused = mailer("subscribers", "import", "space-digest", str(people), "--consent", "stand")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.splitlines() == [
        f"mailer: {people}:4: email: An email address must have an @-sign.",
        "mailer: 1 row is wrong and nothing was imported: mend the file, or use --skip-bad-rows",
    ]
    assert not Subscriber.objects.exists()


def test_bad_rows_can_be_put_aside(mailer: Mailer, people: Path) -> None:
    people.write_text(PEOPLE + "nobody,,\n")
    imported = mailer(
        "subscribers", "import", "space-digest", str(people), "--consent", "stand", "--skip-bad-rows"
    )
    assert imported.status == 0
    assert imported.err == f"The bad rows and their reasons are in {people}.bad.csv\n"
    assert Subscriber.objects.count() == 2


def test_an_import_needs_to_say_where_consent_came_from(mailer: Mailer, people: Path) -> None:
    assert mailer("subscribers", "import", "space-digest", str(people)).status == 2
    assert mailer("subscribers", "import", "space-digest", str(people), "--consent", " ").status == 1
    assert not Subscriber.objects.exists()


def test_unused_columns_are_named(mailer: Mailer, people: Path) -> None:
    people.write_text("email,city\nnina@example.org,Lagos\n")
    imported = mailer("subscribers", "import", "space-digest", str(people), "--consent", "stand")
    assert imported.err == "These columns were not used: city\n"


def test_a_person_is_added_and_shown(mailer: Mailer) -> None:
    add = (
        "subscribers",
        "add",
        "space-digest",
        "nina@example.org",
        "--interest",
        "africa",
        "--consent",
        "form",
    )
    assert mailer(*add, "--name", "Nina").out == "nina@example.org is on space-digest now.\n"
    assert mailer(*add).out == "nina@example.org was on space-digest already, just so; nothing was changed.\n"
    shown = mailer("subscribers", "show", "nina@example.org", "--json").json
    assert list(shown) == ["email", "name", "locale", "subscriptions", "consents", "suppression"]
    assert shown["name"] == "Nina"
    assert shown["subscriptions"][0]["since"].endswith("Z")
    assert shown["subscriptions"][0]["interests"] == ["africa"]
    assert shown["suppression"] is None
    assert "space-digest\tactive\tafrica" in mailer("subscribers", "show", "nina@example.org").out


def test_people_are_listed_page_by_page(mailer: Mailer, people: Path) -> None:
    mailer("subscribers", "import", "space-digest", str(people), "--consent", "stand")
    first = mailer("subscribers", "ls", "--list", "space-digest", "--limit", "1", "--json")
    assert [person["email"] for person in first.json] == ["nina@example.org"]
    assert first.err == "There may be more: --after nina@example.org\n"
    rest = mailer("subscribers", "ls", "--after", "nina@example.org", "--json").json
    assert [person["email"] for person in rest] == ["omar@example.org"]
    assert mailer("subscribers", "ls", "--status", "unsubscribed", "--json").json == []


def test_a_status_that_does_not_exist_is_wrong_usage(mailer: Mailer) -> None:
    wrong = mailer("subscribers", "ls", "--status", "gone")
    assert wrong.status == 2
    assert "pending, active, paused, unsubscribed" in wrong.err


def test_taking_somebody_off_a_list_twice_is_no_failure(mailer: Mailer, people: Path) -> None:
    mailer("subscribers", "import", "space-digest", str(people), "--consent", "stand")
    off = ("subscribers", "unsubscribe", "nina@example.org", "--list", "space-digest")
    assert mailer(*off).out == "nina@example.org is off space-digest.\n"
    again = mailer(*off)
    assert (again.status, again.out) == (0, "nina@example.org was off space-digest already.\n")
    assert Subscription.objects.get(subscriber__canonical="nina@example.org").status == "unsubscribed"


@pytest.mark.parametrize("where", [(), ("--list", "space-digest", "--everywhere")])
def test_one_must_say_from_where_somebody_leaves(mailer: Mailer, where: tuple[str, ...]) -> None:
    wrong = mailer("subscribers", "unsubscribe", "nina@example.org", *where)
    assert wrong.status == 2
    assert "--list LIST or --everywhere" in wrong.err


def test_who_left_cannot_be_added_and_the_error_masks_them(mailer: Mailer) -> None:
    mailer("subscribers", "unsubscribe", "nina@example.org", "--everywhere")
    refused = mailer("subscribers", "add", "space-digest", "nina@example.org", "--consent", "form")
    assert refused.status == 1
    assert refused.err.startswith("mailer: n•••a@example.org is suppressed")


def test_an_address_is_suppressed_once(mailer: Mailer) -> None:
    suppress = ("subscribers", "suppress", "nina@example.org", "--reason", "asked by letter")
    assert mailer(*suppress).out == "nina@example.org is suppressed.\n"
    assert mailer(*suppress).out == "nina@example.org was suppressed already.\n"
    shown = mailer("subscribers", "show", "nina@example.org", "--json").json["suppression"]
    assert (shown["reason"], shown["source"], shown["everywhere"]) == ("by_hand", "asked by letter", True)


def test_a_suppression_needs_a_reason(mailer: Mailer) -> None:
    refused = mailer("subscribers", "suppress", "nina@example.org", "--reason", " ")
    assert refused.status == 1
    assert refused.err.startswith("mailer: Say why, in words")
    assert mailer("subscribers", "show", "nina@example.org").status == 1


def test_more_people_than_a_page_holds_are_wrong_usage(mailer: Mailer) -> None:
    wrong = mailer("subscribers", "ls", "--limit", "9" * 26)
    assert wrong.status == 2
    assert "less than or equal to 100000" in wrong.err


def test_a_stranger_is_a_failure_in_one_line(mailer: Mailer) -> None:
    assert mailer("subscribers", "show", "nina@example.org").err == (
        "mailer: Nobody here has the address n•••a@example.org\n"
    )
    assert mailer("subscribers", "show", "nobody").status == 1


@pytest.mark.parametrize("command", ["import", "add", "show", "ls", "unsubscribe", "suppress"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer subscribers {command}" in mailer("subscribers", command, "--help").out
