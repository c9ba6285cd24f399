from dataclasses import replace

import pytest

from mailer.archive import addresses
from mailer.manuscript.document import Document
from mailer.rendering.assemble import Assembly
from mailer.rendering.values import InterestLook, Look
from mailer.rendering.wording import online


@pytest.mark.parametrize(
    ("interests", "path"),
    [
        (None, "/archive/space-digest/64/"),
        (["china"], "/archive/space-digest/64/?interest=china"),
        (["south-asia", "africa"], "/archive/space-digest/64/?interest=africa&interest=south-asia"),
        (["africa", "south-asia", "africa"], "/archive/space-digest/64/?interest=africa&interest=south-asia"),
        # None of the edition's: not the same as everything.
        ([], "/archive/space-digest/64/?interest="),
    ],
)
def test_an_edition_has_one_address_a_set_of_interests(interests: list[str] | None, path: str) -> None:
    assert addresses.online("space-digest", 64, interests) == path


def test_a_list_has_one_a_page_an_interest_and_a_search() -> None:
    assert addresses.of_list("space-digest") == "/archive/space-digest/"
    assert addresses.of_list("space-digest", interest="china") == "/archive/space-digest/?interest=china"
    found = addresses.of_list("space-digest", interest="china", query="a & b")
    assert found == "/archive/space-digest/?interest=china&q=a+%26+b"
    assert addresses.of_list("space-digest", before=64) == "/archive/space-digest/?before=64"


def test_a_story_stands_at_its_place_on_the_page() -> None:
    assert addresses.story("space-digest", 64, 0) == "/archive/space-digest/64/#s1"
    assert addresses.card("space-digest", 64) == "/archive/space-digest/64/card.png"


def test_a_feed_has_one_an_interest() -> None:
    assert addresses.feed("space-digest", "rss") == "/archive/space-digest/rss.xml"
    assert addresses.feed("space-digest", "atom", "china") == "/archive/space-digest/atom.xml?interest=china"


def test_the_letters_link_is_the_address_of_its_variant() -> None:
    look = Look("space-digest", "Space Digest", "", (), archive="https://news.example")
    edition = replace(Document("space-digest", "Orbit", ()), number=64)
    assert online(Assembly(edition), look) == f"https://news.example{addresses.online('space-digest', 64)}"
    for slugs in ([], ["africa"], ["africa", "china"]):
        chosen = tuple(InterestLook(slug, slug.title(), 0) for slug in slugs)
        path = addresses.online("space-digest", 64, slugs)
        assert online(Assembly(edition, for_you=chosen, narrowed=True), look) == f"https://news.example{path}"
