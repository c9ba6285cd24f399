import csv
import io

import pytest

from mailer import editions
from subscribers.models import Change, List
from tests.commands.conftest import Mailer
from tests.stage import EDITION, NOW, a_list, a_reader, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def slugs(mailer: Mailer) -> list[str]:
    return [row["slug"] for row in mailer("interests", "ls", "space-digest", "--json").json]


def test_interests_are_shown_with_their_readers(mailer: Mailer) -> None:
    owner = a_list()
    a_reader(owner, "nina@example.org", ["russia"])
    a_reader(owner, "omar@example.org", ["russia", "africa"])
    assert mailer("interests", "ls", "space-digest").out == (
        "interest\tname\treaders\tonly this\tretired\n"
        "china\tChina\t0\t0\t\n"
        "russia\tRussia\t2\t1\t\n"
        "africa\tAfrica\t1\t0\t\n"
        "south-asia\tSouth Asia\t0\t0\t\n"
    )
    assert mailer("interests", "ls", "space-digest", "--json").json[1] == {
        "slug": "russia",
        "name": "Russia",
        "number": 1,
        "readers": 2,
        "only": 1,
        "retired": False,
        "retired_at": None,
    }
    table = csv.DictReader(io.StringIO(mailer("interests", "ls", "space-digest", "--csv").out))
    assert [(row["slug"], row["readers"], row["retired"]) for row in table][1] == ("russia", "2", "false")


def test_a_list_without_interests_says_what_that_means(mailer: Mailer) -> None:
    a_list().interests.all().delete()
    none = mailer("interests", "ls", "space-digest")
    assert (none.status, none.out) == (0, "")
    assert none.err == "space-digest has no interests: its readers get everything.\n"
    assert mailer("interests", "ls", "space-digest", "--json").json == []


def test_an_interest_is_added_once(mailer: Mailer) -> None:
    a_list()
    add = ("interests", "add", "space-digest", "latin-america", "Latin America")
    assert mailer(*add).out == "space-digest has latin-america now; no reader has chosen it yet.\n"
    assert mailer(*add).out == "space-digest has latin-america already, just so; nothing was changed.\n"
    assert slugs(mailer) == ["china", "russia", "africa", "south-asia", "latin-america"]
    assert mailer(*add, "--json").json[-1]["name"] == "Latin America"
    assert Change.objects.filter(what="interests add").count() == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ("add", "space-digest", "africa", "The whole of Africa"),
            "already has an interest africa, named Africa",
        ),
        (("add", "space-digest", "South Asia", "South Asia"), "for example south-asia"),
        (("add", "space-digest", "everything", "All"), "the word for all of them"),
        (("add", "space-digest", "mars", " "), "name is empty"),
        (("add", "moon", "mars", "Mars"), "There is no list 'moon'"),
        (("ls", "moon"), "There is no list 'moon'"),
        (
            ("rename", "space-digest", "mars", "--name", "Mars"),
            "“mars” is no interest of space-digest: china,",
        ),
        (("rename", "space-digest", "china", "--slug", "africa"), "already has an interest africa"),
        (("rename", "space-digest", "china", "--slug", ""), "for example south-asia"),
        (("rename", "moon", "china", "--name", "X"), "There is no list 'moon'"),
        (("reorder", "space-digest", "china", "africa"), "leaves out russia, south-asia"),
        (("reorder", "space-digest", "china", "china"), "china is there twice"),
        (("reorder", "space-digest", "mars"), "“mars” is no interest"),
        (("reorder", "moon", "china"), "There is no list 'moon'"),
        (("merge", "space-digest", "china", "china"), "china is the same interest"),
        (("merge", "space-digest", "china", "mars"), "“mars” is no interest"),
        (("merge", "space-digest", "mars", "china"), "“mars” is no interest"),
        (("merge", "moon", "china", "africa"), "There is no list 'moon'"),
        (("retire", "space-digest", "mars"), "“mars” is no interest"),
        (("retire", "space-digest", "china", "--move-to", "china"), "china is the same interest"),
        (("retire", "space-digest", "china", "--move-to", ""), "“” is no interest"),
        (("retire", "moon", "china"), "There is no list 'moon'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_makes_no_sense_is_refused_in_one_line(
    mailer: Mailer, words: tuple[str, ...], reason: str
) -> None:
    a_list()
    refused = mailer("interests", *words)
    assert (refused.status, refused.out) == (1, "")
    assert reason in refused.err
    assert refused.err.count("\n") == 1
    assert slugs(mailer) == ["china", "russia", "africa", "south-asia"]
    assert not Change.objects.filter(what__startswith="interests").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("rename", "space-digest", "china"),
        ("retire", "space-digest", "china", "--leave", "--to-everything"),
        ("retire", "space-digest", "china", "--leave", "--move-to", "africa"),
        ("ls", "space-digest", "--json", "--csv"),
        ("add", "space-digest", "mars"),
        ("reorder", "space-digest"),
        ("merge", "space-digest", "china"),
    ],
    ids=" ".join,
)
def test_half_a_command_is_wrong_usage(mailer: Mailer, words: tuple[str, ...]) -> None:
    a_list()
    wrong = mailer("interests", *words)
    assert (wrong.status, wrong.out) == (2, "")


