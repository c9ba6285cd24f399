import datetime as dt

import pytest

from subscribers import curating
from subscribers.curating import InterestError
from subscribers.interests import Interests, UnknownInterestError, former_slugs
from subscribers.list_fields import ListError
from subscribers.models import Change, List
from subscribers.models.lists import MOST_INTERESTS
from subscribers.vocabulary import Status
from tests.stage import a_reader

pytestmark = pytest.mark.database


def order_of(newsletter: List) -> list[str]:
    return [interest.slug for interest in newsletter.interests.all()]


def test_an_interest_is_added_at_the_end_and_written_down(digest: List, noon: dt.datetime) -> None:
    assert curating.add(digest, "europe", " Europe ", by="ada", at=noon)
    assert order_of(digest)[-1] == "europe"
    line = Change.objects.latest("pk")
    assert (line.at, line.who, line.what, line.list, line.subject) == (
        noon,
        "ada",
        "interests add",
        digest,
        "europe",
    )
    assert (line.before, line.after) == ({}, {"name": "Europe"})


def test_an_interest_that_is_just_so_already_is_no_change(digest: List, noon: dt.datetime) -> None:
    lines = Change.objects.count()
    assert not curating.add(digest, "africa", "Africa", by="ada", at=noon)
    assert Change.objects.count() == lines


def test_a_slug_that_is_taken_is_refused_and_uses_no_number(digest: List, noon: dt.datetime) -> None:
    with pytest.raises(InterestError, match=r"already has an interest africa, named Africa; .*rename"):
        curating.add(digest, "africa", "The whole of Africa", by="ada", at=noon)
    curating.add(digest, "europe", "Europe", by="ada", at=noon)
    assert digest.interests.get(slug="europe").number == 4


def test_a_slug_that_was_retired_is_never_used_again(digest: List, noon: dt.datetime) -> None:
    digest.interests.filter(slug="russia").update(retired_at=noon)
    with pytest.raises(InterestError, match=r"has had an interest russia, retired on 2026-03-24"):
        curating.add(digest, "russia", "Russia", by="ada", at=noon)


def test_an_interest_never_gets_the_number_of_one_that_is_gone(digest: List, noon: dt.datetime) -> None:
    digest.interests.get(slug="south-asia").delete()
    curating.add(digest, "latin-america", "Latin America", by="ada", at=noon)
    assert digest.interests.get(slug="latin-america").number == 4


def test_a_list_that_has_used_all_numbers_says_so(digest: List, noon: dt.datetime) -> None:
    for number in range(4, MOST_INTERESTS):
        curating.add(digest, f"topic-{number}", f"Topic {number}", by="ada", at=noon)
    assert Interests.of(digest).bits([f"topic-{MOST_INTERESTS - 1}"]) == 1 << 62
    with pytest.raises(ListError, match="has had 63 interests, and numbers are never used again"):
        curating.add(digest, "one-more", "One more", by="ada", at=noon)
    assert digest.interests.count() == MOST_INTERESTS


@pytest.mark.parametrize(
    ("slug", "name", "reason"),
    [
        ("South Asia", "South Asia", "for example south-asia"),
        ("", "Nothing", "for example south-asia"),
        ("europe", " ", "name is empty"),
        ("europe", "Europe\nBcc: a@b.org", "line break"),
        ("everything", "Everything", "the word for all of them"),
    ],
)
def test_an_interest_with_a_wrong_value_is_not_added(
    digest: List, noon: dt.datetime, slug: str, name: str, reason: str
) -> None:
    with pytest.raises((ListError, InterestError), match=reason):
        curating.add(digest, slug, name, by="ada", at=noon)
    assert digest.interests.count() == 4


def test_an_interest_gets_another_slug_and_name_and_keeps_number_and_readers(
    digest: List, noon: dt.datetime
) -> None:
    reader = a_reader(digest, "nina@example.org", ["russia"])
    assert curating.rename(digest, "russia", new_slug="eurasia", name="Eurasia", by="ada", at=noon)
    assert Interests.of(digest).slugs(reader.interests) == ("eurasia",)
    assert order_of(digest) == ["china", "eurasia", "africa", "south-asia"]
    line = Change.objects.latest("pk")
    assert (line.what, line.subject) == ("interests rename", "russia")
    assert line.before == {"slug": "russia", "name": "Russia"}
    assert line.after == {"slug": "eurasia", "name": "Eurasia"}


def test_a_slug_that_was_given_up_is_no_other_interests(digest: List, noon: dt.datetime) -> None:
    curating.rename(digest, "russia", new_slug="eurasia", by="ada", at=noon)
    with pytest.raises(
        InterestError, match=r"russia was the slug of .* eurasia, and editions may still say it"
    ):
        curating.add(digest, "russia", "Russia", by="ada", at=noon)
    with pytest.raises(InterestError, match="choose another slug"):
        curating.rename(digest, "africa", new_slug="russia", by="ada", at=noon)


def test_an_interest_may_have_its_old_slug_again(digest: List, noon: dt.datetime) -> None:
    curating.rename(digest, "russia", new_slug="eurasia", by="ada", at=noon)
    curating.rename(digest, "eurasia", new_slug="russia", by="ada", at=noon)
    assert former_slugs(digest) == {"eurasia": "russia"}


def test_only_what_is_another_is_written_down(digest: List, noon: dt.datetime) -> None:
    curating.rename(digest, "russia", new_slug="russia", name="Russia and its neighbours", by="ada", at=noon)
    assert Change.objects.latest("pk").before == {"name": "Russia"}


