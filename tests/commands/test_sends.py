"""`mailer sends …`, as a script and a person use it."""

import csv
import datetime as dt
import io

import pytest

from mailer import batches, sends
from mailer.models import Batch, Edition, Send, Variant
from mailer.transports.answers import AddressRefused, Unknown
from subscribers.vocabulary import Status
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader, an_edition, batches_of, fired

# A freeze wants transactions of its own.
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SHOWN = (
    *("id", "edition", "status", "scheduled_at", "pause_reason", "candidates"),
    *("accepted", "pending", "in_flight", "unknown", "excluded", "rejected", "cancelled", "not_confirmed"),
    *("possibly_twice", "excluded_reasons", "events", "variants"),
)
LINE = {
    *("delivery", "email", "outcome", "reason", "variant", "batch", "attempt", "message_id", "events"),
}


@pytest.fixture
def edition() -> Edition:
    """An edition whose list has two readers, and one who paused."""
    owner = a_list()
    a_reader(owner, "nina@example.org", interests=["africa"])
    a_reader(owner, "omar@example.org")
    a_reader(owner, "paul@example.org", status=Status.PAUSED)
    return an_edition(owner)


@pytest.fixture
def frozen(mailer: Mailer, edition: Edition) -> Send:
    """A send whose audience is frozen and of which nothing has left."""
    send = Send.objects.get(pk=mailer("sends", "schedule", str(edition.pk), "--json").json["id"])
    sends.prepare(send.pk, now=dt.datetime.now(dt.UTC))
    return send


def test_an_edition_is_scheduled_at_a_wall_time_of_a_zone(mailer: Mailer, edition: Edition) -> None:
    at = ("--at", "2999-12-01 09:00", "--tz", "Africa/Nairobi")
    scheduled = mailer("sends", "schedule", str(edition.pk), *at, "--json")
    # Its own date is a thousand years before that, and a reader's interest has one story only.
    assert scheduled.err.startswith(f"2 warnings; `mailer editions check {edition.pk}` shows them.\n")
    assert scheduled.status == 0
    described = scheduled.json
    assert set(SHOWN) <= set(described)
    assert (described["edition"], described["scheduled_at"]) == (edition.pk, "2999-12-01T06:00:00Z")
    assert (described["candidates"], described["variants"]) == (0, [])
    assert mailer("sends", "show", str(described["id"]), "--json").json == described


def test_a_person_is_told_when_it_leaves_and_that_nothing_really_does(
    mailer: Mailer, edition: Edition
) -> None:
    told = mailer("sends", "schedule", str(edition.pk), "--at", "2999-12-01 09:00").out
    assert " leaves 2999-12-01 09:00 UTC.\n" in told
    assert told.endswith("The sandbox is the transport: nothing leaves this machine.\n")


def test_a_zone_without_a_time_is_wrong_usage(mailer: Mailer, edition: Edition) -> None:
    wrong = mailer("sends", "schedule", str(edition.pk), "--tz", "Africa/Nairobi")
    assert (wrong.status, wrong.out) == (2, "")
    assert "--at" in wrong.err
    assert not Send.objects.exists()


@pytest.mark.parametrize("at", [("--at", "soon"), ("--at", "2999-12-01 09:00", "--tz", "Mars/Olympus")])
def test_a_time_that_cannot_be_read_is_one_line(
    mailer: Mailer, edition: Edition, at: tuple[str, ...]
) -> None:
    refused = mailer("sends", "schedule", str(edition.pk), *at)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("mailer: ")
    assert len(refused.err.splitlines()) == 1
    assert not Send.objects.exists()


def test_what_has_passed_may_leave_now(mailer: Mailer, edition: Edition) -> None:
    refused = mailer("sends", "schedule", str(edition.pk), "--at", "2001-01-01 09:00")
    assert refused.err == (
        "mailer: 2001-01-01 09:00 in UTC has passed; say a time to come, or leave out --at to send now\n"
    )
    assert not Send.objects.exists()


