"""The pace of a transport and of recipient domains, held by rows that all workers pay from."""

import datetime as dt
import heapq
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mailer import pace
from mailer.models import Allowance, Transport
from mailer.protocol import back_off
from mailer.rates import HOUR, Rates
from mailer.transports.answers import (
    Accepted,
    AddressRefused,
    Answer,
    NotAccepted,
    Partly,
    Refused,
    Unknown,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
WORKERS = 8
T = TypeVar("T")


def after(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def admitted(n: int, rates: Rates, at: float = 0) -> int:
    return pace.admit("smtp", n, rates, now=after(at)).most


def all_at_once(ask: Callable[[int], T]) -> list[T]:
    """Let eight workers, each with its own connection, ask at the same moment."""
    start = threading.Barrier(WORKERS)

    def worker(number: int) -> T:
        start.wait()
        try:
            return ask(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(worker, range(WORKERS)))


def spent() -> dict[str, float]:
    """Return for how many seconds from NOW each bucket is spent."""
    return {row.name: row.spent_until - NOW.timestamp() for row in Allowance.objects.order_by("name")}


def test_without_a_limit_everything_is_granted_and_nothing_is_written() -> None:
    free = pace.Admission(granted=True, most=1_000, not_before=None)
    with CaptureQueriesContext(connection) as asked:
        assert pace.admit("smtp", 1_000, Rates(), now=NOW) == free
    assert len(asked) == 1
    assert spent() == {}
    assert not Transport.objects.exists()


def test_a_payment_is_ten_seconds_worth_at_most_and_the_next_one_waits_for_it() -> None:
    rates = Rates(per_second=5)
    assert admitted(1_000, rates) == 50
    refused = pace.admit("smtp", 1_000, rates, now=after(1))
    assert (refused.granted, refused.most) == (False, 0)
    assert refused.not_before is not None
    assert (refused.not_before - NOW).total_seconds() == pytest.approx(10, abs=1e-5)
    assert pace.admit("smtp", 1_000, rates, now=refused.not_before).most == 50


def test_a_small_batch_pays_for_its_own_readers() -> None:
    assert admitted(3, Rates(per_second=5)) == 3
    assert spent() == {"smtp": pytest.approx(0.6)}


def test_transports_do_not_pay_for_each_other() -> None:
    rates = Rates(per_second=5)
    assert pace.admit("smtp", 50, rates, now=NOW).granted
    assert pace.admit("sendgrid", 50, rates, now=NOW).granted


def test_where_the_hour_is_spent_nothing_is_paid_by_the_second_either() -> None:
    rates = Rates(per_second=1_000, per_hour=HOUR)
    assert admitted(1_000, rates) == 10
    before = spent()
    refused = pace.admit("smtp", 1_000, rates, now=after(5))
    assert refused.not_before is not None
    assert (refused.not_before - NOW).total_seconds() == pytest.approx(10, abs=1e-5)
    assert spent() == before == {"smtp": pytest.approx(0.01), "smtp/hour": pytest.approx(10)}


def test_a_warm_up_holds_one_letter_every_three_minutes_on_its_first_day_and_none_after_its_last() -> None:
    warming = Rates(warm_up=NOW.date())
    assert [admitted(1_000, warming, at) for at in (0, 179, 181, 359, 361)] == [1, 0, 1, 0, 1]
    assert admitted(1_000, warming, 36 * 86_400) == 1_000


def test_a_batch_that_could_not_be_claimed_gets_back_what_it_paid() -> None:
    rates = Rates(per_second=5, per_hour=36_000, domains=(("gmail.com", 2.0),))
    assert admitted(50, rates) == 50
    assert pace.allot("smtp", {"gmail.com": 10}, rates, now=NOW) == {"gmail.com": 10}
    pace.refund("smtp", 50, rates, now=after(1), domains={"gmail.com": 10, "own.example": 40})
    assert spent() == {name: pytest.approx(0, abs=1e-5) for name in ("smtp", "smtp/gmail.com", "smtp/hour")}
    assert admitted(50, rates, 1) == 50


def test_domains_with_a_cap_get_their_share_and_the_rest_waits() -> None:
    rates = Rates(domains=(("gmail.com", 5.0), ("yahoo.com", 2.0)))
    wanted = {"gmail.com": 400, "yahoo.com": 3, "own.example": 597}
    assert pace.when("smtp", wanted, rates, now=NOW) is None
    assert pace.allot("smtp", wanted, rates, now=NOW) == {"gmail.com": 50, "yahoo.com": 3}
    assert pace.allot("smtp", wanted, rates, now=after(1)) == {"gmail.com": 0, "yahoo.com": 0}
    again = pace.when("smtp", wanted, rates, now=after(1))
    assert again is not None
    assert (again - NOW).total_seconds() == pytest.approx(1.5, abs=1e-5)
    assert pace.allot("smtp", wanted, rates, now=again) == {"gmail.com": 0, "yahoo.com": 3}


def test_a_batch_without_a_capped_domain_asks_no_row() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert pace.allot("smtp", {"own.example": 9}, Rates(domains=(("gmail.com", 5.0),)), now=NOW) == {}
    assert [query for query in asked.captured_queries if "allowance" in query["sql"]] == []


@pytest.mark.parametrize(
    ("rate", "batch", "duration", "sweep"),
    [
        (5, 1_000, HOUR, 0),
        (5, 200, HOUR, 15),
        (100, 1_000, HOUR, 0),
        (100, 200, HOUR, 15),
        (2_000, 1_000, 1_200, 15),
        (2_000, 1_000, 300, 0),
        (2_000, 200, 60, 0),
    ],
)
def test_several_workers_together_keep_the_pace_within_two_in_a_hundred(
    rate: float, batch: int, duration: int, sweep: int
) -> None:
    """Each worker takes its time over a request and comes back as soon as it may, or at the next sweep."""
    drawn = random.Random(f"{rate} {batch}")  # noqa: S311 - the same in every run
    rates = Rates(per_second=rate)
    begun = drawn.random() * 1_000
    asking = [(begun + drawn.random() / 100, worker) for worker in range(4)]
    total = 0
    # One transaction around all of it, so that the disk is not waited for thousands of times.
    with transaction.atomic():
        while asking[0][0] < begun + duration:
            moment, worker = heapq.heappop(asking)
            answer = pace.admit("smtp", batch, rates, now=after(moment))
            total += answer.most
            if answer.not_before is None:
                again = moment + drawn.uniform(0.05, 0.4)
            else:
                free = (answer.not_before - NOW).total_seconds()
                again = free + drawn.random() / 50 if not sweep else (free // sweep + 1) * sweep
            heapq.heappush(asking, (again, worker))
    assert total == pytest.approx(rate * duration, rel=0.02)


def test_eight_workers_at_one_moment_are_granted_one_payment() -> None:
    rates = Rates(per_second=5, per_hour=36_000)
    answers = all_at_once(lambda _: pace.admit("smtp", 50, rates, now=NOW))
    assert sorted(answer.most for answer in answers) == [0] * 7 + [50]
    assert spent() == {"smtp": pytest.approx(10), "smtp/hour": pytest.approx(5)}


def test_eight_workers_over_a_minute_lose_no_payment_and_exceed_nothing() -> None:
    rates = Rates(per_second=100, per_hour=100 * HOUR)
    tick = threading.Barrier(WORKERS)

    def minute(_: int) -> int:
        paid = 0
        for quarter in range(240):
            tick.wait()
            paid += admitted(70, rates, quarter / 4)
        return paid

    total = sum(all_at_once(minute))
    # Never idle, so that all that was ever paid still stands in the rows: none was written over another.
    assert spent() == {name: pytest.approx(total / 100) for name in ("smtp", "smtp/hour")}
    assert 100 * 60 * 0.98 <= total <= 100 * 60 + 70


def test_eight_workers_share_a_domains_cap() -> None:
    rates = Rates(domains=(("gmail.com", 5.0), ("yahoo.com", 5.0)))
    shares = all_at_once(lambda _: pace.allot("smtp", {"yahoo.com": 50, "gmail.com": 50}, rates, now=NOW))
    assert sum(share["gmail.com"] for share in shares) == sum(share["yahoo.com"] for share in shares) == 50


def test_eight_refunds_at_one_moment_are_all_given() -> None:
    rates = Rates(per_second=5, at_once=80)
    assert admitted(400, rates) == 400
    all_at_once(lambda _: pace.refund("smtp", 50, rates, now=NOW))
    assert spent() == {"smtp": pytest.approx(0, abs=1e-5)}


def test_a_clock_set_back_an_hour_does_not_stop_the_pace_for_an_hour() -> None:
    rates = Rates(per_second=5)
    assert admitted(50, rates, HOUR) == 50
    assert [admitted(50, rates, at) for at in (0, 5, 9, 11)] == [50, 0, 0, 50]


def test_a_clock_set_forward_an_hour_saves_nothing_up() -> None:
    rates = Rates(per_second=5)
    assert [admitted(50, rates, at) for at in (0, HOUR, HOUR + 1, HOUR + 11)] == [50, 50, 0, 50]


def test_hosts_whose_clocks_differ_by_seconds_do_not_pay_double() -> None:
    rates = Rates(per_second=5)
    # The second host's clock is 20 seconds behind the first's; each asks every second for five minutes.
    total = sum(admitted(50, rates, moment) + admitted(50, rates, moment - 20) for moment in range(300))
    assert total <= 5 * 300 + 50


def test_after_an_unknown_answer_canaries_fly_one_a_turn_until_one_is_accepted() -> None:
    pace.note("smtp", Unknown("silence"), now=NOW)
    waiting = pace.admit("smtp", 200, Rates(), now=NOW)
    assert waiting == pace.Admission(granted=False, most=0, not_before=after(back_off(1, jitter=0)))
    canary = after(5)
    assert pace.admit("smtp", 200, Rates(), now=canary).most == pace.CANARY
    assert not pace.admit("smtp", 200, Rates(), now=canary).granted
    pace.note("smtp", Accepted(202, "m"), now=after(6))
    assert pace.admit("smtp", 200, Rates(), now=after(6)).most == 200


def test_each_further_doubt_doubles_the_pause() -> None:
    for doubts in range(1, 5):
        pace.doubted("smtp", now=NOW)
        row = Transport.objects.get(pk="smtp")
        assert (row.doubts, row.turn_at) == (doubts, after(5 * 2 ** (doubts - 1)))


def test_eight_workers_fly_one_canary() -> None:
    pace.doubted("smtp", now=NOW)
    rates = Rates(per_second=100)
    answers = all_at_once(lambda _: pace.admit("smtp", 200, rates, now=after(5)))
    assert sorted(answer.most for answer in answers) == [0] * 7 + [pace.CANARY]
    assert spent() == {"smtp": pytest.approx(5.1)}


def test_a_canary_that_cannot_pay_keeps_its_turn() -> None:
    rates = Rates(per_second=0.5)
    assert admitted(5, rates) == 5
    pace.doubted("smtp", now=NOW)
    assert not pace.admit("smtp", 5, rates, now=after(6)).granted
    assert Transport.objects.get(pk="smtp").turn_at == after(5)
    assert pace.admit("smtp", 5, rates, now=after(11)).granted


def test_doubts_that_come_at_once_are_all_counted() -> None:
    all_at_once(lambda _: pace.doubted("smtp", now=NOW))
    row = Transport.objects.get(pk="smtp")
    assert (row.doubts, row.turn_at) == (8, after(600))


def test_a_rate_limit_holds_the_transport_for_everyone_and_the_longer_wait_wins() -> None:
    pace.note("sendgrid", NotAccepted("429", 429, wait=42), now=NOW)
    pace.note("sendgrid", NotAccepted("429", 429, wait=7.5), now=after(1))
    held = pace.admit("sendgrid", 1_000, Rates(), now=after(41))
    assert held == pace.Admission(granted=False, most=0, not_before=after(42))
    assert pace.admit("sendgrid", 1_000, Rates(), now=after(42)).most == 1_000


@pytest.mark.parametrize(
    "answer",
    [
        Accepted(202, "m"),
        Partly(deferred={1: "450 later"}, status=450),
        NotAccepted("no connection", wait=30),
        Refused("401", 401),
        AddressRefused("400"),
    ],
)
def test_other_answers_write_nothing_about_the_transport(answer: Answer) -> None:
    pace.note("sendgrid", answer, now=NOW)
    assert not Transport.objects.exists()


@pytest.mark.parametrize("wait", [None, 0.0])
def test_a_rate_limit_that_says_it_is_over_already_still_slows_down(wait: float | None) -> None:
    """A clock that is a little ahead would otherwise ask again and again without a pause."""
    pace.note("sendgrid", NotAccepted("429", 429, wait=wait), now=NOW)
    assert pace.admit("sendgrid", 1_000, Rates(), now=NOW).not_before == after(5)


def test_proof_ends_the_doubt_and_not_the_rate_limit() -> None:
    pace.doubted("sendgrid", now=NOW)
    pace.note("sendgrid", NotAccepted("429", 429, wait=60), now=NOW)
    pace.trust("sendgrid")
    assert pace.admit("sendgrid", 1_000, Rates(), now=after(6)).not_before == after(60)
    assert pace.admit("sendgrid", 1_000, Rates(), now=after(60)).most == 1_000


def test_an_accepted_answer_that_was_the_last_for_a_while_holds_the_transport() -> None:
    pace.note("sendgrid", Accepted(202, "m", wait=3), now=NOW)
    assert pace.admit("sendgrid", 1_000, Rates(), now=NOW).not_before == after(3)


@pytest.mark.parametrize(
    ("answer", "doubts"),
    [(Partly(accepted=(1,), unknown=(2,)), 0), (Partly(unknown=(2,)), 2), (Partly(rejected={1: "550"}), 1)],
)
def test_a_batch_that_was_partly_accepted_ends_the_doubt_if_any_copy_was_taken(
    answer: Answer, doubts: int
) -> None:
    pace.doubted("smtp", now=NOW)
    pace.note("smtp", answer, now=after(1))
    assert Transport.objects.get(pk="smtp").doubts == doubts


def test_an_accepted_answer_of_a_trusted_transport_neither_writes_nor_waits() -> None:
    pace.note("smtp", NotAccepted("429", 429, wait=42), now=NOW)
    with CaptureQueriesContext(connection) as asked:
        pace.note("smtp", Accepted(202, "m"), now=after(1))
    assert len(asked) == 1
    assert Transport.objects.get(pk="smtp").not_before == after(42)


def test_what_an_answer_says_is_forgotten_with_the_transaction_that_settles_it() -> None:
    def settle_and_fail() -> None:
        with transaction.atomic():
            pace.note("smtp", Unknown("silence"), now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        settle_and_fail()
    assert not Transport.objects.exists()
