import datetime as dt

import pytest

from mailer.models import Edition
from subscribers import changes, lists, suppressions
from subscribers.addresses import address_key
from subscribers.lists import ListError, Removal, Sender
from subscribers.models import Change, Consent, List, Segment, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Action, NoStory, Status, Suppressed, UnchosenStories
from tests.stage import a_reader

pytestmark = pytest.mark.database


def test_a_list_has_its_interests_in_order(digest: List) -> None:
    assert [str(interest) for interest in digest.interests.all()] == [
        "china",
        "russia",
        "africa",
        "south-asia",
    ]
    assert [interest.number for interest in digest.interests.all()] == [0, 1, 2, 3]


def test_adding_the_same_list_again_changes_nothing(digest: List) -> None:
    again = lists.add_list(
        "space-digest",
        name="Space Digest",
        sender=Sender("Space Digest", "news@example.org"),
        postal_address="14 Observatory Road\nCape Town 7925",
        interests={"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"},
    )
    assert again == lists.Added(digest, new=False)


def test_another_list_of_the_same_slug_is_refused_and_says_what_differs(digest: List) -> None:
    with pytest.raises(ListError, match=r"differs in name and interests; nothing was changed"):
        lists.add_list(
            "space-digest",
            name="Moon Digest",
            sender=Sender("Space Digest", "news@example.org"),
            postal_address=digest.postal_address,
        )


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("slug", "Space Digest", "slug must be"),
        ("slug", "", "slug must be"),
        ("name", " ", "name is empty"),
        ("name", "Space\r\nBcc: a@b.org", "line break"),
        ("postal_address", " \n ", "postal address"),
        ("postal_address", "14 Observatory Road\x1b[2J", "control character"),
        ("postal_address", "14 Observatory Road\x0bCape Town", "control character"),
        ("postal_address", "14 Observatory \u202edaoR", "direction"),
        ("postal_address", "x" * 1_001, "longer than 1,000"),
        ("postal_address", "x\n" * 1_000, "longer than 1,000"),
        ("description", "News\x1b[2J", "control character"),
        ("description", "x" * 100_000, "longer than 1,000"),
        ("name", "Space \u202etsegiD", "direction"),
        ("zone", "Mars/Olympus", "IANA"),
        ("zone", "posixrules", "IANA"),
        ("zone", "localtime", "IANA"),
        ("zone", "Factory", "IANA"),
        ("zone", "posix/Africa/Nairobi", "IANA"),
        ("zone", "", "IANA"),
        ("zone", "../etc/passwd", "IANA"),
        ("language", "english please", "BCP 47"),
        ("language", "en" + "-abcdefgh" * 4, "BCP 47"),
        ("reply_to", "nobody", "reply-to"),
        ("owner", "nobody", "owner"),
        ("interests", {"South Asia": "South Asia"}, "for example south-asia"),
        ("interests", {"south-asia": ""}, "name is empty"),
    ],
)
@pytest.mark.usefixtures("db")
def test_a_list_with_a_wrong_value_is_not_made(field: str, value: object, reason: str) -> None:
    values: dict[str, object] = {
        "slug": "space-digest",
        "name": "Space Digest",
        "sender": Sender("Space Digest", "news@example.org"),
        "postal_address": "14 Observatory Road",
        field: value,
    }
    with pytest.raises(ListError, match=reason):
        lists.add_list(**values)  # type: ignore[arg-type]  # one wrong value at a time is the point
    assert not List.objects.exists()


def test_a_list_that_is_not_there_names_those_that_are(digest: List) -> None:
    assert lists.find("space-digest") == digest
    with pytest.raises(ListError, match=r"no list 'space'; there is space-digest$"):
        lists.find("space")


