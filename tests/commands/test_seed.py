import dataclasses

import pytest
from pytest_django import Settings

from mailer.models import Delivery, Edition, Send
from subscribers.models import List, Subscriber
from tests.commands.conftest import Mailer

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SEED = ("seed", "--subscribers", "60", "--deliveries", "100", "--lists", "2")


def test_what_was_made_is_told_to_people_and_to_scripts(mailer: Mailer) -> None:
    made = mailer(*SEED, "--json").json
    assert made.pop("seconds").keys() == {"people", "deliveries", "readers"}
    assert made.pop("events") > 200
    assert made == {
        "seed": "1",
        "new": True,
        "lists": ["seed-1", "seed-2"],
        "subscribers": 60,
        "subscriptions": 75,
        "sends": 4,
        "deliveries": 100,
    }
    again = mailer(*SEED)
    assert (again.status, again.err) == (0, "")
    assert again.out.startswith("made\thow many\nlists\t2\nsubscribers\t60\nsubscriptions\t75\nsends\t4\n")
    assert "The seed 1 is there already; nothing was changed. The lists are seed-1, seed-2.\n" in again.out
    assert "The sandbox is the transport: nothing leaves this machine.\n" in again.out
    assert mailer(*SEED, "--json").json["new"] is False


def test_everything_else_works_on_what_was_made(mailer: Mailer) -> None:
    mailer(*SEED)
    assert [each["slug"] for each in mailer("lists", "ls", "--json").json] == ["seed-1", "seed-2"]
    candidates = 0
    for row in mailer("sends", "ls", "--json").json:
        shown = mailer("sends", "show", str(row["id"]), "--json").json
        assert shown["status"] == "done"
        assert shown["candidates"] == shown["accepted"] + shown["excluded"]
        assert shown["excluded"] == sum(shown["excluded_reasons"].values())
        candidates += shown["candidates"]
    assert candidates == 100
    for copy in Delivery.objects.select_related("subscriber").order_by("pk")[:10]:
        assert copy.subscriber is not None
        address = copy.subscriber.address
        told = mailer("explain", address, str(copy.send_id), "--json").json
        assert (told["candidate"], told["delivery"]) == (True, copy.pk)
        shown = mailer("subscribers", "show", address, "--json").json
        assert (shown["email"], bool(shown["consents"])) == (address, True)
    edition = mailer("editions", "show", str(Edition.objects.earliest("pk").pk), "--json").json
    assert (edition["status"], len(edition["stories"]), edition["warnings"]) == ("done", 12, [])


def test_nobody_says_how_many_and_it_is_ten_letters_each_on_three_lists(mailer: Mailer) -> None:
    would = mailer("seed", "--subscribers", "500", "--dry-run", "--json").json
    assert would == {
        "word": "1",
        "subscribers": 500,
        "deliveries": 5_000,
        "lists": 3,
        "sends": would["sends"],
        "begun": False,
    }
    assert would["sends"] > 20
    assert not List.objects.exists()
    assert mailer("seed", "--subscribers", "2", "--dry-run", "--json").json["lists"] == 2


def test_a_dry_run_makes_nothing(mailer: Mailer) -> None:
    ran = mailer(*SEED, "--dry-run")
    assert (ran.status, ran.out) == (
        0,
        "made\thow many\nlists\t2\nsubscribers\t60\nsends\t4\ndeliveries\t100\nNothing was made.\n",
    )
    assert not List.objects.exists()
    mailer(*SEED)
    assert "The seed is begun or there already.\n" in mailer(*SEED, "--dry-run").out


def test_a_database_with_lists_is_left_alone_unless_somebody_says_yes(mailer: Mailer) -> None:
    mailer(
        *("lists", "add", "seed-1", "--name", "Ours", "--from", "Ed <ed@example.org>"),
        *("--postal-address", "1 Road"),
    )
    refused = mailer(*SEED)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        "mailer: There are people or lists here already. Add invented ones, on lists of their own?"
        " Nobody is here to answer; if you mean it, say --yes\n"
    )
    assert not Subscriber.objects.exists()
    assert mailer(*SEED, "--yes", "--json").json["lists"] == ["seed-2", "seed-3"]
    assert List.objects.get(slug="seed-1").subscriptions.count() == 0
    # Who sowed it may look again without being asked.
    assert mailer(*SEED).status == 0


def test_where_letters_really_leave_it_is_refused_in_one_line(mailer: Mailer, settings: Settings) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, sendgrid_api_key="SG.real")
    refused = mailer(*SEED, "--yes")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        "mailer: SENDGRID_API_KEY is set: letters would really leave, and invented people must never be"
        " written to; seed an installation whose transport is the sandbox\n"
    )
    assert not List.objects.exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "Missing option '--subscribers'"),
        (("--subscribers", "0"), 2, "Invalid value for '--subscribers'"),
        (("--subscribers", "many"), 2, "Invalid value for '--subscribers'"),
        (("--subscribers", "10", "--deliveries", "-1"), 2, "Invalid value for '--deliveries'"),
        (("--subscribers", "10", "--lists", "13"), 1, "From 1 to 12 lists can be made"),
        (("--subscribers", "10", "--deliveries", "1001"), 1, "at most 1,000 letters, 100 each"),
        (("--subscribers", "10", "--seed", "a b"), 1, "The seed must be a word"),
    ],
)
def test_nonsense_is_told_and_changes_nothing(
    mailer: Mailer, words: tuple[str, ...], status: int, said: str
) -> None:
    wrong = mailer("seed", *words)
    assert wrong.status == status
    assert said in " ".join(wrong.err.split())
    assert len(wrong.err.splitlines()) == 1 or status == 2
    assert not List.objects.exists()


def test_another_size_of_the_same_seed_is_refused(mailer: Mailer) -> None:
    mailer(*SEED)
    other = mailer("seed", "--subscribers", "61")
    assert (other.status, other.out) == (1, "")
    assert "say --subscribers 60 --deliveries 100 --lists 2, or another --seed" in other.err
    assert Send.objects.count() == 4


def test_the_command_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer seed --subscribers 1000" in mailer("seed", "--help").out
