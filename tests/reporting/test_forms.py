"""Reports as files: the keys that docs/reports.md promises, and rows that say what the values say."""

import random
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from mailer.models import Send
from mailer.reporting import forms, of_list, of_send
from tests.stage import NOW, a_frozen_send, a_list, a_reader
from tests.tallies.cast import LINKS, Cast, a_cast, apply, chosen

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

PAGE = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<keys>`[^|]*`) \| (?P<has>[^|]*) \|$", re.MULTILINE)
NAME = re.compile(r"`([a-z_]+)(\[\]|\{\})?`")
BOTH = {"people", "machines"}


@pytest.fixture
def cast() -> Cast:
    """A send of which something of every kind was told."""
    cast = a_cast(8)
    apply(chosen(cast, random.Random(2), 200))  # noqa: S311 - a seed, so that a failure can be seen again
    return cast


def promised(command: str) -> dict[str, set[str]]:
    """Return what a command's table names: each key, and the keys of what it holds."""
    table = PAGE.partition(f"### `mailer {command} --json`")[2].partition("###")[0]
    return {
        name: {each for each, _ in NAME.findall(row["has"].partition(":")[0])} if many != "{}" else set()
        for row in ROW.finditer(table)
        for name, many in NAME.findall(row["keys"])
    }


def kept(told: dict[str, Any], words: set[str]) -> dict[str, set[str]]:
    """Return the same of a report; of the keys in `words` no more than that they are there."""
    found = {}
    for name, value in told.items():
        held = value[0] if isinstance(value, list) else value
        assert held != []
        found[name] = set(held) if isinstance(held, dict) and name not in words else set()
        if isinstance(held, dict):
            assert {frozenset(held[count]) for count in ("opened", "clicked") if count in held} <= {
                frozenset(BOTH)
            }
    return found


def as_sent(told: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(orjson.dumps(told))
    return value


def test_the_page_promises_a_send_s_report_key_by_key(cast: Cast) -> None:
    told = as_sent(forms.send_as_json(of_send.report(cast.send)))
    documented = promised("sends report")
    assert documented["links"] == {"place", "url", "story", "clicked"}
    assert kept(told, {"excluded_reasons"}) == documented


def test_the_page_promises_a_list_s_report_key_by_key(cast: Cast) -> None:
    told = as_sent(forms.list_as_json(of_list.report(cast.send.edition.list, now=NOW, days=2)))
    assert kept(told, {"growth_of"}) == promised("lists report")
    assert set(told["growth_of"]) == {"china", "russia", "africa", "south-asia"}
    assert {frozenset(day) for days in told["growth_of"].values() for day in days} == {
        frozenset(promised("lists report")["growth"])
    }


def test_rows_say_what_the_report_says(cast: Cast) -> None:
    found = of_send.report(cast.send)
    rows = list(forms.rows(found))
    assert {len(row) for row in rows} == {len(forms.COLUMNS)}
    figures = {(part, name, detail): (people, machines) for part, name, detail, people, machines in rows}
    assert len(figures) == len(rows), "no two rows are of one thing"
    assert figures["ledger", "accepted", ""] == (8, "")
    assert figures["events", "bounced", ""] == (found.bounced, "")
    assert figures["events", "clicked", ""] == (found.clicked.people, found.clicked.machines)
    assert (
        figures["links", LINKS[0], "A story about wenchang"]
        == figures["stories", "A story about wenchang", ("africa",)]
    )
    for name, many in (("opened", found.opened), ("clicked", found.clicked)):
        hours = [numbers for (part, *_), numbers in figures.items() if part == f"{name} by hour"]
        assert tuple(map(sum, zip(*hours, strict=True))) == (many.people, many.machines)
    assert figures["limits", "complaints", "copies"] == (found.complained, "")
    assert figures["limits", "bounces", "limit"] == (0.02, "")


def test_rows_of_a_list_are_its_sends_and_then_all_else(cast: Cast) -> None:
    found = of_list.report(cast.send.edition.list, now=NOW, days=2)
    line, *others = forms.list_rows(found)
    told = dict(zip(forms.LIST_COLUMNS, line, strict=True))
    assert (told["machine_opened"], told["part"]) == (found.sends[0].opened.machines, "sends")
    of_no_send = ("",) * (len(forms.LIST_COLUMNS) - len(forms.COLUMNS))
    assert {row[: len(of_no_send)] for row in others} == {of_no_send}
    rows = [row[len(of_no_send) :] for row in others]
    figures = {(part, name, detail): (people, machines) for part, name, detail, people, machines in rows}
    assert len(figures) == len(rows), "no two rows are of one thing"
    first = found.interests[0]
    assert figures["interests", first.slug, first.stories] == (first.clicked.people, first.clicked.machines)
    assert figures["limits", "unsubscribes", "base"] == (found.limits[2].base, "")
    assert figures["limits", "unsubscribes", "limit"] == (None, "")
    assert figures["growth of china", found.growth[0].day, "active"] == (None, "")
    assert {part for part, *_ in figures} == {
        *("interests", "limits", "growth"),
        *(f"growth of {slug}" for slug in found.growth_of),
    }


def test_what_was_not_measured_is_null_and_an_empty_field() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example", tracked=False)
    found = of_send.report(a_frozen_send(owner))
    assert as_sent(forms.send_as_json(found))["opened"] == {"people": None, "machines": None}
    assert ("events", "opened", "", None, None) in list(forms.rows(found))
    Send.objects.update(tallied=False)
    told = as_sent(forms.list_as_json(of_list.report(owner, now=NOW)))
    assert told["sends"][0]["bounced"] is None
