import pytest

from subscribers import lists
from subscribers.interests import UnknownInterestError
from subscribers.lists import ListError, Sender, parse_sender
from subscribers.models import List
from subscribers.models.lists import MOST_INTERESTS

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("Space Digest <news@example.org>", Sender("Space Digest", "news@example.org")),
        ('"Doe, Jane" <jane@example.org>', Sender("Doe, Jane", "jane@example.org")),
        ("Doe, Jane <jane@example.org>", Sender("Doe, Jane", "jane@example.org")),
        ("  Дайджест   <news@Example.ORG> ", Sender("Дайджест", "news@example.org")),
    ],
)
def test_a_sender_is_a_name_and_an_address(text: str, sender: Sender) -> None:
    assert parse_sender(text) == sender


@pytest.mark.parametrize(
    "text",
    [
        "news@example.org",
        "<news@example.org>",
        "Space Digest",
        "",
        'Space "Digest <a@b.org>',
        "A <a@b.org> <c@d.org>",
    ],
)
def test_a_sender_written_otherwise_is_told_how(text: str) -> None:
    with pytest.raises(ListError, match=r"must be written as Name <address>"):
        parse_sender(text)


@pytest.mark.parametrize("text", ["Space <nobody>", "Space\nBcc: x <news@example.org>"])
def test_a_sender_with_a_fault_in_it_is_told_which(text: str) -> None:
    with pytest.raises(ListError, match=r"cannot be used"):
        parse_sender(text)


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


def test_an_interest_never_gets_the_number_of_one_that_is_gone(digest: List) -> None:
    digest.interests.get(slug="south-asia").delete()
    assert lists.add_interest(digest, "latin-america", "Latin America").number == 4


def test_an_interest_that_is_there_already_is_refused_and_uses_no_number(digest: List) -> None:
    with pytest.raises(ListError, match="already has an interest africa"):
        lists.add_interest(digest, "africa", "Africa")
    assert lists.add_interest(digest, "europe", "Europe").number == 4


def test_a_list_that_has_used_all_numbers_says_so(digest: List) -> None:
    for number in range(4, MOST_INTERESTS):
        lists.add_interest(digest, f"topic-{number}", f"Topic {number}")
    assert lists.bits(digest, [f"topic-{MOST_INTERESTS - 1}"]) == 1 << 62
    with pytest.raises(ListError, match="has had 63 interests"):
        lists.add_interest(digest, "one-more", "One more")


def test_interests_become_bits_and_bits_interests(digest: List) -> None:
    assert lists.bits(digest, ["south-asia", "china"]) == 0b1001
    assert lists.slugs(digest, 0b1001) == ["china", "south-asia"]
    assert lists.slugs(digest, 0) == []


def test_an_unknown_interest_is_told_the_known_ones(digest: List) -> None:
    with pytest.raises(
        UnknownInterestError, match=r"“asia” .* space-digest: china, russia, africa, south-asia"
    ):
        lists.bits(digest, ["china", "asia"])


def test_a_retired_interest_can_be_read_but_not_chosen(digest: List, noon: object) -> None:
    digest.interests.filter(slug="russia").update(retired_at=noon)
    assert lists.slugs(digest, 0b11) == ["china", "russia"]
    with pytest.raises(UnknownInterestError, match="china, africa, south-asia"):
        lists.bits(digest, ["russia"])


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
