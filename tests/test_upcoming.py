"""Editions that have not left: whose approval holds, and which name an interest."""

import datetime as dt

import pytest

from mailer import editions, sends, upcoming
from mailer.models import Edition, Revision
from mailer.timetable import Instant
from mailer.upcoming import Held, Naming
from mailer.vocabulary import EditionStatus
from subscribers import changing, curating
from subscribers.list_fields import Sender
from subscribers.models import List
from tests.stage import EDITION, NOW, a_frozen_send, a_list, a_send, an_edition, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LATER = NOW + dt.timedelta(days=1)


def approved(owner: List, text: bytes = EDITION) -> Edition:
    edition = an_edition(owner, text)
    editions.approve(edition, by="ed", now=NOW)
    return edition


def test_what_was_approved_or_scheduled_holds() -> None:
    owner = a_list()
    first, second = approved(owner), an_edition(owner, EDITION.replace(b"Vostochny", b"Plesetsk"))
    send = a_send(second, LATER)
    an_edition(owner, EDITION.replace(b"Vostochny", b"Kapustin Yar"))
    assert upcoming.held(owner) == {Held(first.pk), Held(second.pk, send.pk)}


@pytest.mark.parametrize(
    "given",
    [
        {"name": "Moon Digest"},
        {"sender": Sender("Moon", "moon@example.org")},
        {"reply_to": "desk@example.org"},
        {"postal_address": "2 Other Road"},
        {"language": "fr"},
        {"unchosen_stories": "hidden"},
        {"no_story": "top_stories"},
        {"tracked": False},
        {"public": False},  # letters lead to no page any more
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_readers_would_see_otherwise_holds_no_longer(given: dict[str, object]) -> None:
    owner = a_list()
    approved(owner)
    a_send(an_edition(owner, EDITION.replace(b"Vostochny", b"Plesetsk")), LATER)
    changing.change(owner, by="ada", at=NOW, **given)
    assert upcoming.held(owner) == frozenset()


@pytest.mark.parametrize(
    "given",
    [{"owner": "ed@example.org"}, {"zone": "Africa/Nairobi"}, {"description": "News"}],
    ids=lambda given: next(iter(given)),
)
def test_what_no_reader_sees_leaves_approvals_as_they_are(given: dict[str, object]) -> None:
    owner = a_list()
    edition = approved(owner)
    changing.change(owner, by="ada", at=NOW, **given)
    assert upcoming.held(owner) == {Held(edition.pk)}


def test_another_name_of_an_interest_is_another_letter() -> None:
    owner = a_list()
    approved(owner)
    curating.rename(owner, "africa", name="All of Africa", by="ada", at=NOW)
    assert upcoming.held(owner) == frozenset()


def test_a_text_that_was_revised_since_is_not_approved_any_more() -> None:
    owner = a_list()
    edition = approved(owner)
    editions.revise(edition, EDITION.replace(b"Vostochny", b"Plesetsk"), author="ed", now=NOW)
    assert upcoming.held(owner) == frozenset()


@pytest.mark.django_db(transaction=True)
def test_what_is_on_its_way_is_beyond_recall() -> None:
    owner = a_list()
    readers(owner, 2)
    a_frozen_send(owner)
    assert upcoming.held(owner) == frozenset()


def test_a_test_needs_no_approval_and_loses_none() -> None:
    owner = a_list()
    sends.test(an_edition(owner), ["ed@example.org"], None, by="ed", now=NOW)
    assert upcoming.held(owner) == frozenset()


def test_another_list_has_approvals_of_its_own() -> None:
    approved(a_list())
    assert upcoming.held(a_list("second")) == frozenset()


def test_editions_that_have_not_left_are_told_by_the_interests_they_name() -> None:
    owner = a_list()
    draft = an_edition(owner)
    waiting = an_edition(owner, EDITION.replace(b"Vostochny", b"Plesetsk"))
    sends.schedule(waiting, Instant(LATER), by="ed", now=NOW)
    an_edition(owner, EDITION.replace(b"{africa}", b"{china}"))
    assert upcoming.naming(owner, "africa") == [
        Naming(draft.pk, EditionStatus.DRAFT),
        Naming(waiting.pk, EditionStatus.SCHEDULED),
    ]


def test_a_word_of_the_text_is_no_interest() -> None:
    owner = a_list()
    text = EDITION.replace(b"{africa}", b"{south-asia}").replace(b"The dish", b"In africa the dish")
    an_edition(owner, text)
    assert upcoming.naming(owner, "africa") == []
    assert upcoming.naming(owner, "asia") == []


@pytest.mark.django_db(transaction=True)
def test_what_has_left_stays_as_it_was() -> None:
    owner = a_list()
    readers(owner, 2)
    a_frozen_send(owner)
    assert upcoming.naming(owner, "africa") == []


def test_a_text_that_cannot_be_read_is_looked_at_all_the_same() -> None:
    owner = a_list()
    edition = an_edition(owner)
    broken = EDITION.replace(b"{china}", b"{mars}").decode()
    Revision.objects.filter(edition=edition).update(text=broken)
    assert upcoming.naming(owner, "africa") == [Naming(edition.pk, EditionStatus.DRAFT)]
    assert upcoming.naming(owner, "asia") == []


def test_only_the_newest_text_counts() -> None:
    owner = a_list()
    edition = an_edition(owner)
    editions.revise(edition, EDITION.replace(b"{africa}", b"{china}"), author="ed", now=NOW)
    assert upcoming.naming(owner, "africa") == []
