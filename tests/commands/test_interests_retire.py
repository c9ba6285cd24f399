import io

import pytest

from mailer import editions
from subscribers.interests import Interests
from subscribers.models import Change, Consent, List, Subscription
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

MERGE = ("interests", "merge", "space-digest", "russia", "africa")
RETIRE = ("interests", "retire", "space-digest", "russia")
CHOSE = "3 readers chose russia: 1 has nothing else, 2 have others too"


class Keyboard(io.StringIO):
    """A person at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def digest(db: None) -> List:  # noqa: ARG001 - its rows need the database
    """Nina chose russia and nothing else, Omar and Ana others too."""
    owner = a_list()
    a_reader(owner, "nina@example.org", ["russia"])
    a_reader(owner, "omar@example.org", ["russia", "china"])
    a_reader(owner, "ana@example.org", ["russia", "africa"])
    return owner


def chosen(newsletter: List) -> list[tuple[str, ...]]:
    rows = Subscription.objects.filter(list=newsletter).order_by("pk")
    return [
        ("everything",) if row.everything else Interests.of(newsletter).slugs(row.interests) for row in rows
    ]


UNCHANGED = [("russia",), ("china", "russia"), ("russia", "africa")]


def test_a_merge_asks_says_what_it_did_and_is_no_failure_twice(mailer: Mailer, digest: List) -> None:
    asked = mailer(*MERGE)
    assert (asked.status, asked.out) == (1, "")
    assert f"Merge russia into africa? {CHOSE}, and nobody can tell them apart again." in asked.err
    assert chosen(digest) == UNCHANGED
    merged = mailer(*MERGE, "--yes")
    assert (merged.status, merged.err) == (0, "")
    assert merged.out == "russia is merged into africa: 3 readers get africa instead.\n"
    assert chosen(digest) == [("africa",), ("china", "africa"), ("africa",)]
    again = mailer(*MERGE, "--yes")
    assert (again.status, again.out) == (0, "russia is retired already; nothing was changed.\n")
    assert Change.objects.filter(what="interests merge").count() == 1


@pytest.mark.parametrize(
    ("words", "becomes"),
    [
        (MERGE, "3 readers would get africa instead."),
        ((*RETIRE, "--move-to", "china"), "3 readers would get china instead."),
        (
            (*RETIRE, "--to-everything"),
            "1 reader would get everything, 2 readers would keep what else they chose.",
        ),
        ((*RETIRE, "--leave"), "3 readers would keep it, and new editions hold nothing by it."),
        (RETIRE, "Say what becomes of them: --move-to SLUG, --to-everything or --leave."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_dry_run_shows_the_counts_and_changes_nothing(
    mailer: Mailer, digest: List, words: tuple[str, ...], becomes: str
) -> None:
    dry = mailer(*words, "--dry-run")
    assert (dry.status, dry.out, dry.err) == (0, f"{CHOSE}. {becomes}\n", "")
    told = mailer(*words, "--dry-run", "--json").json
    assert (told["only"], told["others"], told["changed"], told["moved"]) == (1, 2, False, 0)
    assert chosen(digest) == UNCHANGED
    assert not digest.interests.exclude(retired_at=None).exists()
    assert not Change.objects.filter(what__startswith="interests").exists()


def test_without_a_plan_nothing_is_retired_that_somebody_chose(mailer: Mailer, digest: List) -> None:
    refused = mailer(*RETIRE, "--yes")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        f"mailer: {CHOSE}. Say what becomes of them: --move-to SLUG, --to-everything or --leave;"
        f" --dry-run says more\n"
    )
    assert chosen(digest) == UNCHANGED


@pytest.mark.parametrize(
    ("plan", "outcome", "after"),
    [
        (
            ("--move-to", "south-asia"),
            "3 readers get south-asia instead.",
            [("south-asia",), ("china", "south-asia"), ("africa", "south-asia")],
        ),
        (
            ("--to-everything",),
            "1 reader gets everything, 2 readers keep what else they chose.",
            [("everything",), ("china",), ("africa",)],
        ),
        (("--leave",), "3 readers keep it, and new editions hold nothing by it.", UNCHANGED),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_an_interest_is_retired_as_planned(
    mailer: Mailer, digest: List, plan: tuple[str, ...], outcome: str, after: list[tuple[str, ...]]
) -> None:
    retired = mailer(*RETIRE, *plan, "--yes")
    assert (retired.status, retired.out) == (0, f"russia is retired: {outcome}\n")
    assert chosen(digest) == after
    assert Consent.objects.count() == (0 if plan == ("--leave",) else 3)
    assert "russia" not in Interests.of(digest).offered
    again = mailer(*RETIRE, *plan, "--yes")
    assert again.status == 1
    assert "russia is retired already, since" in again.err


def test_what_changes_readers_wants_somebody_to_mean_it(mailer: Mailer, digest: List) -> None:
    asked = mailer(*RETIRE, "--to-everything")
    assert asked.status == 1
    assert asked.err.startswith(f"mailer: Retire russia? {CHOSE}. 1 reader would get everything,")
    assert chosen(digest) == UNCHANGED


def test_an_interest_that_nobody_chose_needs_no_plan(mailer: Mailer) -> None:
    a_list()
    assert mailer(*RETIRE, "--dry-run").out == "No reader chose russia; nobody's interests would change.\n"
    assert mailer(*RETIRE).out == "russia is retired: no reader had chosen it.\n"
    again = mailer(*RETIRE)
    assert again.status == 1
    assert again.err.endswith("and no reader has it\n")


def test_scripts_are_told_the_plan_and_what_it_did(mailer: Mailer, digest: List) -> None:
    assert mailer(*RETIRE, "--move-to", "china", "--yes", "--json").json == {
        "list": digest.slug,
        "interest": "russia",
        "plan": "move",
        "into": "china",
        "only": 1,
        "others": 2,
        "changed": True,
        "moved": 3,
    }


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        ("everything", [("everything",), ("china",), ("africa",)]),
        ("leave", UNCHANGED),
        (" africa ", [("africa",), ("china", "africa"), ("africa",)]),
    ],
)
def test_a_person_is_asked_for_the_plan(
    mailer: Mailer,
    digest: List,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    after: list[tuple[str, ...]],
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(f"{answer}\n"))
    retired = mailer(*RETIRE)
    assert retired.status == 0
    assert retired.out.startswith(f"{CHOSE}.\n")
    assert "What becomes of them: everything, leave, or the slug" in retired.err
    assert chosen(digest) == after


def test_an_answer_that_is_no_interest_changes_nothing(
    mailer: Mailer, digest: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("mars\n"))
    assert "“mars” is no interest of space-digest" in mailer(*RETIRE).err
    assert chosen(digest) == UNCHANGED
    assert Interests.of(digest).retired == frozenset()


def test_those_left_with_it_can_be_moved_later(mailer: Mailer, digest: List) -> None:
    mailer(*RETIRE, "--leave")
    assert "3 readers have it still" in mailer(*RETIRE, "--leave").err
    assert "3 readers have it still" in mailer(*RETIRE).err
    assert mailer(*MERGE, "--yes").out == "russia is merged into africa: 3 readers get africa instead.\n"
    assert chosen(digest) == [("africa",), ("china", "africa"), ("africa",)]


def test_an_interest_that_is_retired_takes_nobody(mailer: Mailer, digest: List) -> None:
    mailer("interests", "retire", "space-digest", "africa", "--leave")
    for words in (MERGE, (*RETIRE, "--move-to", "africa")):
        refused = mailer(*words, "--yes")
        assert refused.status == 1
        assert refused.err == "mailer: africa is retired itself: name one that the list still offers\n"
    assert chosen(digest) == UNCHANGED


def test_what_else_names_the_interest_is_told(mailer: Mailer, digest: List) -> None:
    edition = an_edition(digest)
    editions.approve(edition, by="ed", now=NOW)
    mailer("segments", "add", "space-digest", "russians", "interest in (russia)")
    mailer("segments", "add", "space-digest", "others", "interest in (china)")
    merged = mailer(*MERGE, "--yes")
    assert merged.err == (
        f"Approved before this change, and to be approved anew: edition {edition.pk}\n"
        f"Edition {edition.pk} (approved) names {{russia}}, which is not offered any more:"
        f" write {{africa}} there\n"
        f"No reader has russia any more, which these segments ask for: russians\n"
    )
