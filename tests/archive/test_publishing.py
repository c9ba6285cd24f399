import datetime as dt
from typing import Any

import pytest

from mailer import editions
from mailer.archive import publishing
from mailer.archive.publishing import Head, head_of
from mailer.models import Send
from mailer.vocabulary import BatchState, SendKind, SendStatus
from subscribers.models import List
from tests.archive.editions import WEEK, a_send_of, corrected, left, many, published
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

HOUR = dt.timedelta(hours=1)
WRONG = EDITION.replace(b"The dish turned.", b"The dish fell.")


@pytest.fixture
def digest() -> List:
    return a_list()


def shown(newsletter: List, **how: int) -> list[int]:
    return [each.edition for each in publishing.page(newsletter.pk, most=100, **how)]


def is_public(newsletter: List, number: int) -> bool:
    return publishing.one(newsletter.pk, number) is not None


def test_an_edition_is_public_once_everybody_was_sent_it(digest: List) -> None:
    edition = an_edition(digest)
    assert shown(digest) == []
    assert not is_public(digest, edition.pk)
    a_send_of(edition, status=SendStatus.DONE_WITH_GAPS)
    assert shown(digest) == [edition.pk]
    assert is_public(digest, edition.pk)


@pytest.mark.parametrize(
    "said",
    [
        *({"status": status} for status in ("scheduled", "preparing", "sending", "paused")),
        *({"status": status} for status in ("settling", "cancelled", "missed")),
        {"kind": SendKind.TEST},
        {"segment": {"slug": "some", "all": []}},
    ],
)
def test_what_was_not_sent_to_everybody_is_not(digest: List, said: dict[str, Any]) -> None:
    edition = an_edition(digest)
    a_send_of(edition, **said)
    assert shown(digest) == []
    assert not is_public(digest, edition.pk)
    assert publishing.everywhere(9) == []


@pytest.mark.parametrize("status", ["sending", "paused", "settling"])
def test_one_that_is_under_way_is_open_to_those_who_have_its_letter_and_listed_nowhere(
    digest: List, status: str
) -> None:
    edition = an_edition(digest)
    send = a_send_of(edition, status=status)
    left(send, BatchState.CLAIMED)
    assert not is_public(digest, edition.pk)
    left(send)
    there = publishing.one(digest.pk, edition.pk)
    assert there is not None
    assert not there.shown.listed
    assert shown(digest) == []
    assert publishing.everywhere(9) == []
    Send.objects.update(status=SendStatus.CANCELLED)
    assert not is_public(digest, edition.pk)


def test_another_lists_edition_is_not_this_lists(digest: List) -> None:
    edition = published(digest)
    assert not is_public(a_list("second"), edition.pk)


def test_a_correction_shows_the_corrected_text_at_its_first_moment(digest: List) -> None:
    edition = corrected(digest, WRONG)
    [there] = publishing.page(digest.pk, most=9)
    assert there.revision == editions.newest(edition).pk
    assert (there.first, there.last, there.over, there.corrected) == (NOW, NOW + HOUR, NOW + HOUR, True)
    texts = publishing.texts(edition.pk)
    assert [text.left for text in texts] == [True, False]
    assert [text.at for text in texts] == [NOW, NOW + HOUR]


def test_where_no_letter_had_the_text_before_nothing_was_corrected_for_its_readers(digest: List) -> None:
    corrected(digest, WRONG, some_left=False)
    [there] = publishing.page(digest.pk, most=9)
    assert not there.corrected


def test_a_correction_of_a_correction_remembers_what_left_first(digest: List) -> None:
    edition = an_edition(digest, WRONG)
    first = left(a_send_of(edition, status=SendStatus.CANCELLED))
    how: dict[str, Any] = {"kind": SendKind.CORRECTION, "scheduled_at": NOW + HOUR}
    second = a_send_of(edition, corrects=first, status=SendStatus.CANCELLED, **how)
    revision = editions.revise(edition, EDITION, author="ed", now=NOW)
    a_send_of(edition, revision, corrects=second, **(how | {"scheduled_at": NOW + 2 * HOUR}))
    [there] = publishing.page(digest.pk, most=9)
    assert (there.revision, there.first, there.corrected) == (revision.pk, NOW, True)


