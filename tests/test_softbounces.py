"""Soft bounces, counted: from the rows, by a stated rule, and never against somebody who can be reached."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer import events, softbounces
from mailer.models import Attempt, Batch, Delivery, Event, Send, Variant
from mailer.vocabulary import EventKind
from mailer.webhooks.told import Told
from subscribers.addresses import address_key
from subscribers.models import Change, Consent, List, Subscriber, Suppression
from tests.stage import EDITION, NOW, a_list, a_reader, a_send, an_edition, an_event, body_of

DAY = dt.timedelta(days=1)
LATER = NOW + 40 * DAY
FULL = "552 5.2.2 mailbox full"
ADA, BO = "ada@x.example", "bo@x.example"

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def at(day: float) -> dt.datetime:
    return NOW + day * DAY


@dataclass
class House:
    """A list, its readers, and letters to them, one every four days; each is one batch, on its way."""

    owner: List
    letters: list[tuple[int, uuid.UUID]]

    def copy(self, letter: int, address: str = ADA) -> Delivery:
        return Delivery.objects.get(send=self.letters[letter][0], address_key=address_key(address))

    def said(self, kind: str, letter: int, day: float, address: str = ADA, **said: object) -> dict[str, Any]:
        """Return what SendGrid says of a letter's copy on that day, counted from the first."""
        seconds = int(day * DAY.total_seconds())
        attempt = self.letters[letter][1]
        return an_event(kind, self.copy(letter, address), attempt, at=seconds, **said)

    def refused(self, letter: int, day: float | None = None, reason: str = FULL) -> dict[str, Any]:
        when = letter * 4 if day is None else day
        return self.said("bounce", letter, when, type="blocked", reason=reason)

    def refused_by(self, happened: "Happened", reason: str = FULL) -> dict[str, Any]:
        letter, day, address = happened.letter, happened.day, happened.address
        return self.said("bounce", letter, day, address, type="blocked", reason=reason)

    def told(self, *said: dict[str, Any]) -> None:
        number = events.store(body_of(*said), now=NOW)
        if number is not None:
            events.apply(number, now=NOW)


def a_house(transport: str = "sendgrid", letters: int = 7) -> House:
    """Return it as its rows have it: the sends frozen, every request made and none answered."""
    owner = a_list()
    people = [a_reader(owner, address).subscriber for address in (ADA, BO)]
    house = House(owner, [])
    for letter in range(letters):
        text = EDITION.replace(b"Space, seen from elsewhere", f"Letter {letter}".encode())
        send, when = a_send(an_edition(owner, text), at(4 * letter)), at(4 * letter)
        Send.objects.filter(pk=send.pk).update(status="sending", candidates=len(people), frozen_at=when)
        variant = Variant.objects.create(revision=send.revision, language="en", created_at=when)
        attempt = uuid.uuid4()
        about = {"attempt": attempt, "fired_at": when, "n": len(people)}
        batch = Batch.objects.create(send=send, variant=variant, state="submitting", **about)
        Attempt.objects.create(pk=attempt, batch=batch, transport=transport, n=len(people), fired_at=when)
        for person in people:
            Delivery.objects.create(
                send=send,
                edition=send.edition,
                subscriber=person,
                address_key=person.address_key,
                variant=variant,
                batch=batch,
            )
        house.letters.append((send.pk, attempt))
    return house


def counted(now: dt.datetime) -> int:
    return softbounces.count(by="the night watch", now=now)


def suppressed() -> list[tuple[str, str, dt.datetime]]:
    key = address_key(ADA)
    assert not Suppression.objects.exclude(address_key=key).exists()
    return list(Suppression.objects.filter(lifted_at=None).values_list("reason", "source", "at"))


def test_a_mailbox_that_is_full_for_weeks_is_suppressed_everywhere_with_its_evidence() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    assert counted(LATER) == 1
    assert suppressed() == [("bounced", "soft bounces: 5 letters from 2026-12-01 to 2026-12-17", at(16))]
    assert counted(LATER) == 0
    assert len(suppressed()) == 1


def test_counting_is_noted_where_it_found_somebody_and_a_dry_run_only_counts() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    lines = Change.objects.filter(what="suppressions sync")
    assert softbounces.count(by="ann", now=LATER, dry_run=True) == 1
    assert (suppressed(), lines.count()) == ([], 0)
    assert [softbounces.count(by="ann", now=LATER) for _ in range(2)] == [1, 0]
    assert [(line.who, line.subject, line.after) for line in lines] == [("ann", "soft bounces", {"new": 1})]