def test_all_lists_are_named_to_who_missed_one(digest: List) -> None:
    lists.add_list(
        "africa-weekly",
        name="Weekly",
        sender=Sender("Ed", "ed@example.org"),
        postal_address=digest.postal_address,
    )
    with pytest.raises(ListError, match=r"'space'; there are africa-weekly, space-digest$"):
        lists.find("space")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("zone", ["UTC", "Africa/Nairobi", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
def test_a_list_lives_in_any_zone_there_is(zone: str) -> None:
    added = lists.add_list(
        "x", name="X", sender=Sender("X", "x@example.org"), postal_address="1 Road\r\n  Nairobi \n", zone=zone
    )
    assert (added.newsletter.zone, added.newsletter.postal_address) == (zone, "1 Road\nNairobi")


@pytest.mark.usefixtures("db")
def test_before_the_first_list_one_is_told_how_to_make_it() -> None:
    with pytest.raises(ListError, match="mailer lists add"):
        lists.find("space-digest")


def made(**given: object) -> lists.Added:
    values: dict[str, object] = {
        "name": "Third",
        "sender": Sender("Third", "third@example.org"),
        "postal_address": "3 Road",
    }
    return lists.add_list("third", **(values | given))  # type: ignore[arg-type]  # what a test gives is its point


@pytest.mark.usefixtures("db")
def test_a_list_begins_with_the_rules_that_were_stated() -> None:
    third = made(
        unchosen_stories=UnchosenStories.HIDDEN, no_story=NoStory.TOP_STORIES, tracked=False, public=False
    ).newsletter
    third.refresh_from_db()
    assert (third.unchosen_stories, third.no_story) == ("hidden", "top_stories")
    assert (third.tracked, third.public) == (False, False)


@pytest.mark.usefixtures("db")
def test_a_rule_that_was_not_stated_may_be_anything_in_a_list_that_is_there() -> None:
    made(tracked=False)
    assert not made().new
    with pytest.raises(ListError, match="differs in tracked; nothing was changed"):
        made(tracked=True)


@pytest.mark.usefixtures("db")
def test_who_made_a_list_is_written_down_once(noon: dt.datetime) -> None:
    third = made(by="ada", at=noon, interests={"tea": "Tea"}).newsletter
    made(by="eve", at=noon, interests={"tea": "Tea"})
    [line] = Change.objects.all()
    assert (line.who, line.at, line.what, line.list) == ("ada", noon, "lists add", third)
    assert line.before == {}
    assert line.after["from"] == "Third <third@example.org>"
    assert (line.after["interests"], line.after["keep_pending_days"]) == (["tea"], 30)


def test_a_list_shows_all_that_can_be_set(digest: List) -> None:
    shown = lists.show(digest)
    assert shown["unchosen_stories"] == "headlines"
    assert shown["no_story"] == "skip"
    assert (shown["keep_pending_days"], shown["keep_inactive_days"]) == (30, None)


def test_a_list_goes_with_what_is_its_own_and_people_stay(
    digest: List, second: List, noon: dt.datetime
) -> None:
    nina = a_reader(digest, "nina@example.org", ["africa"])
    a_reader(digest, "omar@example.org", (), Status.UNSUBSCRIBED)
    a_reader(digest, "zoe@example.org")
    a_reader(second, "zoe@example.org")
    Consent.objects.create(
        subscriber=nina.subscriber, list=digest, action=Action.GRANTED, at=noon, how="telephone"
    )
    Segment.objects.create(list=digest, slug="some", conditions={}, created_at=noon)
    gone, stays = address_key("gone@example.org"), address_key("stays@example.org")
    suppressions.suppress(gone, Suppressed.BY_HAND, "asked", noon, digest)
    suppressions.suppress(stays, Suppressed.COMPLAINED, "webhook", noon)
    suppressions.suppress(stays, Suppressed.BY_HAND, "asked", noon, second)
    expected = Removal(subscriptions=3, active=2, suppressions=1, segments=1, on_no_list=2)
    assert lists.removal(digest) == expected
    assert lists.remove(digest, by="ada", at=noon) == expected
    assert [str(newsletter) for newsletter in List.objects.all()] == ["second"]
    assert Subscriber.objects.count() == 3
    assert [reader.subscriber.address for reader in Subscription.objects.all()] == ["zoe@example.org"]
    assert not Consent.objects.exists()
    assert set(Suppression.objects.values_list("address_key", "list")) == {
        (stays, None),
        (stays, second.pk),
    }


def test_who_removed_a_list_is_written_down_with_what_it_was(digest: List, noon: dt.datetime) -> None:
    a_reader(digest, "nina@example.org")
    lists.remove(digest, by="ada", at=noon)
    removed = changes.listing(who="ada")[-1]
    assert (removed["what"], removed["list"], removed["subject"]) == ("lists rm", None, "space-digest")
    assert removed["before"]["name"] == "Space Digest"
    assert removed["before"]["interests"] == ["china", "russia", "africa", "south-asia"]
    assert removed["before"]["subscriptions"] == 1
    assert removed["after"] == {}


@pytest.mark.parametrize(("editions", "words"), [(1, "1 edition,"), (2, "2 editions,")])
def test_a_list_with_editions_is_kept(digest: List, noon: dt.datetime, editions: int, words: str) -> None:
    for number in range(editions):
        Edition.objects.create(list=digest, title=f"{number}", created_at=noon, changed_at=noon)
    a_reader(digest, "nina@example.org")
    with pytest.raises(ListError, match=f"space-digest has {words} .* --no-public"):
        lists.removal(digest)
    with pytest.raises(ListError, match="cannot be removed"):
        lists.remove(digest, by="ada", at=noon)
    assert Subscription.objects.count() == 1
    assert not Change.objects.filter(what="lists rm").exists()


def test_a_list_that_is_gone_cannot_be_removed_again(digest: List, noon: dt.datetime) -> None:
    again = lists.find("space-digest")
    lists.remove(digest, by="ada", at=noon)
    with pytest.raises(ListError, match="is gone"):
        lists.remove(again, by="ada", at=noon)
