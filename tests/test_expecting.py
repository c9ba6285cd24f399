"""Who would get an edition if it left now: as the freeze then finds it, and against the last five."""

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import batches, editions, expecting, reports, sends
from mailer.counting import People
from mailer.expecting import Content, Usual, told
from mailer.look import look_of
from mailer.models.editions import EVERYTHING
from mailer.rendering.assemble import assemble
from mailer.rendering.values import Reading
from mailer.transports.answers import Accepted
from subscribers.interests import Interests
from subscribers.models import List, Suppression
from subscribers.segments import keeping
from subscribers.vocabulary import NoStory, Status, Suppressed
from tests.sends.cast import SETS
from tests.stage import EDITION, NOW, a_list, a_reader, a_send, an_edition, batches_of, fired

pytestmark = pytest.mark.database

NAMES = {0: (0, "China"), 1: (1, "Russia")}
CHINA, RUSSIA, BOTH = 1, 2, 3
CARRIES_BOTH = Content(carried=BOTH, offered=BOTH, stories=BOTH, always=False)
ONLY_CHINA = EDITION.split(b"## [A station")[0]


def some(
    count: int, chosen: int = EVERYTHING, standing: str = "active", *, text_only: bool = False
) -> People:
    suppressed = standing == "suppressed"
    return People("active" if suppressed else standing, suppressed, chosen, text_only, True, count)  # noqa: FBT003 - as columns come


def test_each_candidate_is_a_reader_or_left_out_with_a_reason() -> None:
    people = [some(100), some(7, CHINA), some(5, standing="paused"), some(3, CHINA, "suppressed"), some(2, 4)]
    found = told(CARRIES_BOTH, [*people, some(4, RUSSIA, "pending")], NAMES, [])
    assert found.candidates == found.readers.now + sum(found.reasons.values()) == 121
    assert found.reasons == {"suppressed": 3, "paused": 5, "unconfirmed": 4, "no_story": 2}


def test_readers_of_an_interest_are_those_who_chose_it_or_everything() -> None:
    found = told(CARRIES_BOTH, [some(100), some(7, CHINA), some(5, BOTH)], NAMES, [])
    assert [(each.name, each.readers.now) for each in found.interests] == [("China", 112), ("Russia", 105)]


def test_who_chose_all_that_it_carries_gets_the_letter_for_everything() -> None:
    found = told(CARRIES_BOTH, [some(100), some(5, BOTH), some(7, CHINA, text_only=True)], NAMES, [])
    assert [(each.name, each.readers, each.text_only) for each in found.letters] == [
        ("everything", 105, 0),
        ("China", 7, 7),
    ]


def test_it_is_compared_with_the_mean_of_the_editions_that_carried_the_interest() -> None:
    earlier = [{EVERYTHING: 100, CHINA: 20}, {EVERYTHING: 80, RUSSIA: 40}]
    found = told(CARRIES_BOTH, [some(100), some(20, CHINA)], NAMES, earlier)
    china, russia = found.interests
    assert (china.readers.mean, china.readers.editions) == (120, 1)
    assert (russia.readers.mean, russia.readers.editions) == (120, 1)
    assert (found.readers.mean, found.readers.editions) == (120, 2)


@pytest.mark.parametrize(
    ("now", "mean", "unusual"),
    [
        (121, 100.0, True),
        (120, 100.0, False),
        (79, 100.0, True),
        (9, 5.0, False),
        (15, 5.0, True),
        (7, None, False),
    ],
)
def test_unusual_is_more_than_a_fifth_and_at_least_ten_readers(
    now: int, mean: float | None, *, unusual: bool
) -> None:
    assert Usual(now, mean, 5).unusual is unusual


def test_a_difference_is_said_in_per_cent() -> None:
    assert [Usual(now, 100.0, 5).change for now in (112, 88)] == ["+12 %", "−12 %"]
    assert Usual(7, None, 0).change == ""


def test_those_who_have_the_edition_already_are_taken_off() -> None:
    found = told(CARRIES_BOTH, [some(100)], NAMES, [], holders=30)
    assert (found.readers.now, found.reasons) == (70, {"already_has_this_edition": 30})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", [EDITION, ONLY_CHINA])
@pytest.mark.parametrize("rule", list(NoStory))
def test_it_foresees_what_the_freeze_then_finds(text: bytes, rule: NoStory) -> None:
    owner = a_list()
    List.objects.update(no_story=rule)
    owner.refresh_from_db()
    for n, chosen in enumerate([(), *SETS]):
        a_reader(owner, f"reader{n}@x.example", chosen, text_only=n % 3 == 0)
    a_reader(owner, "paused@x.example", status=Status.PAUSED)
    a_reader(owner, "pending@x.example", status=Status.PENDING)
    a_reader(owner, "left@x.example", status=Status.UNSUBSCRIBED)
    barred = a_reader(owner, "barred@x.example", status=Status.PAUSED)
    Suppression.objects.create(address_key=barred.subscriber.address_key, reason=Suppressed.BOUNCED, at=NOW)
    edition = an_edition(owner, text)
    foreseen = expecting.expected(editions.newest(edition), now=NOW)
    send = a_send(edition)
    sends.prepare(send.pk, now=NOW)
    found = reports.described(sends.find(send.pk))
    assert foreseen.candidates == found["candidates"]
    assert foreseen.readers.now == found["pending"]
    assert {str(reason): n for reason, n in foreseen.reasons.items()} == found["excluded_reasons"]
    assert sum(letter.readers for letter in foreseen.letters) == found["pending"]
    assert expecting.holders_of(edition.pk) == found["pending"]


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", SETS)
def test_no_story_is_what_the_letter_itself_says(chosen: tuple[str, ...]) -> None:
    owner = a_list()
    document = editions.document_of(editions.newest(an_edition(owner, ONLY_CHINA)))
    content = expecting.content_of(document, look_of(owner), owner)
    found = told(content, [some(1, Interests.of(owner).bits(chosen))], NAMES, [])
    letter = assemble(document, look_of(owner), Reading(frozenset(chosen)))
    assert ("no_story" in found.reasons) is not letter.has_story


@pytest.mark.django_db(transaction=True)
def test_the_last_editions_are_those_that_were_sent_to_the_same() -> None:
    owner = a_list()
    for n in range(3):
        a_reader(owner, f"reader{n}@x.example", ["china"] if n else [])
    first = a_send(an_edition(owner))
    sends.prepare(first.pk, now=NOW)
    for batch in batches_of(first):
        batches.settle(batch.pk, fired(batch).attempt, Accepted(202, "m1"), now=NOW)
    sends.finish(first.pk, now=NOW)
    again = an_edition(owner, EDITION.replace(b"elsewhere", b"Nairobi"))
    found = expecting.expected(editions.newest(again), now=NOW)
    assert (found.readers.mean, found.readers.editions) == (3, 1)
    assert found.interests[0].readers.mean == 3
    segment = keeping.add(owner, "china", "interest in (china)", by="ed", at=NOW).segment
    of_some = expecting.expected(editions.newest(again), now=NOW, segment=segment)
    assert (of_some.readers.now, of_some.readers.mean) == (2, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("readers", [1, 12])
def test_it_costs_the_same_statements_whatever_the_size(
    readers: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = a_list()
    for n in range(readers):
        a_reader(owner, f"reader{n}@x.example", SETS[n])
    revision = editions.newest(an_edition(owner))
    with django_assert_num_queries(8):
        expecting.expected(revision, now=NOW)