def test_an_empty_house_suppresses_nobody() -> None:
    assert counted(LATER) == 0


def test_many_events_of_four_letters_are_four_letters() -> None:
    house = a_house()
    house.told(*(house.refused(letter, 6 * letter + n / 8) for letter in range(4) for n in range(5)))
    assert counted(LATER) == 0


def test_who_only_had_to_wait_and_got_it_is_fine_and_who_never_got_it_is_not() -> None:
    house = a_house()
    waiting = [house.said("deferred", letter, 4 * letter, response="452 4.2.2 full") for letter in range(5)]
    house.told(*waiting)
    got = [house.said("delivered", letter, 4 * letter + 1) for letter in range(5)]
    assert counted(at(18.9)) == 0  # it may still come
    house.told(*got[:1])
    assert counted(LATER) == 0
    Event.objects.filter(kind="delivered").delete()
    Delivery.objects.update(delivered_at=None)
    assert counted(LATER) == 1


@pytest.mark.parametrize(
    "sign",
    [
        {"event": "delivered"},
        {"event": "open"},
        {"event": "open", "sg_machine_open": True},
        {"event": "click", "url": "https://a.example/"},
    ],
    ids=str,
)
@pytest.mark.parametrize("day", [9, 30])
def test_a_sign_of_life_begins_the_count_afresh(sign: dict[str, Any], day: int) -> None:
    house = a_house()
    said = dict(sign)
    house.told(
        *(house.refused(letter) for letter in range(1, 6)), house.said(str(said.pop("event")), 0, day, **said)
    )
    assert counted(LATER) == 0


def test_an_old_letter_opened_again_is_a_sign_too() -> None:
    house = a_house()
    house.told(house.said("open", 0, 1), *(house.refused(letter) for letter in range(1, 6)))
    house.told(house.said("open", 0, 18))
    assert counted(LATER) == 0


def test_a_sign_before_the_first_refusal_excuses_nobody() -> None:
    house = a_house()
    house.told(house.said("open", 0, 1), *(house.refused(letter) for letter in range(1, 6)))
    assert counted(LATER) == 1


def test_a_sign_told_without_our_ids_is_one() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    house.told(an_event("delivered", email="Ada@x.example", at=int((17 * DAY).total_seconds())))
    assert counted(LATER) == 0


def test_a_blocklist_costs_us_nobody() -> None:
    house = a_house()
    house.told(*(house.refused(letter, reason="550 5.7.1 blocked, see there") for letter in range(7)))
    assert counted(LATER) == 0


def test_nothing_is_counted_before_late_news_can_have_come() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    assert counted(at(18.9)) == 0
    assert counted(at(19)) == 1


def test_letters_of_years_ago_are_not_looked_at() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    assert counted(at(400.1)) == 0


def test_after_a_lift_five_more_letters_are_needed() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    assert counted(at(20)) == 1
    Suppression.objects.update(lifted_at=at(20))
    house.told(house.refused(5), house.refused(6))
    assert counted(LATER) == 0


def test_after_a_new_consent_five_more_letters_are_needed() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(7)))
    person = Subscriber.objects.get(address=ADA)
    Consent.objects.create(subscriber=person, list=house.owner, action="granted", at=at(10), how="form")
    assert counted(LATER) == 0


def test_another_mailbox_of_the_same_person_is_not_held_to_account() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    new = "ada@new.example"
    Subscriber.objects.filter(address=ADA).update(address=new, canonical=new, address_key=address_key(new))
    assert counted(LATER) == 0


def test_who_was_erased_is_left_alone() -> None:
    house = a_house()
    house.told(*(house.refused(letter) for letter in range(5)))
    Delivery.objects.filter(address_key=address_key(ADA)).update(subscriber=None)
    assert counted(LATER) == 0


def by_mail(house: House, kind: EventKind, letter: int, day: float, words: str = FULL) -> None:
    copy = house.copy(letter)
    told = Told(kind, at(day), "", delivery=copy.pk, detail=words, proven=True)
    assert events.take([told], source=events.MAIL, now=at(day)) == 1


