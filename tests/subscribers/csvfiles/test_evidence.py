import datetime as dt
from pathlib import Path

import pytest

from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.enrolling import Enrolled
from subscribers.importing import BadRowsError
from subscribers.models import Consent, List, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Suppressed
from tests.subscribers.desk import HOW, Desk

DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.database


@pytest.fixture
def desk(digest: List, tmp_path: Path, noon: dt.datetime) -> Desk:
    return Desk(digest, tmp_path, noon)


def test_each_row_can_state_its_own_consent(desk: Desk) -> None:
    day = dt.datetime(2019, 3, 24, tzinfo=dt.UTC)
    desk.imports(
        "email,consent,consent date\nnina@example.org,stand,2019-03-24\nomar@example.org,form,\n", consent=""
    )
    assert set(Consent.objects.values_list("how", "at")) == {("stand", day), ("form", desk.now)}
    assert set(Subscription.objects.values_list("since", flat=True)) == {day, desk.now}


def test_rows_without_a_consent_need_one_for_all(desk: Desk) -> None:
    text = "email,consent\nnina@example.org,stand\nomar@example.org,\n"
    with pytest.raises(BadRowsError, match=r":3: consent: says not where and how"):
        desk.imports(text, consent="")
    desk.imports(text)
    assert set(Consent.objects.values_list("how", flat=True)) == {"stand", HOW}


def test_who_has_left_there_never_becomes_active_here(desk: Desk) -> None:
    imported = desk.imports(
        "email,name,status,unsubscribed at,consent date\n"
        "ada@example.org,Ada,unsubscribed,2021-07-23,2018-02-12\n"
        "gone@example.org,Gone,cleaned,,\n"
        "angry@example.org,Angry,complained,,\n"
        "stranger@example.org,Stranger,transactional,,\n"
    )
    assert imported.people == Enrolled(ended=3, outsiders=1)
    assert imported.people.left_alone == 1
    assert desk.people() == {"ada@example.org": ("Ada", "unsubscribed", True, 0)}
    left = dt.datetime(2021, 7, 23, tzinfo=dt.UTC)
    assert set(Suppression.objects.values_list("address_key", "reason", "list", "source", "at")) == {
        (
            address_key("ada@example.org"),
            "unsubscribed",
            desk.newsletter.pk,
            "imported from people.csv",
            left,
        ),
        (
            address_key("gone@example.org"),
            "bounced",
            desk.newsletter.pk,
            "imported from people.csv",
            desk.now,
        ),
        (
            address_key("angry@example.org"),
            "complained",
            desk.newsletter.pk,
            "imported from people.csv",
            desk.now,
        ),
    }
    assert list(Consent.objects.values_list("action", "how", "at")) == [
        ("granted", HOW, dt.datetime(2018, 2, 12, tzinfo=dt.UTC)),
        ("withdrawn", "imported from people.csv", left),
    ]


def test_news_that_somebody_left_takes_them_off_the_list_once(desk: Desk) -> None:
    desk.imports("email\nnina@example.org\nomar@example.org\n")
    desk.now += DAY
    text = "email,status\nnina@example.org,unsubscribed\nomar@example.org,bounced\n"
    assert desk.imports(text).people == Enrolled(ended=2)
    assert [row[1] for row in desk.people().values()] == ["unsubscribed", "active"]
    assert desk.imports(text).people == Enrolled(unsubscribed=1, suppressed=1)
    assert Suppression.objects.count() == 2
    assert Consent.objects.filter(action="withdrawn").count() == 1
    assert desk.imports("email\nnina@example.org\nomar@example.org\n").people == Enrolled(
        unsubscribed=1, suppressed=1
    )


def test_older_news_does_not_undo_a_newer_consent_or_a_lift(desk: Desk) -> None:
    desk.imports("email\nnina@example.org\nomar@example.org\n")
    suppressions.suppress(address_key("omar@example.org"), Suppressed.BOUNCED, "event", desk.now)
    suppressions.of_address(address_key("omar@example.org")).update(lifted_at=desk.now)
    imported = desk.imports(
        "email,unsubscribed at,bounced at\nnina@example.org,2021-07-23,\nomar@example.org,,2021-07-23\n"
    )
    assert imported.people == Enrolled(unchanged=2)
    assert [row[1] for row in desk.people().values()] == ["active", "active"]


def test_a_row_that_says_they_left_outweighs_later_ones(desk: Desk) -> None:
    imported = desk.imports("email,status\nnina@example.org,unsubscribed\nnina@example.org,active\n")
    assert imported.people == Enrolled(ended=1, duplicates=1)
    assert desk.imports(
        "email,status\nomar@example.org,active\nomar@example.org,transactional\n"
    ).people == Enrolled(new=1, duplicates=1)


def test_who_is_erased_is_not_stored_to_say_that_they_left(desk: Desk) -> None:
    suppressions.suppress(address_key("nina@example.org"), Suppressed.ERASED, "letter", desk.now)
    assert desk.imports("email,status\nnina@example.org,unsubscribed\n").people == Enrolled(suppressed=1)
    assert not Subscriber.objects.exists()


def test_who_waits_there_waits_here_and_a_consent_for_all_is_not_theirs(desk: Desk) -> None:
    text = "email,status,interests\nnina@example.org,pending,china\nomar@example.org,paused,\n"
    assert desk.imports(text).people == Enrolled(new=2)
    assert [row[1] for row in desk.people().values()] == ["pending", "paused"]
    assert list(Consent.objects.values_list("subscriber__canonical", flat=True)) == ["omar@example.org"]
    assert desk.imports(text).people == Enrolled(unchanged=2)
    assert desk.imports("email\nnina@example.org\n").people == Enrolled(updated=1)