def test_the_name_it_has_is_no_change(digest: List, noon: dt.datetime) -> None:
    lines = Change.objects.count()
    assert not curating.rename(digest, "russia", new_slug="russia", name="Russia", by="ada", at=noon)
    assert Change.objects.count() == lines


def test_words_that_propose_an_interest_go_with_its_slug(digest: List, noon: dt.datetime) -> None:
    digest.gazetteer = {"africa": ["Malabo"], "china": ["Wenchang"]}
    digest.save()
    curating.rename(digest, "africa", new_slug="all-africa", by="ada", at=noon)
    digest.refresh_from_db()
    assert digest.gazetteer == {"china": ["Wenchang"], "all-africa": ["Malabo"]}


def test_a_rename_to_a_slug_that_is_taken_is_refused(digest: List, noon: dt.datetime) -> None:
    with pytest.raises(InterestError, match="already has an interest africa"):
        curating.rename(digest, "russia", new_slug="africa", by="ada", at=noon)
    assert order_of(digest) == ["china", "russia", "africa", "south-asia"]


def test_two_lists_may_use_the_same_slug(digest: List, second: List, noon: dt.datetime) -> None:
    assert curating.rename(second, "tea", new_slug="africa", by="ada", at=noon)
    assert order_of(digest) == ["china", "russia", "africa", "south-asia"]


@pytest.mark.parametrize("slug", ["mars", "", "RUSSIA", "russia "])
def test_an_interest_that_is_not_there_names_those_that_are(
    digest: List, noon: dt.datetime, slug: str
) -> None:
    with pytest.raises(UnknownInterestError, match="china, russia, africa, south-asia"):
        curating.rename(digest, slug, name="Mars", by="ada", at=noon)


def test_interests_are_shown_in_another_order_and_keep_their_numbers(digest: List, noon: dt.datetime) -> None:
    wanted = ["africa", "south-asia", "china", "russia"]
    assert curating.reorder(digest, wanted, by="ada", at=noon)
    assert order_of(digest) == wanted
    assert digest.interests.get(slug="africa").number == 2
    line = Change.objects.latest("pk")
    assert line.before == {"order": ["china", "russia", "africa", "south-asia"]}
    assert line.after == {"order": wanted}
    assert not curating.reorder(digest, wanted, by="ada", at=noon)


def test_a_retired_interest_keeps_its_place(digest: List, noon: dt.datetime) -> None:
    digest.interests.filter(slug="russia").update(retired_at=noon)
    curating.reorder(digest, ["south-asia", "africa", "china"], by="ada", at=noon)
    assert order_of(digest) == ["south-asia", "russia", "africa", "china"]


def test_an_interest_that_comes_later_stands_last_whatever_the_order(digest: List, noon: dt.datetime) -> None:
    curating.reorder(digest, ["south-asia", "africa", "russia", "china"], by="ada", at=noon)
    curating.add(digest, "europe", "Europe", by="ada", at=noon)
    assert order_of(digest) == ["south-asia", "africa", "russia", "china", "europe"]


@pytest.mark.parametrize(
    ("slugs", "reason"),
    [
        (["china", "russia", "africa"], "leaves out south-asia"),
        ([], "leaves out china, russia, africa, south-asia"),
        (["china", "china", "russia", "africa", "south-asia"], "china is there twice"),
    ],
)
def test_an_order_that_misses_or_repeats_one_is_refused(
    digest: List, noon: dt.datetime, slugs: list[str], reason: str
) -> None:
    with pytest.raises(InterestError, match=reason):
        curating.reorder(digest, slugs, by="ada", at=noon)
    assert order_of(digest) == ["china", "russia", "africa", "south-asia"]


def test_an_order_with_an_interest_that_is_not_offered_is_refused(digest: List, noon: dt.datetime) -> None:
    digest.interests.filter(slug="russia").update(retired_at=noon)
    with pytest.raises(UnknownInterestError, match="“russia” is no interest"):
        curating.reorder(digest, ["china", "russia", "africa", "south-asia"], by="ada", at=noon)


def test_a_list_that_was_removed_meanwhile_is_told(second: List, noon: dt.datetime) -> None:
    List.objects.filter(pk=second.pk).delete()
    with pytest.raises(ListError, match="The list second is gone"):
        curating.add(second, "coffee", "Coffee", by="ada", at=noon)


def test_readers_are_counted_by_what_they_chose(digest: List, noon: dt.datetime) -> None:
    a_reader(digest, "nina@example.org", ["russia"])
    a_reader(digest, "omar@example.org", ["russia", "africa"], Status.PAUSED)
    a_reader(digest, "zoe@example.org", ["africa"], Status.PENDING)
    a_reader(digest, "left@example.org", ["africa"], Status.UNSUBSCRIBED)
    a_reader(digest, "all@example.org")
    digest.interests.filter(slug="china").update(retired_at=noon)
    rows = curating.listing(digest)
    assert [(row["slug"], row["readers"], row["only"], row["retired"]) for row in rows] == [
        ("china", 0, 0, True),
        ("russia", 2, 1, False),
        ("africa", 2, 1, False),
        ("south-asia", 0, 0, False),
    ]
    assert rows[0]["retired_at"] == noon
    assert (rows[2]["name"], rows[2]["number"]) == ("Africa", 2)


def test_a_list_without_interests_has_none(second: List) -> None:
    second.interests.all().delete()
    assert curating.listing(second) == []
