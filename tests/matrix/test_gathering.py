"""The matrix of an edition as its rows stand."""

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer.matrix.gathering import matrix
from subscribers.models import List
from tests.stage import a_list, a_reader, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def owner() -> List:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "ben@x.example", ["africa"], text_only=True)
    a_reader(owner, "cem@x.example", ["africa", "china"], tracked=False)
    return owner


def test_an_edition_of_four_interests_is_fifteen_letters(owner: List) -> None:
    found = matrix(an_edition(owner))
    assert len(found.variants) == 15
    assert [(each.name, each.readers.all) for each in found.variants[:4]] == [
        ("everything", 1),
        ("africa", 1),
        ("china+africa", 1),
        ("china", 0),
    ]
    assert found.variants[0].choices[1].name == "china+russia+africa+south-asia"
    assert (found.readers.text_only, found.readers.untracked) == (1, 1)


def test_readers_are_counted_by_one_statement_however_many_there_are(
    owner: List, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    edition = an_edition(owner)
    with django_assert_max_num_queries(8):
        matrix(edition)


def test_links_are_not_counted_longer_where_the_list_is_not_tracked(owner: List) -> None:
    edition = an_edition(owner)
    counted = matrix(edition).variants[0].leaving
    edition.list.tracked = False
    assert matrix(edition).variants[0].leaving < counted
