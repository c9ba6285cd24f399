"""Who lapses: gets letters, is counted, and gave no sign for 90 days."""

import datetime as dt

import pytest

from mailer import reckoning
from mailer.batches import settle
from mailer.models import Delivery, Reckoning
from mailer.transports.answers import Accepted
from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.models import List, Subscriber, Subscription
from subscribers.vocabulary import Suppressed
from tests.stage import EDITION, NOW, a_frozen_send, a_list, a_reader, batches_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

DAY = dt.timedelta(days=1)
NIGHT = dt.datetime(2026, 12, 2, 0, 7, tzinfo=dt.UTC)


@pytest.fixture
def owner() -> List:
    """A list of two who never gave a sign: Ada, who gets everything, and Ben, who chose Africa."""
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "ben@x.example", ["africa"])
    Subscription.objects.update(since=NOW - 200 * DAY, changed_at=NOW - 200 * DAY)
    List.objects.update(created_at=NOW - 2 * DAY)
    return owner


def issues(owner: List, *numbers: int) -> None:
    """Send so many editions, which all mail servers took."""
    for number in numbers:
        date = f"2026-12-{number:02}".encode()
        send = a_frozen_send(owner, EDITION.replace(b"2026-12-01", date).replace(b"elsewhere", date))
        for batch in batches_of(send):
            assert settle(batch.pk, fired(batch).attempt, Accepted(202, "m"), now=NOW)


def counted(now: dt.datetime = NIGHT) -> dict[str, int | None]:
    """Return how many lapsed by the end of the first of December."""
    reckoning.reckon(now=now)
    rows = Reckoning.objects.filter(day="2026-12-01").select_related("interest")
    return {str(row.interest or "all"): row.lapsed for row in rows}


def test_who_gave_no_sign_through_three_letters_lapses(owner: List) -> None:
    issues(owner, 1, 2, 3)
    assert counted() == {"all": 2, "africa": 2, "china": 1, "russia": 1, "south-asia": 1}


def test_letters_of_text_alone_can_tell_of_nobody(owner: List) -> None:
    Subscriber.objects.filter(address="ben@x.example").update(text_only=True)
    issues(owner, 1, 2, 3)
    assert counted()["all"] == 1


def test_two_letters_tell_of_nobody(owner: List) -> None:
    issues(owner, 1, 2)
    assert counted()["all"] == 0


@pytest.mark.parametrize(
    ("sign", "still"),
    [
        ({"last_opened_at": NOW - 80 * DAY}, 1),
        ({"last_clicked_at": NOW - 80 * DAY}, 1),
        ({"last_opened_at": NOW - 100 * DAY}, 2),
        ({"tracked": False}, 1),
    ],
)
def test_who_gave_a_sign_or_may_not_be_watched_does_not(
    sign: dict[str, object], still: int, owner: List
) -> None:
    issues(owner, 1, 2, 3)
    Subscriber.objects.filter(address="ben@x.example").update(**sign)
    assert counted()["all"] == still


def test_nor_does_who_came_lately_is_suppressed_or_whose_letters_a_machine_opens(owner: List) -> None:
    a_reader(owner, "new@x.example")
    Subscription.objects.filter(subscriber__address="new@x.example").update(since=NOW - 30 * DAY)
    a_reader(owner, "barred@x.example")
    a_reader(owner, "apple@x.example")
    Subscription.objects.exclude(subscriber__address="new@x.example").update(since=NOW - 200 * DAY)
    issues(owner, 1, 2, 3)
    suppressions.suppress(address_key("barred@x.example"), Suppressed.BOUNCED, "a bounce", NOW)
    last = Delivery.objects.filter(subscriber__address="apple@x.example").latest("pk")
    Delivery.objects.filter(pk=last.pk).update(machine_opened_at=NOW)
    assert counted()["all"] == 2


def test_of_a_list_that_is_not_tracked_nobody_can_tell(owner: List) -> None:
    issues(owner, 1, 2, 3)
    List.objects.update(tracked=False)
    assert counted() == dict.fromkeys(("all", "africa", "china", "russia", "south-asia"))


def test_nor_of_a_day_that_is_long_over(owner: List) -> None:
    issues(owner, 1, 2, 3)
    assert counted(NIGHT + DAY)["all"] is None
    assert Reckoning.objects.get(interest=None, day="2026-12-02").lapsed == 2