def test_reports_by_mail_count_as_well() -> None:
    house = a_house("smtp")
    for letter in range(5):
        by_mail(house, EventKind.BLOCKED, letter, 4 * letter + 1)
    assert counted(LATER) == 1


def test_a_relays_warning_that_a_letter_waits_says_nothing() -> None:
    house = a_house("smtp")
    for letter in range(7):
        by_mail(house, EventKind.DEFERRED, letter, 4 * letter + 0.2, "4.4.1 timed out")
    assert counted(LATER) == 0


def test_a_letter_that_a_relay_took_and_never_gave_back_has_arrived() -> None:
    house = a_house("smtp")
    for letter in (0, 1, 2, 4, 5, 6):
        by_mail(house, EventKind.BLOCKED, letter, 4 * letter + 1)
    assert counted(LATER) == 1
    Suppression.objects.all().delete()
    Batch.objects.filter(send=house.letters[3][0]).update(state="accepted")
    assert counted(LATER) == 0


# Order and repetition.


@dataclass(frozen=True)
class Happened:
    """One event of a letter to a reader, hours after the first letter left."""

    what: str
    letter: int
    hours: int
    address: str

    @property
    def day(self) -> float:
        return self.letter * 4 + self.hours / 24

    def said(self, house: House) -> dict[str, Any]:
        match self.what:
            case "full":
                return house.refused_by(self)
            case "policy":
                return house.refused_by(self, "550 5.7.1 policy")
            case _:
                return house.said(self.what, self.letter, self.day, self.address, response="450 4.2.0 later")


# Mostly a mailbox that is full, with something else now and then: else hardly anybody would be suppressed.
OFTEN_FULL = st.lists(
    st.builds(Happened, st.just("full"), st.integers(0, 6), st.integers(0, 20), st.just(ADA)),
    min_size=5,
    max_size=12,
)
WHATEVER = st.lists(
    st.builds(
        Happened,
        st.sampled_from(["full", "policy", "deferred", "delivered", "open"]),
        st.integers(0, 6),
        st.integers(0, 90),
        st.sampled_from([ADA, BO]),
    ),
    max_size=4,
)


def once_a_moment(happened: list[Happened]) -> list[Happened]:
    """Return what is no second event of a copy at the same hour: of such, the first that is told is kept."""
    return list({(each.letter, each.address, each.hours): each for each in happened}.values())


def expected(happened: list[Happened], letters: int = 7) -> set[str]:
    """Return who is suppressed by the rule as the page for people has it, computed the plain way."""
    found = set()
    for address in (ADA, BO):
        signs, refused = [], []
        for letter in range(letters):
            own = [each for each in happened if (each.letter, each.address) == (letter, address)]
            kinds = {each.what for each in own}
            left = any(each.letter == letter for each in happened)  # then its request was taken
            if left and not kinds & {"full", "policy", "deferred"}:
                signs.append(letter * 4.0)
            signs += [each.day for each in own if each.what in {"delivered", "open"}]
            bad = [each.day for each in own if each.what in {"full", "deferred"}]
            if bad and "delivered" not in kinds:
                refused.append(min(bad))
        counted = sorted(day for day in refused if day > max(signs, default=-1))
        if len(counted) >= 5 and counted[-1] - counted[0] >= 14:
            found.add(address)
    return found


def test_any_order_and_repetition_of_events_gives_the_same_suppressions() -> None:
    """I7; counting meanwhile, while late news may still come, changes nothing either."""
    house = a_house()

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.builds(lambda often, others: once_a_moment(often + others), OFTEN_FULL, WHATEVER),
        st.randoms(use_true_random=False),
    )
    def holds(happened: list[Happened], chance: random.Random) -> None:
        outcomes = []
        for times in (1, 2):
            with transaction.atomic():
                told = chance.sample(happened * times, len(happened) * times)
                for place in range(0, len(told), 4):
                    house.told(*(each.said(house) for each in told[place : place + 4]))
                    assert counted(NOW) == 0
                counted(LATER)
                found = Suppression.objects.values_list("address_key", "reason", "source", "at")
                outcomes.append(set(found))
                transaction.set_rollback(True)
        assert outcomes[0] == outcomes[1]
        assert {key for key, *_ in outcomes[0]} == {address_key(each) for each in expected(happened)}
        ends.add(bool(outcomes[0]))

    ends: set[bool] = set()
    holds()
    assert ends == {True, False}
