import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from subscribers import curating, exchanging, retiring
from subscribers.curating import InterestError
from subscribers.exchanging import Readers
from subscribers.interests import Interests, UnknownInterestError
from subscribers.models import Change, Consent, List, Subscription
from subscribers.retiring import Plan
from subscribers.segments import keeping
from subscribers.vocabulary import Action, Status
from tests.stage import NOW, a_list, a_reader

pytestmark = pytest.mark.database

LATER = NOW + dt.timedelta(days=1)
EVERYTHING = "everything"


@pytest.fixture
def readers(digest: List) -> dict[str, Subscription]:
    """Nina has only russia, Omar others too; Zoe has it not, all has everything, left has left with it."""
    return {
        "nina": a_reader(digest, "nina@example.org", ["russia"]),
        "omar": a_reader(digest, "omar@example.org", ["russia", "china"], Status.PAUSED),
        "ana": a_reader(digest, "ana@example.org", ["russia", "africa"], Status.PENDING),
        "zoe": a_reader(digest, "zoe@example.org", ["africa"]),
        "all": a_reader(digest, "all@example.org"),
        "left": a_reader(digest, "left@example.org", ["russia"], Status.UNSUBSCRIBED),
    }


def chosen(reader: Subscription) -> tuple[str, ...] | str:
    reader.refresh_from_db()
    return EVERYTHING if reader.everything else Interests.of(reader.list).slugs(reader.interests)


def all_chosen(readers: dict[str, Subscription]) -> dict[str, tuple[str, ...] | str]:
    return {name: chosen(reader) for name, reader in readers.items()}


UNTOUCHED = {"zoe": ("africa",), "all": EVERYTHING, "left": ("russia",)}


def test_those_who_chose_an_interest_are_counted(digest: List, readers: dict[str, Subscription]) -> None:
    assert exchanging.readers(digest, curating.find(digest, "russia")) == Readers(only=1, others=2)
    assert exchanging.readers(digest, curating.find(digest, "south-asia")) == Readers(only=0, others=0)
    assert readers


def test_merged_into_another_its_readers_get_that_one(digest: List, readers: dict[str, Subscription]) -> None:
    merged = retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    assert (merged.readers, merged.moved, merged.new) == (Readers(only=1, others=2), 3, True)
    assert all_chosen(readers) == UNTOUCHED | {
        "nina": ("africa",),
        "omar": ("china", "africa"),
        "ana": ("africa",),
    }
    assert Interests.of(digest).offered == ("china", "africa", "south-asia")


def test_each_reader_whose_interests_changed_has_a_record_of_it(
    digest: List, readers: dict[str, Subscription]
) -> None:
    retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    records = {record.subscriber_id: record for record in Consent.objects.all()}
    assert len(records) == Consent.objects.count() == 3
    for record in records.values():
        assert (record.list, record.action, record.at) == (digest, Action.CHANGED, LATER)
        assert record.how == "interest russia merged into africa, by ada"
    details = {name: records[readers[name].subscriber_id].detail for name in ("nina", "omar", "ana")}
    assert details == {
        "nina": {"interests": ["africa"], "before": {"interests": ["russia"]}},
        "omar": {"interests": ["africa", "china"], "before": {"interests": ["china", "russia"]}},
        "ana": {"interests": ["africa"], "before": {"interests": ["africa", "russia"]}},
    }
    assert Subscription.objects.filter(changed_at=LATER).count() == 3


def test_one_line_says_who_merged_them_and_how_many_it_was(
    digest: List, readers: dict[str, Subscription]
) -> None:
    retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    line = Change.objects.latest("pk")
    assert (line.who, line.what, line.list, line.subject) == ("ada", "interests merge", digest, "russia")
    assert line.before == {"retired": False}
    assert line.after == {"retired": True, "into": "africa", "readers_moved": 3}
    assert readers


def test_merging_again_changes_nothing(digest: List, readers: dict[str, Subscription]) -> None:
    retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    lines, records = Change.objects.count(), Consent.objects.count()
    again = retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    assert (again.new, again.moved) == (False, 0)
    assert (Change.objects.count(), Consent.objects.count()) == (lines, records)
    assert readers


def test_an_interest_that_nobody_chose_is_merged_too(digest: List) -> None:
    merged = retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    assert (merged.moved, merged.new) == (0, True)
    assert not Consent.objects.exists()


def test_the_last_number_there_is_can_be_merged(digest: List) -> None:
    List.objects.filter(pk=digest.pk).update(next_interest=62)
    curating.add(digest, "moon", "Moon", by="ada", at=NOW)
    reader = a_reader(digest, "nina@example.org", ["china", "moon"])
    retiring.merge(digest, "china", "moon", by="ada", at=LATER)
    assert chosen(reader) == ("moon",)
    other = a_reader(digest, "omar@example.org", ["moon"])
    retiring.merge(digest, "moon", "africa", by="ada", at=LATER)
    assert (chosen(reader), chosen(other)) == (("africa",), ("africa",))


