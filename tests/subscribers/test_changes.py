import datetime as dt

import pytest
from django.db import transaction

from subscribers import changes
from subscribers.models import Change, List
from tests.stage import a_reader
from tests.tampering import unguarded

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def written(what: str, at: dt.datetime, *, by: str = "ada", **more: object) -> None:
    changes.record(what, by=by, at=at, **more)  # type: ignore[arg-type]  # what a test gives is its point


def told(**wanted: object) -> list[str]:
    return [line["what"] for line in changes.listing(**wanted)]  # type: ignore[arg-type]  # the same


def test_only_what_differs_is_written_down(noon: dt.datetime) -> None:
    written("lists set", noon, before={"name": "A", "zone": "UTC"}, after={"name": "B", "zone": "UTC"})
    [line] = changes.listing()
    assert (line["before"], line["after"]) == ({"name": "A"}, {"name": "B"})


def test_what_differs_is_told_in_one_order_on_both_databases(noon: dt.datetime) -> None:
    written("lists set", noon, before={"zone": "UTC", "name": "A"}, after={"zone": "x", "name": "B"})
    [line] = changes.listing()
    assert (list(line["before"]), list(line["after"])) == (["name", "zone"], ["name", "zone"])


def test_what_is_done_in_portions_is_shown_once_and_says_how_far_it_came(noon: dt.datetime) -> None:
    line = changes.Growing("seed", by="ada", at=noon, subject="1")
    assert changes.listing() == []
    with transaction.atomic():
        line.write({"people": 1})
        transaction.set_rollback(True)
    for people in (1, 2):
        line.write({"people": people})
    [shown] = changes.listing()
    assert (shown["who"], shown["subject"], shown["after"]) == ("ada", "1", {"people": 2})
    # Nothing that was written is written over.
    assert list(Change.objects.order_by("pk").values_list("after", flat=True)) == [
        {"people": 1},
        {"people": 2},
    ]


def test_two_works_at_a_time_are_two_lines(noon: dt.datetime) -> None:
    one, other = (changes.Growing("import", by="ada", at=noon) for _ in range(2))
    for work, people in ((one, 1), (other, 10), (one, 2), (other, 20)):
        work.write({"people": people})
    assert [line["after"] for line in changes.listing()] == [{"people": 2}, {"people": 20}]


def test_the_newest_lines_are_shown_the_newest_last(noon: dt.datetime) -> None:
    for number in range(5):
        written(f"change {number}", noon)
    assert told(limit=3) == ["change 2", "change 3", "change 4"]
    assert len(told()) == 5


def test_nothing_was_changed_yet() -> None:
    assert changes.listing() == []


def test_lines_are_found_by_list_by_person_and_by_time(digest: List, second: List, noon: dt.datetime) -> None:
    with unguarded():
        Change.objects.all().delete()
    hour = dt.timedelta(hours=1)
    written("lists set", noon, newsletter=digest)
    written("segments add", noon + hour, newsletter=second, by="eve")
    written("users add", noon + 2 * hour)
    assert told(newsletter=digest) == ["lists set"]
    assert told(who="eve") == ["segments add"]
    assert told(who="ev") == []
    assert told(since=noon + hour) == ["segments add", "users add"]
    assert told(since=noon + hour, who="ada", newsletter=digest) == []


def test_a_line_has_all_that_is_known(digest: List, noon: dt.datetime) -> None:
    person = a_reader(digest, "nina@example.org").subscriber
    written("subscribers lift", noon, newsletter=digest, person=person, subject="bounced", after={"n": 1})
    line = changes.listing()[-1]
    number = line.pop("id")
    assert number == Change.objects.latest("pk").pk
    assert line == {
        "at": noon,
        "who": "ada",
        "what": "subscribers lift",
        "list": "space-digest",
        "subscriber": person.pk,
        "subject": "bounced",
        "before": {},
        "after": {"n": 1},
    }


def test_a_line_about_a_person_never_shows_an_address(digest: List, noon: dt.datetime) -> None:
    person = a_reader(digest, "nina@example.org").subscriber
    hers = {
        "email": "nina@example.org",
        "all": ["nina@example.org", 1, None],
        "more": {"x": "nina@example.org"},
    }
    written("subscribers set", noon, person=person, before=hers, after={"email": "ninotchka@example.org"})
    line = changes.listing()[-1]
    assert "nina@" not in str(line)
    assert "ninotchka@" not in str(line)
    assert line["before"]["email"] == "n•••a@example.org"
    assert line["before"]["all"][1:] == [1, None]


def test_what_a_list_says_of_itself_is_no_secret(digest: List, noon: dt.datetime) -> None:
    written("lists set", noon, newsletter=digest, after={"from": "Space <news@example.org>"})
    assert changes.listing()[-1]["after"] == {"from": "Space <news@example.org>"}


def test_a_line_outlives_its_list_and_its_person(digest: List, noon: dt.datetime) -> None:
    person = a_reader(digest, "nina@example.org").subscriber
    written("subscribers add", noon, newsletter=digest, person=person)
    person.delete()
    digest.delete()
    line = changes.listing()[-1]
    assert (line["what"], line["list"], line["subscriber"]) == ("subscribers add", None, None)
