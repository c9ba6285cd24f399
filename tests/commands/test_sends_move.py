"""`mailer sends move`, as a script and a person use it."""

import datetime as dt

import pytest

from mailer import sends
from mailer.models import Send
from subscribers.models import Change
from tests.commands.conftest import Mailer
from tests.stage import a_frozen_send, a_list, a_reader, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

THERE = ("--at", "2999-12-02 09:00", "--tz", "Africa/Nairobi")


@pytest.fixture
def number() -> str:
    """A send that is to leave in a while, as one types it."""
    return str(a_send(an_edition(a_list()), at=dt.datetime(2999, 12, 1, 9, tzinfo=dt.UTC)).pk)


def moves() -> int:
    return Change.objects.filter(what="sends move").count()


def test_a_send_leaves_at_another_time_and_stays_approved(mailer: Mailer, number: str) -> None:
    told = mailer("sends", "move", number, *THERE)
    assert (told.status, told.err) == (0, "")
    assert told.out == (
        f"Send {number} leaves 2999-12-02 06:00 UTC.\n"
        # A year is soon mistyped.
        f"Mind: that is {2999 - dt.datetime.now(dt.UTC).year} years from now.\n"
        "The sandbox is the transport: nothing leaves this machine.\n"
    )
    moved = sends.find(int(number))
    assert (moved.wall_time, moved.zone, moved.status) == ("2999-12-02 09:00", "Africa/Nairobi", "scheduled")
    assert moved.approval is not None


def test_a_move_for_scripts_is_the_send(mailer: Mailer, number: str) -> None:
    moved = mailer("sends", "move", number, *THERE, "--json").json
    assert moved["scheduled_at"] == "2999-12-02T06:00:00Z"
    assert moved == mailer("sends", "show", number, "--json").json


def test_moved_twice_is_moved_once(mailer: Mailer, number: str) -> None:
    mailer("sends", "move", number, *THERE)
    again = mailer("sends", "move", number, *THERE)
    assert again.status == 0
    assert again.out.startswith(f"Send {number} leaves 2999-12-02 06:00 UTC as before.\n")
    assert moves() == 1


def test_without_a_zone_it_is_that_of_the_time_until_now_or_the_lists(mailer: Mailer, number: str) -> None:
    mailer("sends", "move", number, *THERE)
    mailer("sends", "move", number, "--at", "2999-12-03 09:00")
    moved = sends.find(int(number))
    assert moved.zone == "Africa/Nairobi"
    assert moved.scheduled_at == dt.datetime(2999, 12, 3, 6, tzinfo=dt.UTC)
    Send.objects.update(wall_time="", zone="UTC")
    moved.edition.list.zone = "Asia/Kolkata"
    moved.edition.list.save()
    mailer("sends", "move", number, "--at", "2999-12-04 09:00")
    assert sends.find(int(number)).scheduled_at == dt.datetime(2999, 12, 4, 3, 30, tzinfo=dt.UTC)


def test_a_paused_send_stays_paused_and_a_missed_one_is_scheduled_anew(mailer: Mailer, number: str) -> None:
    mailer("sends", "pause", number, "--reason", "a wrong figure")
    assert mailer("sends", "move", number, *THERE).out.startswith(
        f"Send {number} is paused; once `mailer sends resume {number}` lets it,"
        " it leaves 2999-12-02 06:00 UTC.\n"
    )
    Send.objects.update(status="missed")
    told = mailer("sends", "move", number, *THERE).out
    assert told.startswith(f"Send {number} leaves 2999-12-02 06:00 UTC.\n")
    assert sends.find(int(number)).status == "scheduled"


def test_an_hour_that_is_skipped_is_said(mailer: Mailer, number: str) -> None:
    told = mailer("sends", "move", number, "--at", "2030-03-31 02:30", "--tz", "Europe/Berlin").out
    assert "Mind: that hour is skipped in Europe/Berlin: the first valid time after it is taken.\n" in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--at", "2001-01-01 09:00"), "mailer: 2001-01-01 09:00 in UTC has passed; say a time to come\n"),
        (
            ("--at", "2999-12-02 09:00Z"),
            "mailer: '2999-12-02 09:00Z' names its own offset; leave that out, and name the zone with --tz\n",
        ),
        (("--at", "soon"), "mailer: 'soon' is no time; write it like 2026-12-01 09:00\n"),
        (
            ("--at", "2999-12-02 09:00", "--tz", "Mars/Olympus"),
            "mailer: There is no time zone 'Mars/Olympus'; write one like Africa/Nairobi or UTC\n",
        ),
    ],
)
def test_a_time_that_cannot_be_is_one_line_and_moves_nothing(
    mailer: Mailer, number: str, options: tuple[str, ...], said: str
) -> None:
    refused = mailer("sends", "move", number, *options)
    assert (refused.status, refused.out, refused.err) == (1, "", said)
    assert sends.find(int(number)).scheduled_at == dt.datetime(2999, 12, 1, 9, tzinfo=dt.UTC)
    assert moves() == 0


def test_what_has_begun_is_not_moved(mailer: Mailer) -> None:
    owner = a_list()
    a_reader(owner, "ada@example.org")
    send = a_frozen_send(owner)
    refused = mailer("sends", "move", str(send.pk), *THERE)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == f"mailer: Send {send.pk} is sending: it has begun, or is over\n"


def test_a_move_to_nowhere_is_wrong_usage(mailer: Mailer, number: str) -> None:
    assert mailer("sends", "move", number).status == 2
    assert mailer("sends", "move", number, "--at", "").status == 2
