"""The database and plain Python give the same answer about everybody."""

from collections.abc import Sequence

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.models import List
from subscribers.segments.conditions import Condition
from subscribers.segments.evaluating import Person, holds
from subscribers.segments.querying import where
from subscribers.segments.writing import write
from tests.subscribers.segments.cast import AS_OF, CONDITIONS, people

pytestmark = pytest.mark.database

FILLS, EXAMPLES, TREES = 10, 25, 20  # 5,000 trees in all
PEOPLE = 100


def found(condition: Condition) -> set[int]:
    asked = where(condition, AS_OF)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subscription.id FROM subscription"
            " JOIN subscriber ON subscriber.id = subscription.subscriber_id"
            f" WHERE {asked.sql}",
            dict(asked.parameters),
        )
        return {row for (row,) in cursor.fetchall()}


def expected(condition: Condition, everybody: dict[int, Person]) -> set[int]:
    return {row for row, person in everybody.items() if holds(condition, person, AS_OF)}


@pytest.mark.parametrize("seed", range(FILLS))
def test_any_segment_is_the_same_people_in_the_database_and_in_python(digest: List, seed: int) -> None:
    everybody = people(digest, PEOPLE, seed)
    asked = true = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(CONDITIONS, min_size=TREES, max_size=TREES))
    def same(trees: Sequence[Condition]) -> None:
        nonlocal asked, true
        for tree in trees:
            answer = found(tree)
            assert answer == expected(tree, everybody), write(tree)
            asked += 1
            true += len(answer)

    same()
    assert asked >= EXAMPLES * TREES
    # Trees that are true of nobody, or of everybody, would prove nothing.
    assert 0.2 < true / (asked * PEOPLE) < 0.8
