"""Stories are proposed for the interests whose names they mention."""

import tomllib
from importlib.resources import files

import pytest

from mailer.manuscript.gazetteer import Gazetteer, Proposal

INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.mark.parametrize(
    ("text", "proposals"),
    [
        ("China’s Tiangong", {"china": ("China", "Tiangong")}),
        ("CHINA'S STATION", {"china": ("CHINA",)}),
        ("fine china for lunch", {}),
        ("a patrol in the South China Sea", {}),
        ("India, Indiana and the Indian Ocean", {"south-asia": ("India",)}),
        ("Papua New Guinea and Guinea-Bissau", {"africa": ("Guinea-Bissau",)}),
        ("a Sino-Russian pact", {"china": ("Sino",), "russia": ("Russian",)}),
        ("Chang'e-7 meets Luna-25", {"china": ("Chang'e",), "russia": ("Luna-25",)}),
        ("two Taikonauts and a cosmonaut", {"china": ("Taikonauts",), "russia": ("cosmonaut",)}),
        (
            "South\nAfrica and South-Asian states",
            {"africa": ("South\nAfrica",), "south-asia": ("South-Asian",)},
        ),
        ("India and India and ISRO", {"south-asia": ("India", "ISRO")}),
        ("let us go", {}),
        ("", {}),
    ],
)
def test_whole_names_are_found(
    gazetteer: Gazetteer, text: str, proposals: dict[str, tuple[str, ...]]
) -> None:
    expected = [Proposal(interest, words) for interest, words in proposals.items()]
    assert gazetteer.propose(text, INTERESTS) == expected


def test_proposals_come_in_the_order_of_the_list(gazetteer: Gazetteer) -> None:
    found = gazetteer.propose(
        "Kenya, Russia, China", {"africa": "Africa", "china": "China", "russia": "Russia"}
    )
    assert [proposal.interest for proposal in found] == ["africa", "china", "russia"]


def test_only_interests_of_the_list_are_proposed(gazetteer: Gazetteer) -> None:
    assert gazetteer.propose("NASA and China", {"russia": "Russia"}) == []


def test_a_list_adds_words_of_its_own() -> None:
    own = Gazetteer.load({"africa": ["Malabo"], "policy": ["licence"]})
    interests = {**INTERESTS, "policy": "Law"}
    assert own.propose("Licences for Malabo", interests) == [
        Proposal("africa", ("Malabo",)),
        Proposal("policy", ("Licences",)),
    ]


def test_words_of_one_list_are_not_another_lists() -> None:
    Gazetteer.load({"africa": ["Malabo"]})
    assert Gazetteer.load().propose("Malabo", INTERESTS) == []


def test_an_interest_is_known_by_its_name_where_its_slug_is_another(gazetteer: Gazetteer) -> None:
    assert gazetteer.propose("Dhaka", {"sa": "South Asia"}) == [Proposal("sa", ("Dhaka",))]


def test_an_unknown_interest_is_looked_for_by_its_own_name(gazetteer: Gazetteer) -> None:
    interests = {"moon-mars": "Moon & Mars", "eo": "Earth observation"}
    assert gazetteer.propose("Two moons of Mars; EARTH OBSERVATION", interests) == [
        Proposal("moon-mars", ("moons", "Mars")),
        Proposal("eo", ("EARTH OBSERVATION",)),
    ]


def test_names_in_scripts_without_spaces_are_found() -> None:
    own = Gazetteer.load({"china": ["中国"]})
    assert own.propose("新中国航天", INTERESTS) == [Proposal("china", ("中国",))]


def test_the_gazetteer_lists_no_word_twice_for_one_region() -> None:
    written = files("mailer.manuscript").joinpath("gazetteer.toml").read_text(encoding="utf-8")
    for region, kinds in tomllib.loads(written).items():
        words = [word for known in kinds.values() for word in known]
        assert sorted(words) == sorted(set(words)), region
        assert all(word.strip() == word and word for word in words), region
