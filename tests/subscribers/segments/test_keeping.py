"""Segments of a list: named, counted, changed, removed, and written down."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import QuerySet

from subscribers.addresses import address_key, parse
from subscribers.models import Change, List, Segment, Subscriber, Subscription
from subscribers.segments import keeping
from subscribers.segments.conditions import SegmentError
from subscribers.segments.writing import write
from subscribers.vocabulary import Status

pytestmark = pytest.mark.database

AFRICA = "interest in (africa)"


@pytest.fixture
def at(noon: dt.datetime) -> dt.datetime:
    return noon


def put(owner: List, address: str, at: dt.datetime, **known: Any) -> Subscription:  # noqa: ANN401 - columns, by name
    """Put somebody on a list who chose Africa, unless it is said otherwise."""
    person = Subscriber.objects.create(
        address=address,
        canonical=address,
        address_key=address_key(parse(address).canonical),
        created_at=at,
        attributes=known.pop("attributes", {}),
    )
    row = {"status": Status.ACTIVE, "everything": False, "interests": 4, "since": at, "changed_at": at}
    return Subscription.objects.create(subscriber=person, list=owner, **(row | known))


def written_down() -> QuerySet[Change]:
    return Change.objects.filter(what__startswith="segments")


def add(owner: List, slug: str, text: str, at: dt.datetime, *, replace: bool = False) -> keeping.Added:
    return keeping.add(owner, slug, text, by="ed", at=at, replace=replace)


def test_a_segment_is_kept_found_and_shown(digest: List, at: dt.datetime) -> None:
    added = add(digest, "africa", AFRICA, at)
    assert (added.new, added.changed) == (True, False)
    assert keeping.find(digest, "africa") == added.segment
    assert keeping.listing() == keeping.listing(digest) == [keeping.show(added.segment)]
    assert keeping.show(added.segment) == {
        "list": "space-digest",
        "segment": "africa",
        "text": AFRICA,
        "words": ["chose africa"],
        "conditions": {"what": "interest", "test": "any", "value": ["africa"]},
        "created_at": at,
    }


def test_the_same_again_changes_nothing_and_writes_nothing_down(digest: List, at: dt.datetime) -> None:
    add(digest, "africa", AFRICA, at)
    again = add(digest, "africa", "interest = africa", at)
    assert (again.new, again.changed) == (False, False)
    assert written_down().count() == 1


def test_other_conditions_want_replace(digest: List, at: dt.datetime) -> None:
    add(digest, "africa", AFRICA, at)
    with pytest.raises(SegmentError, match=r"already a segment africa .* interest in \(africa\); --replace"):
        add(digest, "africa", "everything", at)
    changed = add(digest, "africa", "everything", at, replace=True)
    assert (changed.new, changed.changed) == (False, True)
    assert write(keeping.current(changed.segment).condition) == "everything"


def test_one_is_true_and_true_is_not_one(digest: List, at: dt.datetime) -> None:
    add(digest, "vip", "attribute vip = true", at)
    with pytest.raises(SegmentError, match="--replace"):
        add(digest, "vip", "attribute vip = 1", at)


def test_who_made_changed_and_removed_it_is_written_down(digest: List, at: dt.datetime) -> None:
    add(digest, "africa", AFRICA, at)
    add(digest, "africa", "everything", at, replace=True)
    keeping.remove(keeping.find(digest, "africa"), by="ada", at=at)
    assert not Segment.objects.exists()
    assert list(written_down().values_list("who", "what", "list", "subject", "before", "after")) == [
        ("ed", "segments add", digest.pk, "africa", {}, {"conditions": AFRICA}),
        ("ed", "segments add", digest.pk, "africa", {"conditions": AFRICA}, {"conditions": "everything"}),
        ("ada", "segments rm", digest.pk, "africa", {"conditions": "everything"}, {}),
    ]


def test_what_cannot_be_understood_is_not_kept(digest: List, at: dt.datetime) -> None:
    with pytest.raises(SegmentError, match="column 14: the list has no interest 'moon'; it has china"):
        add(digest, "moon", "interest in (moon)", at)
    with pytest.raises(SegmentError, match="slug must be at most 64 small letters"):
        add(digest, "Moon!", AFRICA, at)
    assert not Segment.objects.exists()
    assert not written_down().exists()


def test_a_segment_that_is_not_there_is_told_with_those_there_are(
    digest: List, second: List, at: dt.datetime
) -> None:
    with pytest.raises(SegmentError, match="make one with `mailer segments add space-digest`"):
        keeping.find(digest, "africa")
    segment = add(digest, "africa", AFRICA, at).segment
    with pytest.raises(SegmentError, match="space-digest has no segment 'asia'; there is africa"):
        keeping.find(digest, "asia")
    with pytest.raises(SegmentError, match="second has no segment 'africa'"):
        keeping.find(second, "africa")
    keeping.remove(segment, by="ed", at=at)
    with pytest.raises(SegmentError, match="any more"):
        keeping.remove(segment, by="ed", at=at)


def test_people_are_counted_by_status_on_this_list_alone(digest: List, second: List, at: dt.datetime) -> None:
    for n, status in enumerate([Status.ACTIVE, Status.ACTIVE, Status.PAUSED, Status.UNSUBSCRIBED]):
        put(digest, f"r{n}@x.example", at, status=status)
    put(digest, "china@x.example", at, interests=1)
    put(second, "elsewhere@x.example", at)
    count = keeping.count(digest, keeping.understood(digest, AFRICA), now=at)
    assert count.statuses == {
        Status.PENDING: 0,
        Status.ACTIVE: 2,
        Status.PAUSED: 1,
        Status.UNSUBSCRIBED: 1,
    }
    assert (count.total, count.candidates) == (4, 3)


def test_conditions_on_the_person_are_counted_too(digest: List, at: dt.datetime) -> None:
    put(digest, "a@gmail.com", at, attributes={"age": 31})
    put(digest, "b@gmail.com", at, attributes={"age": "31"})
    put(digest, "c@y.example", at, attributes={"age": 31})
    both = keeping.understood(digest, "domain = gmail.com and attribute age > 30")
    assert keeping.count(digest, both, now=at).total == 1


def test_moments_are_relative_to_when_it_is_asked(digest: List, at: dt.datetime) -> None:
    put(digest, "a@x.example", at)
    lately = keeping.understood(digest, "joined within 7 days")
    assert keeping.count(digest, lately, now=at + dt.timedelta(days=7)).total == 1
    assert keeping.count(digest, lately, now=at + dt.timedelta(days=7, microseconds=1)).total == 0


def test_an_interest_that_gets_another_slug_stays_in_the_segment(digest: List, at: dt.datetime) -> None:
    """Even if a new one takes its slug: what is kept is the number, which is for ever."""
    segment = add(digest, "africa", "interest in (china, africa)", at).segment
    put(digest, "a@x.example", at)
    digest.interests.filter(slug="africa").update(slug="african-space")
    digest.interests.filter(slug="russia").update(slug="africa")
    kept = keeping.current(segment)
    assert write(kept.condition) == "interest in (china, african-space)"
    assert keeping.count(digest, kept, now=at).total == 1


def test_what_may_surprise_is_remarked(digest: List, at: dt.datetime) -> None:
    everything = "who gets everything chose no single interest; `or everything` takes them in"

    def remarks(text: str) -> list[str]:
        return keeping.remarks(digest, keeping.understood(digest, text))

    assert remarks(AFRICA) == [everything]
    assert remarks("interest in (africa) or everything") == []
    assert remarks("interest not in (africa)") == []
    digest.interests.filter(slug="africa").update(retired_at=at)
    assert remarks(AFRICA) == [everything, "the interest africa is retired"]


def test_a_row_that_cannot_be_read_is_told_and_can_be_mended_or_removed(
    digest: List, at: dt.datetime
) -> None:
    china = {"what": "interest", "test": "any", "value": ["china"]}
    broken: list[Any] = [3, [], {}, {"sql": "1=1"}, {"conditions": china}]
    broken += [
        {"conditions": china, "interests": numbers} for numbers in ([0], {"china": -1}, {"china": "0"})
    ]
    for data in broken:
        Segment.objects.create(list=digest, slug="broken", conditions=data, created_at=at)
        with pytest.raises(SegmentError, match="The segment broken of space-digest cannot be read"):
            keeping.listing()
        keeping.remove(keeping.find(digest, "broken"), by="ed", at=at)
    Segment.objects.create(list=digest, slug="broken", conditions={}, created_at=at)
    assert add(digest, "broken", AFRICA, at, replace=True).changed
    assert keeping.show(keeping.find(digest, "broken"))["text"] == AFRICA
