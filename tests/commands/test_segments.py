"""`mailer segments …`, as a script and a person use it."""

import csv
import io

import pytest
from django.db.models import QuerySet

from mailer import sends
from mailer.models import Send
from subscribers.models import Change, List, Segment
from subscribers.vocabulary import Status
from tests.commands.conftest import Mailer
from tests.stage import a_list, a_reader, an_edition

# A send's approval wants transactions of its own.
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

AFRICA = "interest in (africa)"
ADD = ("segments", "add", "space-digest", "africa", AFRICA)
EVERYTHING = "Mind: who gets everything chose no single interest; `or everything` takes them in.\n"


@pytest.fixture
def owner() -> List:
    """A list of three who chose Africa, of whom one paused and one has left, and one who gets everything."""
    owner = a_list()
    a_reader(owner, "nina@example.org", ["africa"])
    a_reader(owner, "paul@example.org", ["africa"], status=Status.PAUSED)
    a_reader(owner, "lena@example.org", ["africa"], status=Status.UNSUBSCRIBED)
    a_reader(owner, "omar@example.org")
    return owner


def written_down() -> QuerySet[Change]:
    return Change.objects.filter(what__startswith="segments")


def test_a_segment_is_made_and_says_how_many_it_is(mailer: Mailer, owner: List) -> None:
    made = mailer(*ADD)
    assert (made.status, made.err) == (0, "")
    assert made.out == (
        "The segment africa of space-digest is made: it is 2 people now (1 active, 1 paused);"
        f" 1 more has left.\n{EVERYTHING}"
    )
    assert owner.segments.get().slug == "africa"


def test_scripts_get_all_of_it(mailer: Mailer, owner: List) -> None:
    made = mailer(*ADD, "--json").json
    assert made.pop("created_at").endswith("Z")
    assert made == {
        "list": owner.slug,
        "segment": "africa",
        "text": AFRICA,
        "words": ["chose africa"],
        "conditions": {"what": "interest", "test": "any", "value": ["africa"]},
        "total": 3,
        "candidates": 2,
        "statuses": {"pending": 0, "active": 1, "paused": 1, "unsubscribed": 1},
    }
    shown = mailer("segments", "show", "space-digest", "africa", "--json").json
    assert mailer("segments", "ls", "--json").json == [shown]


@pytest.mark.usefixtures("owner")
def test_the_same_again_is_no_failure_and_another_wants_replace(mailer: Mailer) -> None:
    mailer(*ADD)
    assert mailer(*ADD).out.startswith(
        "The segment africa of space-digest was there already, just so: it is 2"
    )
    other = ("segments", "add", "space-digest", "africa", "everything")
    refused = mailer(*other)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        "mailer: There is already a segment africa of space-digest, which is: interest in (africa);"
        " --replace changes it\n"
    )
    assert mailer(*other, "--replace").out == (
        "The segment africa of space-digest is changed: it is 1 person now.\n"
    )
    assert [(line.what, line.subject) for line in written_down()] == [("segments add", "africa")] * 2


@pytest.mark.usefixtures("owner")
def test_who_changed_it_is_written_down(mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ed")
    mailer(*ADD)
    assert [line.who for line in written_down()] == ["ed"]


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ("", "column 1: there is no condition"),
        ("interest in (moon)", "column 14: the list has no interest 'moon'; it has china, russia, africa"),
        ("1=1; DROP TABLE subscriber", "column 1: '1' begins no condition"),
        ('attribute a = "', "column 15: this quotation mark has no other"),
        ("(" * 999, "column 6: conditions stand more than 5 levels deep"),
    ],
)
def test_nonsense_is_one_line_with_its_column_and_changes_nothing(
    mailer: Mailer, conditions: str, told: str
) -> None:
    for command in (
        ("segments", "add", "space-digest", "x", "--", conditions),
        ("segments", "count", "space-digest", f"--where={conditions}"),
    ):
        refused = mailer(*command)
        assert (refused.status, refused.out) == (1, "")
        assert refused.err.startswith(f"mailer: {told}")
        assert len(refused.err.splitlines()) == 1
    assert not Segment.objects.exists()


def test_on_an_empty_database_there_is_a_hint(mailer: Mailer) -> None:
    assert mailer("segments", "ls", "--json").json == []
    empty = mailer("segments", "ls")
    assert (empty.status, empty.out) == (0, "")
    assert "mailer segments add" in empty.err
    for command in (
        ("ls", "space-digest"),
        ("add", "space-digest", "africa", AFRICA),
        ("show", "space-digest", "africa"),
        ("count", "space-digest", "africa"),
        ("rm", "space-digest", "africa", "--yes"),
    ):
        refused = mailer("segments", *command)
        assert (refused.status, refused.out) == (1, "")
        assert refused.err == ("mailer: There is no list 'space-digest'; make one with `mailer lists add`\n")


@pytest.mark.usefixtures("owner")
def test_a_segment_that_is_not_there_is_told_with_the_others(mailer: Mailer) -> None:
    mailer(*ADD)
    for command in (("show",), ("count",), ("rm", "--yes")):
        refused = mailer("segments", command[0], "space-digest", "asia", *command[1:])
        assert refused.status == 1
        assert refused.err == "mailer: space-digest has no segment 'asia'; there is africa\n"


