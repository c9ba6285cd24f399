"""Splitting: from a refused thousand down to the one address, in few requests."""

import pytest

from mailer import batches
from mailer.models import Attempt, Batch, Delivery
from mailer.transports.answers import Accepted, AddressRefused
from tests.batches.cast import a_batch, answered, children, copies, outcomes
from tests.stage import NOW, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def offer_all(batch: Batch, poisoned: set[int], *, index: bool) -> int:
    """Offer what waits to a provider that refuses the poisoned, until nothing does; count the requests."""
    requests = 0
    while due := batches.due(now=NOW, most=100):
        for number in due:
            here = Batch.objects.get(pk=number)
            found = sorted(poisoned & set(copies(here)))
            request = fired(here)
            refusal = AddressRefused("400 bad address", delivery=found[0] if found and index else 0)
            batches.settle(number, request.attempt, refusal if found else Accepted(202, "m"), now=NOW)
            requests += 1
    assert sum(outcomes(batch.send).values()) == batch.n
    return requests


@pytest.mark.parametrize("place", [0, 499, 500, 999])
def test_one_poisoned_address_in_a_thousand_costs_at_most_21_requests(place: int) -> None:
    batch = a_batch(1_000)
    poisoned = copies(batch)[place]
    assert offer_all(batch, {poisoned}, index=False) <= 21
    assert outcomes(batch.send) == {"accepted": 999, "rejected": 1}
    assert Delivery.objects.get(state="rejected").pk == poisoned
    refused_alone = Attempt.objects.get(n=1, answer="address_refused")
    assert Delivery.objects.get(batch__attempt=refused_alone.pk).pk == poisoned


def test_an_index_makes_it_three_requests() -> None:
    batch = a_batch(100)
    poisoned = copies(batch)[42]
    assert offer_all(batch, {poisoned}, index=True) == 3
    assert outcomes(batch.send) == {"accepted": 99, "rejected": 1}


@pytest.mark.parametrize("index", [True, False])
def test_several_poisoned_addresses_are_all_found_and_nobody_else_is_lost(
    index: bool,  # noqa: FBT001 - a table's column
) -> None:
    batch = a_batch(20)
    numbers = copies(batch)
    poisoned = {numbers[0], numbers[7], numbers[8], numbers[19]}
    offer_all(batch, poisoned, index=index)
    assert outcomes(batch.send) == {"accepted": 16, "rejected": 4}
    assert set(Delivery.objects.filter(state="rejected").values_list("pk", flat=True)) == poisoned


def test_nobody_is_rejected_for_a_request_with_two_readers() -> None:
    batch = a_batch(2)
    ada, bo = copies(batch)
    answered(batch, AddressRefused("400 bad address", delivery=bo))
    assert [copies(child) for child in children(batch)] == [[bo], [ada]]
    assert outcomes(batch.send) == {"pending": 2}
    batch.refresh_from_db()
    assert (batch.state, batch.n) == ("split", 0)


def test_an_index_that_names_nobody_here_halves_the_batch() -> None:
    batch = a_batch(5)
    answered(batch, AddressRefused("400 bad address", delivery=10**9))
    assert [child.n for child in children(batch)] == [2, 3]


def test_an_odd_batch_is_halved_in_the_order_of_its_readers() -> None:
    batch = a_batch(5)
    numbers = copies(batch)
    answered(batch, AddressRefused("400 bad address"))
    assert [copies(child) for child in children(batch)] == [numbers[:2], numbers[2:]]