def test_a_correction_of_what_some_were_sent_is_for_them_alone(digest: List) -> None:
    edition = an_edition(digest)
    first = left(a_send_of(edition, status=SendStatus.CANCELLED, segment={"slug": "some", "all": []}))
    a_send_of(edition, kind=SendKind.CORRECTION, corrects=first)
    assert shown(digest) == []
    assert not is_public(digest, edition.pk)


def test_a_text_that_was_not_sent_is_not_shown(digest: List) -> None:
    edition = published(digest)
    sent = editions.newest(edition).pk
    editions.revise(edition, EDITION.replace(b"Space, seen", b"Secret, seen"), author="ed", now=NOW)
    [there] = publishing.page(digest.pk, most=9)
    assert (there.revision, there.head.title) == (sent, "Space, seen from elsewhere")


def test_the_newest_stand_first_by_when_they_were_sent(digest: List) -> None:
    late, early = published(digest, weeks=2), published(digest, WRONG, weeks=1)
    assert shown(digest) == [late.pk, early.pk]
    there = publishing.one(digest.pk, early.pk)
    assert there is not None
    assert there.older is None
    assert there.newer is not None
    assert there.newer.edition == late.pk


def test_pages_follow_each_other_and_lose_nothing(digest: List) -> None:
    numbers = [edition.pk for edition in many(digest, 7)][::-1]
    seen: list[int] = []
    before = None
    while found := publishing.page(digest.pk, before=before, most=3):
        seen += [each.edition for each in found]
        before = found[-1].edition
    assert seen == numbers
    assert publishing.page(digest.pk, before=10**18, most=3) == []


def test_of_two_at_the_same_moment_the_later_number_is_newer(digest: List) -> None:
    first, second = published(digest), published(digest, WRONG)
    assert shown(digest) == [second.pk, first.pk]
    assert shown(digest, before=second.pk) == [first.pk]


def test_an_interest_keeps_the_editions_that_have_a_story_on_it(digest: List) -> None:
    both = published(digest)
    china = EDITION[: EDITION.index(b"## [A station")]
    only = published(digest, china, weeks=1)
    keys = dict(digest.interests.values_list("slug", "pk"))
    assert shown(digest, interest=keys["china"]) == [only.pk, both.pk]
    assert shown(digest, interest=keys["africa"]) == [both.pk]


def test_neighbours_are_those_sent_before_and_after(digest: List) -> None:
    first, second, third = many(digest, 3)
    there = publishing.one(digest.pk, second.pk)
    assert there is not None
    assert there.older is not None
    assert there.newer is not None
    assert (there.older.edition, there.older.date) == (first.pk, NOW.date())
    assert (there.newer.edition, there.newer.date) == (third.pk, (NOW + 2 * WEEK).date())


def test_without_a_date_the_day_it_was_sent_counts(digest: List) -> None:
    published(digest, EDITION.replace(b"date: 2026-12-01\n", b""), weeks=1)
    [there] = publishing.page(digest.pk, most=9)
    assert there.date == (NOW + WEEK).date()


def test_a_list_that_is_not_public_is_in_no_sitemap(digest: List) -> None:
    edition = published(digest)
    assert publishing.everywhere(9) == [("space-digest", edition.pk, NOW)]
    List.objects.update(public=False)
    assert publishing.everywhere(9) == []


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (
            "---\ntitle: One\nsubtitle: Two\ndate: 2026-12-01\n---\n# A\n",
            Head("One", "Two", dt.date(2026, 12, 1)),
        ),
        # Cut off within, as the statements do with what is very long.
        ("---\ntitle: One\npreheader: long and lon", Head("One")),
        ("", Head("")),
    ],
)
def test_a_head_is_read_without_its_text(text: str, head: Head) -> None:
    assert head_of(text) == head