def test_words_that_propose_an_interest_propose_the_other(digest: List) -> None:
    digest.gazetteer = {"russia": ["Baikonur", "Plesetsk"], "africa": ["Malabo", "Plesetsk"]}
    digest.save()
    retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    digest.refresh_from_db()
    assert digest.gazetteer == {"africa": ["Malabo", "Plesetsk", "Baikonur"]}


def test_who_had_nothing_else_gets_everything_where_the_plan_says_so(
    digest: List, readers: dict[str, Subscription]
) -> None:
    retired = retiring.retire(digest, "russia", Plan.EVERYTHING, by="ada", at=LATER)
    assert retired.moved == 3
    assert all_chosen(readers) == UNTOUCHED | {"nina": EVERYTHING, "omar": ("china",), "ana": ("africa",)}
    told = {record.subscriber_id: record for record in Consent.objects.all()}
    nina, omar = told[readers["nina"].subscriber_id], told[readers["omar"].subscriber_id]
    assert nina.how == "interest russia retired, instead everything, by ada"
    assert nina.detail == {"interests": "everything", "before": {"interests": ["russia"]}}
    assert omar.how == "interest russia retired, instead what else they chose, by ada"
    assert omar.detail == {"interests": ["china"], "before": {"interests": ["china", "russia"]}}
    line = Change.objects.latest("pk")
    assert line.what == "interests retire"
    assert line.after == {"retired": True, "readers_given_everything": 1, "readers_with_others": 2}


def test_readers_of_a_retired_interest_may_be_moved(digest: List, readers: dict[str, Subscription]) -> None:
    retired = retiring.retire(digest, "russia", Plan.MOVE, into="south-asia", by="ada", at=LATER)
    assert retired.moved == 3
    assert chosen(readers["nina"]) == ("south-asia",)
    assert Consent.objects.filter(how="interest russia retired, instead south-asia, by ada").count() == 3


def test_left_with_it_nobody_s_interests_change(digest: List, readers: dict[str, Subscription]) -> None:
    before = all_chosen(readers)
    retired = retiring.retire(digest, "russia", Plan.LEAVE, by="ada", at=LATER)
    assert (retired.moved, retired.readers, retired.new) == (0, Readers(only=1, others=2), True)
    assert all_chosen(readers) == before
    assert not Consent.objects.exists()
    assert Change.objects.latest("pk").after == {"retired": True, "readers_left_with_it": 3}


@pytest.mark.parametrize("plan", [Plan.LEAVE, Plan.EVERYTHING])
def test_retiring_a_retired_one_is_refused(digest: List, plan: Plan) -> None:
    retiring.retire(digest, "russia", Plan.LEAVE, by="ada", at=LATER)
    with pytest.raises(InterestError, match=r"russia is retired already, since 2026-12-02, and no reader"):
        retiring.retire(digest, "russia", plan, by="ada", at=LATER)


def test_those_left_with_it_may_be_moved_later(digest: List, readers: dict[str, Subscription]) -> None:
    retiring.retire(digest, "russia", Plan.LEAVE, by="ada", at=NOW)
    with pytest.raises(InterestError, match=r"3 readers have it still, whom --move-to or --to-everything"):
        retiring.retire(digest, "russia", Plan.LEAVE, by="ada", at=LATER)
    retired = retiring.retire(digest, "russia", Plan.EVERYTHING, by="ada", at=LATER)
    assert (retired.moved, retired.new) == (3, False)
    assert retired.interest.retired_at == NOW
    assert chosen(readers["nina"]) == EVERYTHING


@pytest.mark.parametrize(
    "do",
    [
        lambda newsletter, into: retiring.merge(newsletter, "russia", into, by="ada", at=LATER),
        lambda newsletter, into: retiring.retire(
            newsletter, "russia", Plan.MOVE, into=into, by="ada", at=LATER
        ),
    ],
    ids=["merge", "retire"],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    digest: List, readers: dict[str, Subscription], do: Callable[[List, str], object]
) -> None:
    digest.interests.filter(slug="china").update(retired_at=NOW)
    before, lines = all_chosen(readers), Change.objects.count()
    with pytest.raises(InterestError, match="russia is the same interest"):
        do(digest, "russia")
    with pytest.raises(InterestError, match="china is retired itself"):
        do(digest, "china")
    with pytest.raises(UnknownInterestError, match="“mars” is no interest of space-digest"):
        do(digest, "mars")
    assert (all_chosen(readers), Change.objects.count()) == (before, lines)
    assert Interests.of(digest).offered == ("russia", "africa", "south-asia")