def test_before_the_first_list_one_is_told_how_to_make_it(mailer: Mailer) -> None:
    for words in (("ls",), ("add", "x", "X"), ("rename", "x", "--name", "Y"), ("reorder", "x")):
        told = mailer("interests", words[0], "space-digest", *words[1:])
        assert told.status == 1
        assert "make one with `mailer lists add`" in told.err


def test_an_interest_is_renamed(mailer: Mailer) -> None:
    a_list()
    rename = ("interests", "rename", "space-digest", "russia", "--name", "Russia and its neighbours")
    assert mailer(*rename, "--slug", "eurasia").out == (
        "russia is called eurasia now, Russia and its neighbours.\n"
    )
    assert slugs(mailer) == ["china", "eurasia", "africa", "south-asia"]
    assert "“russia” is no interest" in mailer(*rename).err
    same = mailer("interests", "rename", "space-digest", "eurasia", "--slug", "eurasia")
    assert (same.out, same.err) == ("eurasia is called so already; nothing was changed.\n", "")


def test_editions_that_say_the_old_slug_are_read_as_ever(mailer: Mailer) -> None:
    owner = a_list()
    draft, approved = an_edition(owner), an_edition(owner, EDITION.replace(b"Vostochny", b"Plesetsk"))
    editions.approve(approved, by="ed", now=NOW)
    renamed = mailer("interests", "rename", "space-digest", "russia", "--slug", "eurasia")
    assert renamed.status == 0
    assert renamed.err == f"Approved before this change, and to be approved anew: edition {approved.pk}\n"
    owner.refresh_from_db()
    for edition in (draft, approved):
        edition.refresh_from_db()
        stories = editions.described(edition)["stories"]
        assert ["eurasia"] in [story["interests"] for story in stories]


def test_another_name_breaks_no_edition(mailer: Mailer) -> None:
    an_edition(a_list())
    assert mailer("interests", "rename", "space-digest", "russia", "--name", "Eurasia").err == ""


def test_interests_are_put_in_another_order(mailer: Mailer) -> None:
    a_list()
    reorder = ("interests", "reorder", "space-digest", "africa", "china", "south-asia", "russia")
    assert mailer(*reorder).out == (
        "space-digest shows them in this order now: africa, china, south-asia, russia.\n"
    )
    assert slugs(mailer) == ["africa", "china", "south-asia", "russia"]
    assert mailer(*reorder).out == "They stand in this order already; nothing was changed.\n"


def test_a_list_that_has_used_all_numbers_says_so(mailer: Mailer) -> None:
    List.objects.filter(pk=a_list().pk).update(next_interest=63)
    full = mailer("interests", "add", "space-digest", "mars", "Mars")
    assert full.status == 1
    assert "has had 63 interests, and numbers are never used again" in full.err


@pytest.mark.parametrize("command", ["ls", "add", "rename", "reorder", "merge", "retire"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer interests {command}" in mailer("interests", command, "--help").out