def test_a_distant_year_and_another_send_of_the_edition_are_to_be_minded(
    mailer: Mailer, edition: Edition
) -> None:
    at = ("--at", "2999-12-01 09:00")
    assert " years from now.\n" in mailer("sends", "schedule", str(edition.pk), *at).out
    other = Send.objects.get()
    told = mailer("sends", "schedule", str(edition.pk)).out
    assert f"Mind: it has send {other.pk} already (scheduled).\n" in told
    assert "from now" not in told


def test_who_scheduled_it_is_noted(mailer: Mailer, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ed")
    mailer("sends", "schedule", str(edition.pk))
    assert Send.objects.get().created_by == "ed"


def test_sends_are_listed_for_scripts_and_for_people(mailer: Mailer, frozen: Send) -> None:
    [row] = mailer("sends", "ls", "--json").json
    assert set(row) >= {
        *("id", "edition", "title", "status", "scheduled_at"),
        *("candidates", "accepted", "excluded", "unknown", "kind"),
    }
    assert (row["id"], row["title"], row["candidates"]) == (frozen.pk, "Space, seen from elsewhere", 3)
    heading, line = mailer("sends", "ls").out.splitlines()
    assert heading.split("\t")[:4] == ["send", "edition", "title", "status"]
    assert line.split("\t")[0] == str(frozen.pk)


def test_no_sends_are_an_empty_list_and_a_hint(mailer: Mailer) -> None:
    assert mailer("sends", "ls", "--json").json == []
    assert "mailer sends schedule" in mailer("sends", "ls").err


def test_many_sends_are_shown_page_by_page(mailer: Mailer, edition: Edition) -> None:
    first, second = (
        mailer("sends", "schedule", str(edition.pk), "--at", "2999-12-01 09:00", "--json").json["id"]
        for _ in range(2)
    )
    page = mailer("sends", "ls", "--limit", "1", "--json")
    assert [row["id"] for row in page.json] == [second]
    assert page.err == f"There may be more: --before {second}\n"
    rest = mailer("sends", "ls", "--before", str(second), "--json")
    assert ([row["id"] for row in rest.json], rest.err) == ([first], "")
    assert mailer("sends", "ls", "--before", str(first)).err == "There is no older send.\n"


def test_tests_are_shown_to_who_asks_for_them(mailer: Mailer, edition: Edition) -> None:
    number = mailer("editions", "test", str(edition.pk), "--to", "ed@example.org", "--json").json["id"]
    assert mailer("sends", "ls", "--json").json == []
    [row] = mailer("sends", "ls", "--tests", "--json").json
    assert (row["id"], row["kind"]) == (number, "test")
    assert mailer("sends", "show", str(number)).out.startswith(f"Send {number}, a test, of edition ")


def test_what_the_sums_do_not_say_is_said_beside_them(mailer: Mailer, frozen: Send) -> None:
    nina, omar = batches_of(frozen)
    refused = fired(nina)
    batches.settle(nina.pk, refused.attempt, AddressRefused("Does not contain a valid address."), now=NOW)
    doubted = fired(omar)
    batches.settle(omar.pk, doubted.attempt, Unknown("no answer"), now=NOW)
    batches.prove({refused.attempt: set()}, now=NOW)
    told = mailer("sends", "show", str(frozen.pk)).out
    assert "ALARM: the transport told of 1 request that it had refused." in told
    assert "The transport rejected 1 address and said: Does not contain a valid address.\n" in told
    assert f"`mailer sends resolve {frozen.pk} --status`" in told
    later = NOW + dt.timedelta(hours=1)
    assert batches.resend(omar.pk, by="ed", now=later, wait=1800) == 1
    fired(omar.children.get(), later)
    assert "1 reader may have it twice, by the decision" in mailer("sends", "show", str(frozen.pk)).out


def test_what_could_not_be_measured_is_said_and_is_no_nought(mailer: Mailer, frozen: Send) -> None:
    unmeasured = "Not measured: opened, machine opened, clicked, machine clicked.\n"
    assert "Not measured" not in mailer("sends", "show", str(frozen.pk)).out, "nothing has left yet"
    Batch.objects.update(state="accepted")
    assert "Not measured" not in mailer("sends", "show", str(frozen.pk)).out
    Variant.objects.update(tracked=False)
    assert unmeasured in mailer("sends", "show", str(frozen.pk)).out
    events = mailer("sends", "show", str(frozen.pk), "--json").json["events"]
    assert (events["opened"], events["clicked"], events["bounced"]) == (None, None, 0)


def test_every_candidate_of_a_send_has_one_outcome(mailer: Mailer, frozen: Send) -> None:
    shown = mailer("sends", "show", str(frozen.pk), "--json").json
    assert (shown["candidates"], shown["pending"], shown["excluded"]) == (3, 2, 1)
    outcomes = SHOWN[SHOWN.index("accepted") : SHOWN.index("possibly_twice")]
    assert sum(shown[name] for name in outcomes) == shown["candidates"]
    told = mailer("sends", "show", str(frozen.pk)).out
    assert "outcome\treaders\npending\t2\n" in told
    assert "candidates\t3\n" in told


def test_the_ledger_has_a_line_for_each_candidate(mailer: Mailer, frozen: Send) -> None:
    lines = mailer("sends", "ledger", str(frozen.pk), "--json").json
    assert {line["email"]: line["outcome"] for line in lines} == {
        "nina@example.org": "pending",
        "omar@example.org": "pending",
        "paul@example.org": "excluded",
    }
    assert all(set(line) >= LINE for line in lines)


def test_the_ledger_for_spreadsheets_is_the_same(mailer: Mailer, frozen: Send) -> None:
    rows = list(csv.DictReader(io.StringIO(mailer("sends", "ledger", str(frozen.pk), "--csv").out)))
    assert set(rows[0]) >= LINE
    lines = mailer("sends", "ledger", str(frozen.pk), "--json").json
    assert [(row["delivery"], row["email"], row["outcome"]) for row in rows] == [
        (str(line["delivery"]), line["email"], line["outcome"]) for line in lines
    ]
    told = mailer("sends", "ledger", str(frozen.pk)).out.splitlines()
    assert told[0] == "delivery\temail\toutcome\treason\tvariant"
    assert len(told) == 4


def test_before_the_freeze_the_ledger_is_empty_and_says_why(mailer: Mailer, edition: Edition) -> None:
    at = ("--at", "2999-12-01 09:00")
    send = str(mailer("sends", "schedule", str(edition.pk), *at, "--json").json["id"])
    assert mailer("sends", "ledger", send, "--json").json == []
    assert "frozen when the send starts" in mailer("sends", "ledger", send).err


@pytest.mark.parametrize("command", ["show", "ledger"])
@pytest.mark.parametrize("number", ["987654", "0", "9223372036854775808", "9" * 40])
def test_a_send_that_is_not_there_is_one_line(mailer: Mailer, command: str, number: str) -> None:
    missing = mailer("sends", command, number)
    assert (missing.status, missing.out) == (1, "")
    assert missing.err.startswith(f"mailer: There is no send {number};")


def test_of_a_send_to_nobody_one_is_told_that_it_was_to_nobody(mailer: Mailer) -> None:
    edition = an_edition(a_list())
    send = Send.objects.get(pk=mailer("sends", "schedule", str(edition.pk), "--json").json["id"])
    sends.prepare(send.pk, now=dt.datetime.now(dt.UTC))
    assert "the audience was empty" in mailer("sends", "ledger", str(send.pk)).err
    assert "The audience was empty" in mailer("sends", "show", str(send.pk)).out


@pytest.mark.parametrize("number", ["x", "1.5", ""])
@pytest.mark.parametrize("command", ["schedule", "show", "ledger"])
def test_a_number_that_nothing_can_have_is_wrong_usage(mailer: Mailer, command: str, number: str) -> None:
    assert mailer("sends", command, number).status == 2


@pytest.mark.parametrize("command", ["schedule", "ls", "show", "ledger"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer sends {command}" in mailer("sends", command, "--help").out