@pytest.mark.usefixtures("owner")
def test_segments_are_listed_for_people_and_for_spreadsheets(mailer: Mailer) -> None:
    a_list("another")
    mailer("segments", "add", "another", "all", "everything or not everything")
    mailer(*ADD)
    heading, first, second = mailer("segments", "ls").out.splitlines()
    assert heading.split("\t") == ["list", "segment", "conditions", "since"]
    assert first.split("\t")[:3] == ["another", "all", "everything or not everything"]
    assert second.split("\t")[:3] == ["space-digest", "africa", AFRICA]
    [_, row] = csv.reader(io.StringIO(mailer("segments", "ls", "space-digest", "--csv").out))
    assert row[:3] == ["space-digest", "africa", AFRICA]


@pytest.mark.usefixtures("owner")
def test_conditions_are_shown_in_words(mailer: Mailer) -> None:
    mailer(
        "segments", "add", "space-digest", "x", f"{AFRICA} and not (opened never or clicked within 9 days)"
    )
    assert mailer("segments", "show", "space-digest", "x").out.endswith(
        "Those who meet this:\n"
        "  all of these:\n"
        "    chose africa\n"
        "    not:\n"
        "      at least one of these:\n"
        "        never opened a letter\n"
        "        last followed a link within the last 9 days\n"
        f"{EVERYTHING}"
    )


@pytest.mark.usefixtures("owner")
def test_people_are_counted_by_status(mailer: Mailer) -> None:
    mailer(*ADD)
    by_name = mailer("segments", "count", "space-digest", "africa", "--json").json
    assert by_name == {
        "list": "space-digest",
        "segment": "africa",
        "text": AFRICA,
        "total": 3,
        "candidates": 2,
        "statuses": {"pending": 0, "active": 1, "paused": 1, "unsubscribed": 1},
    }
    typed = mailer("segments", "count", "space-digest", "--where", "interest = africa", "--json").json
    assert typed == {**by_name, "segment": None}
    table = mailer("segments", "count", "space-digest", "africa")
    assert table.out == "status\tpeople\npending\t0\nactive\t1\npaused\t1\nunsubscribed\t1\ntotal\t3\n"
    assert table.err == EVERYTHING
    assert mailer("segments", "count", "space-digest", "--where", "everything", "--csv").out == (
        "status,people\npending,0\nactive,1\npaused,0\nunsubscribed,0\ntotal,1\n"
    )


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("words", [(), ("africa", "--where", AFRICA)])
def test_either_a_segment_or_conditions_are_counted(mailer: Mailer, words: tuple[str, ...]) -> None:
    wrong = mailer("segments", "count", "space-digest", *words)
    assert (wrong.status, wrong.out) == (2, "")
    assert "--where" in wrong.err


@pytest.mark.usefixtures("owner")
def test_a_segment_is_removed_by_who_means_it(mailer: Mailer) -> None:
    mailer(*ADD)
    asked = mailer("segments", "rm", "space-digest", "africa")
    assert asked.status == 1
    assert "say --yes" in asked.err
    assert Segment.objects.exists()
    gone = mailer("segments", "rm", "space-digest", "africa", "--yes")
    assert gone.out == "The segment africa of space-digest is gone.\n"
    assert mailer("segments", "rm", "space-digest", "africa", "--yes").status == 1
    assert Change.objects.filter(what="segments rm").count() == 1


def test_an_edition_goes_to_a_segment(mailer: Mailer, owner: List) -> None:
    mailer(*ADD)
    edition = str(an_edition(owner).pk)
    told = mailer("sends", "schedule", edition, "--segment", "africa", "--at", "2999-12-01 09:00")
    assert told.status == 0
    assert f" warnings; `mailer editions check {edition}` shows them.\n" in told.err
    number = Send.objects.get().pk
    assert told.out.startswith(f"Send {number} of edition {edition} to the segment africa leaves 2999-12-01")
    assert mailer("sends", "show", str(number), "--json").json["segment"] == "africa"
    assert (
        f"of edition {edition} to the segment africa (scheduled)" in mailer("sends", "show", str(number)).out
    )
    whole = mailer("sends", "schedule", edition, "--json").json
    assert whole["segment"] is None


def test_a_segment_a_send_waits_for_stays_and_may_change(mailer: Mailer, owner: List) -> None:
    mailer(*ADD)
    send = mailer("sends", "schedule", str(an_edition(owner).pk), "--segment", "africa", "--json").json["id"]
    refused = mailer("segments", "rm", "space-digest", "africa", "--yes")
    assert refused.status == 1
    assert refused.err == (
        f"mailer: Send {send} is to go to the segment africa: let it begin, or cancel it with"
        f" `mailer sends cancel {send}`\n"
    )
    changed = mailer("segments", "add", "space-digest", "africa", "everything", "--replace")
    assert f"Send {send} keeps the conditions it was scheduled with.\n" in changed.out
    sends.cancel(send, by="ed", now=Send.objects.get().created_at)
    assert mailer("segments", "rm", "space-digest", "africa", "--yes").status == 0


def test_a_send_to_no_segment_or_to_nobody_is_one_line(mailer: Mailer, owner: List) -> None:
    edition = str(an_edition(owner).pk)
    missing = mailer("sends", "schedule", edition, "--segment", "asia")
    assert (missing.status, missing.out) == (1, "")
    assert missing.err.startswith("mailer: space-digest has no segment 'asia'; make one with")
    mailer("segments", "add", "space-digest", "nobody", "domain = nobody.example")
    nobody = mailer("sends", "schedule", edition, "--segment", "nobody")
    assert (nobody.status, nobody.out) == (1, "")
    assert nobody.err == (
        "mailer: The segment nobody of space-digest matches nobody now;"
        " `mailer segments show space-digest nobody` says whom it means\n"
    )
    assert not Send.objects.exists()


@pytest.mark.parametrize("command", ["add", "ls", "show", "count", "rm"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer segments {command}" in mailer("segments", command, "--help").out
