import datetime as dt

import pytest
from django.test import Client

from mailer.desk.people import showing
from subscribers import people
from subscribers.models import Subscriber, Subscription
from tests.desk.conftest import Desk
from tests.stage import NOW, a_frozen_send, a_list, a_reader

# A freeze on PostgreSQL wants a transaction of its own.
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nina() -> Subscription:
    digest = a_list()
    people.add(
        digest,
        "nina@example.org",
        name="Nina Okafor",
        interests=["africa", "china"],
        consent="paper form at the stand",
        by="ada",
        at=NOW - dt.timedelta(days=3),
    )
    return Subscription.objects.get()


@pytest.fixture
def sender(desk: Desk) -> Client:
    return desk("sender")


def test_a_person_s_page_holds_all_that_is_known_of_them(sender: Client, nina: Subscription) -> None:
    send = a_frozen_send(nina.list)
    shown = sender.get(f"/desk/subscribers/{nina.subscriber_id}").content.decode()
    for word in (
        "<h1><bdi>nina@example.org</bdi></h1>",
        "Nina Okafor reads space-digest.",
        "paper form at the stand",
        "<b>granted</b>",
        "Space, seen from elsewhere",
        f'href="/desk/subscribers/{nina.subscriber_id}/sends/{send.pk}"',
        "subscribers add",
        "by <bdi>ada</bdi>",
        '>China</span> · <span class="interest i2" dir="auto">Africa</span>',
    ):
        assert word in shown


def test_a_sender_sees_no_form_to_change_anything(sender: Client, nina: Subscription) -> None:
    shown = sender.get(f"/desk/subscribers/{nina.subscriber_id}").content.decode()
    assert "<form" not in shown
    assert "Erase" not in shown


def test_a_send_is_explained_step_by_step(sender: Client, nina: Subscription) -> None:
    send = a_frozen_send(nina.list)
    shown = sender.get(f"/desk/subscribers/{nina.subscriber_id}/sends/{send.pk}").content.decode()
    assert "pending: nothing is on its way to them now" in shown
    assert "consent: granted" in shown
    assert "frozen into send" in shown


def test_older_copies_are_on_the_next_page(
    sender: Client, nina: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "COPIES", 1)
    first, second = a_frozen_send(nina.list), a_frozen_send(a_list())
    shown = sender.get(f"/desk/subscribers/{nina.subscriber_id}").content.decode()
    assert f"/sends/{second.pk}" in shown
    assert f"/sends/{first.pk}" not in shown
    older = shown.partition("?before=")[2].partition("#")[0]
    for nonsense in ("9" * 30, "x", "-1"):
        path = f"/desk/subscribers/{nina.subscriber_id}?before={nonsense}"
        assert sender.get(path).content.decode().count("Explain") == shown.count("Explain")
    shown = sender.get(f"/desk/subscribers/{nina.subscriber_id}?before={older}").content.decode()
    assert f"/sends/{first.pk}" in shown
    assert f"/sends/{second.pk}" not in shown


@pytest.mark.parametrize("before", ["", "x", "-1", "²", "9" * 30, "0"])
def test_nonsense_in_an_address_shows_the_newest_or_nothing(
    sender: Client, nina: Subscription, before: str
) -> None:
    answer = sender.get(f"/desk/subscribers/{nina.subscriber_id}", {"before": before})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["7000", "7000/sends/1", "9" * 30, "7000/erase"])
def test_nobody_s_page_is_not_found(desk: Desk, path: str) -> None:
    assert desk("admin").get(f"/desk/subscribers/{path}").status_code == 404


def test_a_send_that_never_was_is_not_found(sender: Client, nina: Subscription) -> None:
    assert sender.get(f"/desk/subscribers/{nina.subscriber_id}/sends/7000").status_code == 404
    assert sender.get(f"/desk/subscribers/{nina.subscriber_id}/sends/{'9' * 30}").status_code == 404


def test_who_is_on_no_list_has_a_page(sender: Client) -> None:
    a_reader(a_list(), "li@example.org").delete()
    shown = sender.get(f"/desk/subscribers/{Subscriber.objects.get().pk}").content.decode()
    assert "This person is on no list." in shown
    assert "No consent is recorded." in shown
