"""What one copy counts for follows from its row and its traces, and from nothing else."""

import datetime as dt

from mailer.models.deliveries import EVENT_COLUMNS
from mailer.tallies.counts import COPIES, Trace, clicks, counts, hour, settled
from mailer.vocabulary import Measure
from tests.stage import NOW

HOUR = hour(NOW)


def test_each_column_of_a_copy_is_a_measure_and_no_two_are_one() -> None:
    assert len(set(COPIES)) == len(EVENT_COLUMNS)


def test_an_hour_is_counted_in_utc_whatever_the_zone() -> None:
    later = NOW + dt.timedelta(minutes=59, seconds=59)
    east = dt.timezone(dt.timedelta(hours=5, minutes=45))
    assert {hour(NOW), hour(later), hour(later.astimezone(east))} == {HOUR}
    assert hour(later + dt.timedelta(seconds=1)) == HOUR + 1


def test_a_copy_counts_once_for_each_measure_and_key() -> None:
    traces = {
        Trace(Measure.LINK, 5, machine=False, agent=1): NOW,
        Trace(Measure.LINK, 5, machine=False, agent=2): NOW + dt.timedelta(hours=2),
        Trace(Measure.LINK, 6, machine=True, agent=3): NOW,
        Trace(Measure.BOUNCE_REASON, 550): NOW,
        Trace(Measure.BOUNCE_DOMAIN, 9): NOW,
    }
    verdict = clicks(traces)
    times = settled({"bounced_at": NOW, "clicked_at": NOW - dt.timedelta(hours=9)}, verdict)
    assert dict(counts(times, traces, verdict)) == {
        (Measure.BOUNCED, HOUR): 1,
        (Measure.CLICKED, HOUR): 1,
        (Measure.MACHINE_CLICKED, HOUR): 1,
        (Measure.LINK, 5): 1,
        (Measure.MACHINE_LINK, 6): 1,
        (Measure.BOUNCE_REASON, 550): 1,
        (Measure.BOUNCE_DOMAIN, 9): 1,
    }


def test_where_no_link_is_known_the_row_alone_says_that_it_was_clicked() -> None:
    times = {"clicked_at": NOW}
    assert clicks({}) is None
    assert settled(times, None) == times
    assert dict(counts(times, {}, None)) == {(Measure.CLICKED, HOUR): 1}
