"""Who owns a list is told once of each send's complaints and bounces, when they pass what providers bear."""

import datetime as dt
import threading

import pytest
from django.db import connection

from mailer import alarms
from mailer.letters import setting
from mailer.models import Batch, Send, Tally
from mailer.sends import tidy
from subscribers.erasing import erase
from subscribers.models import Letter, List
from tests.stage import NOW, a_frozen_send, a_list, a_reader, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LATER = NOW + dt.timedelta(minutes=10)
HOUR = int(NOW.timestamp()) // 3600


@pytest.fixture
def send() -> Send:
    """A send of 2,000 accepted copies, as far as its batch says."""
    owner = a_list()
    readers(owner, 1)
    made = a_frozen_send(owner)
    Batch.objects.update(state="accepted", n=2_000)
    Send.objects.update(candidates=2_000, status="done")
    return made


def tally(send: Send, **copies: int) -> None:
    for measure, n in copies.items():
        Tally.objects.create(send=send, measure=measure, key=HOUR, n=n)


def subjects() -> list[str]:
    return [setting.notice(letter.values).subject for letter in Letter.objects.order_by("pk")]


def test_complaints_past_a_thousandth_are_told_once_also_when_more_come(send: Send) -> None:
    tally(send, complained=5, bounced=30)
    alarms.tell(now=NOW)
    tally(send, complained=4)
    alarms.tell(now=LATER)
    assert subjects() == ["Space Digest: 5 readers marked it as spam"]
    letter = Letter.objects.get()
    assert letter.occasion == f"send {send.pk} complaints"
    text = " ".join(setting.notice(letter.values).text.replace("\u00a0", " ").split())
    assert "5 readers of the 1,970 who got “Space, seen from elsewhere” marked it as spam: 0.25 %." in text
    assert f"http://127.0.0.1:8000/desk/sends/{send.pk}/report" in text


def test_complaints_are_seen_also_where_a_few_came_back(send: Send) -> None:
    tally(send, complained=5, bounced=3, blocked=2)
    alarms.tell(now=NOW)
    assert subjects() == ["Space Digest: 5 readers marked it as spam"]


def test_bounces_past_a_fiftieth_are_a_matter_of_their_own(send: Send) -> None:
    tally(send, bounced=20)
    tally(send, bounced=20)
    alarms.tell(now=NOW)
    assert subjects() == []
    tally(send, bounced=1, complained=5)
    alarms.tell(now=NOW)
    assert subjects() == [
        "Space Digest: 5 readers marked it as spam",
        "Space Digest: 41 addresses refused for good",
    ]


def test_what_was_told_is_not_told_again_once_whom_it_was_told_is_erased(send: Send) -> None:
    tally(send, complained=50)
    List.objects.update(owner_address="ada@x.example")
    alarms.tell(now=NOW)
    Letter.objects.update(state="accepted")
    assert Letter.objects.get().address == "ada@x.example"
    a_reader(List.objects.get(), "ada@x.example")
    places = {place.place: place.rows for place in erase("ada@x.example", by="ops", at=LATER).places}
    assert (places["letters to one person"], places["news of lists"]) == (0, 1)
    alarms.tell(now=LATER)
    letter = Letter.objects.get()
    assert (letter.address, letter.values, letter.state) == ("erased", {}, "accepted")


def test_the_sweep_tells_it(send: Send) -> None:
    tally(send, bounced=41)
    for _ in range(2):
        tidy(now=LATER)
    assert subjects() == ["Space Digest: 41 addresses refused for good"]


def test_two_workers_at_once_write_one_letter(send: Send) -> None:
    tally(send, complained=50, bounced=500)
    both = threading.Barrier(2)

    def work() -> None:
        both.wait()
        try:
            alarms.tell(now=NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(subjects()) == 2


@pytest.mark.parametrize(
    "so",
    [
        {"kind": "test"},
        {"tallied": False},
        {"frozen_at": NOW - dt.timedelta(days=15)},
    ],
)
def test_of_tests_of_what_is_being_counted_and_of_old_sends_nobody_is_told(
    send: Send, so: dict[str, object]
) -> None:
    tally(send, complained=50, bounced=500)
    Send.objects.update(**so)
    alarms.tell(now=NOW)
    assert subjects() == []


def test_while_some_still_wait_for_it_a_pause_is_offered(send: Send) -> None:
    batch = Batch.objects.get()
    Batch.objects.create(send=send, variant=batch.variant, state="pending", n=300)
    tally(send, complained=5)
    alarms.tell(now=NOW)
    text = setting.notice(Letter.objects.get().values).text
    assert "300 readers still wait for it." in text
    assert f"mailer sends pause {send.pk}" in text