def test_readers_of_another_list_are_left_alone(digest: List, second: List) -> None:
    other = a_reader(second, "nina@example.org", ["tea"])
    assert curating.find(second, "tea").number == curating.find(digest, "china").number
    retiring.merge(digest, "china", "africa", by="ada", at=LATER)
    assert chosen(other) == ("tea",)
    assert not Consent.objects.exists()


def test_so_many_are_moved_at_once_and_progress_is_told(
    digest: List, readers: dict[str, Subscription], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "PORTION_SQLITE", 2)
    told: list[tuple[int, int]] = []
    retiring.merge(
        digest,
        "russia",
        "africa",
        by="ada",
        at=LATER,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == ([(3, 3)] if connection.vendor == "postgresql" else [(2, 3), (3, 3)])
    assert chosen(readers["ana"]) == ("africa",)
    assert Consent.objects.count() == 3


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.django_db(transaction=True)
def test_a_run_that_was_killed_is_repeated_and_nothing_is_done_twice(
    digest: List, readers: dict[str, Subscription], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "PORTION_SQLITE", 1)

    def die(done: int, _total: int) -> None:
        raise Killed(done)

    with pytest.raises(Killed):
        retiring.merge(digest, "russia", "africa", by="ada", at=NOW, progress=die)
    # All or nothing on PostgreSQL; on SQLite so many, and nobody chooses it any more.
    begun = connection.vendor != "postgresql"
    assert Consent.objects.count() == begun
    assert (curating.find(digest, "russia").retired_at is not None) == begun
    retiring.merge(digest, "russia", "africa", by="ada", at=LATER)
    assert Consent.objects.count() == 3
    assert {chosen(readers[name]) for name in ("nina", "ana")} == {("africa",)}
    assert all_chosen(readers)["left"] == ("russia",)


def test_an_interest_that_is_retired_between_two_portions_takes_no_more_readers(
    digest: List, readers: dict[str, Subscription], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "PORTION_SQLITE", 1)

    def retire_the_other(done: int, _total: int) -> None:
        if done == 1:
            retiring.retire(digest, "africa", Plan.LEAVE, by="eve", at=LATER)

    def merge() -> None:
        retiring.merge(digest, "russia", "africa", by="ada", at=LATER, progress=retire_the_other)

    if connection.vendor == "postgresql":  # one transaction, which nobody comes between
        merge()
    else:
        with pytest.raises(InterestError, match="africa is retired itself"):
            merge()
    retiring.merge(digest, "russia", "china", by="ada", at=LATER)
    assert set(chosen(readers["nina"])) <= {"africa", "china"}
    assert not exchanging.readers(digest, curating.find(digest, "russia")).all


SETS = st.lists(st.sets(st.sampled_from(["china", "russia", "africa", "south-asia"])), max_size=8)


@pytest.mark.timeout(600)
class AnyReaders(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(SETS, st.sampled_from([*Plan, None]))
    def test_nobody_silently_gets_everything_or_nothing(
        self, sets: list[set[str]], plan: Plan | None
    ) -> None:
        """A plain reckoning with sets says the same as SQL does; None is a merge."""
        owner = a_list()
        readers = [a_reader(owner, f"reader{n}@x.example", slugs) for n, slugs in enumerate(sets)]
        if plan is None:
            retiring.merge(owner, "russia", "africa", by="ada", at=LATER)
        else:
            retiring.retire(owner, "russia", plan, into="africa", by="ada", at=LATER)
        for reader, slugs in zip(readers, sets, strict=True):
            now = chosen(reader)
            assert (set() if now == EVERYTHING else set(now)) == _expected(slugs, plan)
            touched = "russia" in slugs and plan is not Plan.LEAVE
            assert Consent.objects.filter(subscriber=reader.subscriber_id).count() == touched


def _expected(slugs: set[str], plan: Plan | None) -> set[str]:
    """Return what a reader has afterwards; nothing stands for everything."""
    if "russia" not in slugs or plan is Plan.LEAVE:
        return slugs
    rest = slugs - {"russia"}
    return rest if plan is Plan.EVERYTHING else rest | {"africa"}


def test_segments_that_ask_for_an_interest_are_found_by_its_number(digest: List, noon: dt.datetime) -> None:
    keeping.add(digest, "russians", "interest in (russia)", by="ada", at=noon)
    keeping.add(digest, "others", "not interest in (china)", by="ada", at=noon)
    curating.rename(digest, "russia", new_slug="eurasia", by="ada", at=noon)
    assert retiring.segments_naming(digest, curating.find(digest, "eurasia")) == ["russians"]
    assert retiring.segments_naming(digest, curating.find(digest, "africa")) == []
