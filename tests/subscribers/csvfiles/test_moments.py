import datetime as dt

import pytest

from subscribers.csvfiles import moments

NOW = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2019-03-24", "2019-03-24T00:00:00"),
        ("2018-02-12 10:54:27", "2018-02-12T10:54:27"),
        ("2021-07-06T16:20:44.000Z", "2021-07-06T16:20:44"),
        ("2021-07-06T16:20:44+02:00", "2021-07-06T14:20:44"),
        ("2025-05-01T10:00:00.000000000+00:00", "2025-05-01T10:00:00"),
        ("2023-04-21 11:16:57.123456 +0000 UTC", "2023-04-21T11:16:57.123456"),
        ("2023-04-21 11:16:57.5 +0530 IST", "2023-04-21T05:46:57.500000"),
        ("2023-04-21 11:16:57 UTC", "2023-04-21T11:16:57"),
        ("2019/3/4", "2019-03-04T00:00:00"),
        ("24.03.2019", "2019-03-24T00:00:00"),
        ("24.3.2019 9:05", "2019-03-24T09:05:00"),
        ("3/24/2019", "2019-03-24T00:00:00"),
        ("24/03/2019 10:00", "2019-03-24T10:00:00"),
        ("3/24/2019 12:30 PM", "2019-03-24T12:30:00"),
        ("3/24/2019 12:30:01 a.m.", "2019-03-24T00:30:01"),
        ("5/5/2019", "2019-05-05T00:00:00"),
        ("2019年3月24日", "2019-03-24T00:00:00"),
        ("24 Mar 2019", "2019-03-24T00:00:00"),
        ("March 24, 2019", "2019-03-24T00:00:00"),
        ("Sun, 24 Mar 2019 12:00:00 +0300", "2019-03-24T09:00:00"),
        ("1553385600", "2019-03-24T00:00:00"),
        ("1553385600000", "2019-03-24T00:00:00"),
    ],
)
def test_dates_are_read_as_many_write_them(text: str, found: str) -> None:
    assert moments.parse(text, NOW) == dt.datetime.fromisoformat(found).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2019-13-01",
        "31.02.2019",
        "0000-00-00",
        "24.03.19",
        "12",
        "-",
        "0001-01-01T00:00:00+14:00",
        "99999999999",
        "24 Mars 2019 at noon",
        "2019-03-24T25:00",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(moments.MomentError, match=r"no date; write it as|before 1990"):
        moments.parse(text, NOW)


def test_what_can_be_two_dates_is_refused_with_both() -> None:
    with pytest.raises(moments.MomentError, match="can be 2019-03-04 or 2019-04-03"):
        moments.parse("03/04/2019", NOW)


@pytest.mark.parametrize("text", ["2026-03-24T12:00:01Z", "2026-03-26", "2026-03-25 03:00", "2100-01-01"])
def test_the_future_is_refused(text: str) -> None:
    with pytest.raises(moments.MomentError, match="future"):
        moments.parse(text, NOW)


def test_a_time_without_a_zone_may_be_of_the_east() -> None:
    assert moments.parse("2026-03-24 20:00", NOW) == NOW


def test_nobody_agreed_in_1970() -> None:
    with pytest.raises(moments.MomentError, match="before 1990"):
        moments.parse("1970-01-01 00:00:00", NOW)
