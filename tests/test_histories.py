"""The revisions of an edition."""

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from mailer import drafts, editions, histories
from mailer.differences import Row
from mailer.editions import EditionError
from mailer.models import Edition
from tests.stage import EDITION, NOW, a_list, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def with_revisions(count: int) -> Edition:
    edition = an_edition(a_list())
    for number in range(1, count):
        text = EDITION.decode().replace("The rocket flew.", f"The rocket flew {number} times.")
        drafts.save(edition, text, based_on=number, by=f"writer {number}", now=NOW)
    return edition


def test_each_revision_is_listed_with_who_made_it_and_how_much_differs() -> None:
    entries = histories.history(with_revisions(3)).entries
    assert [(each.number, each.author, each.added, each.removed) for each in entries] == [
        (3, "writer 2", 1, 1),
        (2, "writer 1", 1, 1),
        (1, "ed", None, None),
    ]


def test_a_long_history_comes_in_pages() -> None:
    edition = with_revisions(5)
    first = histories.history(edition, page=2)
    assert ([each.number for each in first.entries], first.older) == ([5, 4], 4)
    second = histories.history(edition, before=first.older, page=2)
    assert ([each.number for each in second.entries], second.older) == ([3, 2], 2)
    assert second.entries[-1].added == 1
    last = histories.history(edition, before=second.older, page=2)
    assert ([each.number for each in last.entries], last.older) == ([1], None)


def test_who_approved_and_what_was_sent_stands_beside_it() -> None:
    edition = with_revisions(2)
    editions.approve(edition, by="Boris", now=NOW)
    send = a_send(edition)
    newest, first = histories.history(edition).entries
    assert (newest.approved_by, newest.sends) == (("Boris",), (send.pk,))
    assert (first.approved_by, first.sends) == ((), ())


def test_a_page_takes_three_statements_however_long(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    edition = with_revisions(6)
    with django_assert_num_queries(3):
        histories.history(edition)


def test_any_two_are_compared_in_the_order_in_which_they_were_made() -> None:
    edition = with_revisions(3)
    compared = histories.compare(edition, 3, 1)
    assert (compared.old.number, compared.new.number) == (1, 3)
    assert (compared.added, compared.removed) == (1, 1)
    [row] = [row for row in compared.rows() if isinstance(row, Row) and not row.same]
    assert "".join(piece.text for piece in row.now) == "The rocket flew 2 times."


def test_a_revision_that_never_was_cannot_be_compared() -> None:
    with pytest.raises(EditionError, match="no revision 7"):
        histories.compare(with_revisions(1), 1, 7)
