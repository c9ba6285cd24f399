import csv
import io

import pytest

from subscribers.models import List
from tests.commands.conftest import Mailer

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

ADD = (
    *("lists", "add", "space-digest", "--name", "Space Digest"),
    *("--from", "Space Digest <news@example.org>", "--postal-address", "14 Observatory Road"),
    *("--interest", "africa=Africa", "--interest", "south-asia=South Asia"),
)


def test_a_list_is_made_and_shown(mailer: Mailer) -> None:
    added = mailer(*ADD, "--zone", "Africa/Johannesburg", "--reply-to", "desk@example.org")
    assert (added.status, added.err) == (0, "")
    assert added.out == "The list space-digest is ready, with 2 interests.\n"
    shown = mailer("lists", "show", "space-digest", "--json").json
    assert shown.pop("created_at").endswith("Z")
    assert shown == {
        "slug": "space-digest",
        "name": "Space Digest",
        "description": "",
        "language": "en",
        "zone": "Africa/Johannesburg",
        "from": "Space Digest <news@example.org>",
        "reply_to": "desk@example.org",
        "owner": "",
        "when_unknown": "hold",
        "second_approval": False,
        "postal_address": "14 Observatory Road",
        "public": True,
        "tracked": True,
        "unchosen_stories": "headlines",
        "no_story": "skip",
        "keep_pending_days": 30,
        "keep_inactive_days": None,
        "interests": [
            {"slug": "africa", "name": "Africa", "retired": False},
            {"slug": "south-asia", "name": "South Asia", "retired": False},
        ],
        "subscribers": {"pending": 0, "active": 0, "paused": 0, "unsubscribed": 0},
    }
    assert mailer("lists", "show", "space-digest", "--json").json == mailer("lists", "ls", "--json").json[0]


def test_making_it_again_is_no_failure(mailer: Mailer) -> None:
    mailer(*ADD)
    again = mailer(*ADD)
    assert again.status == 0
    assert again.out == "The list space-digest was there already, just so; nothing was changed.\n"
    assert List.objects.count() == 1


def test_making_another_of_that_name_is_refused_in_one_line(mailer: Mailer) -> None:
    mailer(*ADD)
    other = mailer(*ADD, "--zone", "Asia/Kolkata")
    assert (other.status, other.out) == (1, "")
    assert other.err == (
        "mailer: There is already a list space-digest, which differs in zone; nothing was changed\n"
    )


@pytest.mark.parametrize("interest", ["africa", "=Africa", "africa=", ""])
def test_an_interest_without_a_name_is_wrong_usage(mailer: Mailer, interest: str) -> None:
    wrong = mailer(*ADD, "--interest", interest)
    assert wrong.status == 2
    assert 'south-asia="South Asia"' in wrong.err
    assert not List.objects.exists()


def test_an_interest_named_twice_is_wrong_usage(mailer: Mailer) -> None:
    wrong = mailer(*ADD, "--interest", "africa =The whole of Africa")
    assert wrong.status == 2
    assert "'africa' is there twice" in wrong.err
    assert not List.objects.exists()


def test_a_sender_without_a_name_is_told_how(mailer: Mailer) -> None:
    wrong = mailer(
        *("lists", "add", "x", "--name", "X", "--from", "news@example.org", "--postal-address", "1 Road")
    )
    assert wrong.status == 1
    assert wrong.err.startswith("mailer: The sender must be written as Name <address>")


def test_lists_are_shown_as_plain_columns_on_a_pipe(mailer: Mailer) -> None:
    mailer(*ADD)
    assert mailer("lists", "ls").out == (
        "list\tname\tinterests\tactive\nspace-digest\tSpace Digest\tafrica, south-asia\t0\n"
    )


def test_no_lists_are_an_empty_list_and_a_hint(mailer: Mailer) -> None:
    assert mailer("lists", "ls", "--json").json == []
    empty = mailer("lists", "ls")
    assert (empty.status, empty.out) == (0, "")
    assert "mailer lists add" in empty.err


def test_a_list_that_is_not_there_is_a_failure_that_names_the_others(mailer: Mailer) -> None:
    mailer(*ADD)
    missing = mailer("lists", "show", "space")
    assert missing.status == 1
    assert missing.err == "mailer: There is no list 'space'; there is space-digest\n"


@pytest.mark.parametrize("command", ["add", "ls", "show"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer lists {command}" in mailer("lists", command, "--help").out


def test_a_list_is_made_with_its_rules(mailer: Mailer) -> None:
    rules = ("--unchosen-stories", "hidden", "--no-story", "top_stories", "--no-tracked", "--no-public")
    made = mailer(*ADD, *rules, "--json").json
    assert (made["unchosen_stories"], made["no_story"]) == ("hidden", "top_stories")
    assert (made["tracked"], made["public"]) == (False, False)
    assert "was there already" in mailer(*ADD).out
    assert "differs in tracked" in mailer(*ADD, "--tracked").err


def test_lists_are_a_table_for_scripts_too(mailer: Mailer) -> None:
    mailer(*ADD)
    table = list(csv.DictReader(io.StringIO(mailer("lists", "ls", "--csv").out)))
    shown = mailer("lists", "show", "space-digest", "--json").json
    assert len(table) == 1
    assert table[0]["from"] == "Space Digest <news@example.org>"
    assert (table[0]["interests"], table[0]["active"], table[0]["tracked"]) == (
        "africa;south-asia",
        "0",
        "true",
    )
    assert table[0]["created_at"] == shown["created_at"]
    assert set(table[0]) == (set(shown) - {"subscribers"}) | set(shown["subscribers"])


def test_no_lists_are_a_table_with_nothing_but_headings(mailer: Mailer) -> None:
    assert mailer("lists", "ls", "--csv").out.startswith("slug,name,description,")
    assert mailer("lists", "ls", "--csv").out.count("\n") == 1


def test_one_form_at_a_time(mailer: Mailer) -> None:
    both = mailer("lists", "ls", "--csv", "--json")
    assert (both.status, both.out) == (2, "")
    assert "say either --json or --csv" in both.err
