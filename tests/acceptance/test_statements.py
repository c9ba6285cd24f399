"""What a visit costs: statements, each of which is a round to the database and a third of a page's time."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from subscribers import tokens
from subscribers.models import List, Subscription
from tests.stage import a_list, a_reader
from tests.web.choices import form, link
from tests.web.form import PAGE, a_form

TRANSACTION = 2  # BEGIN and COMMIT
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def newsletter() -> List:
    return a_list()


@pytest.fixture
def nina(newsletter: List) -> Subscription:
    return a_reader(newsletter, "nina@example.org", interests=["africa", "south-asia"], tracked=True)


@pytest.fixture
def browser(newsletter: List) -> Client:
    """Return one who has seen the list's page: what is made of its rows is remembered."""
    browser = Client()
    browser.get(f"/subscribe/{newsletter.slug}")
    browser.get("/")
    return browser


@pytest.mark.parametrize(("path", "statements"), [("/", 1), (PAGE, 2)])
def test_everybodys_pages(
    browser: Client, path: str, statements: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(statements):
        assert browser.get(path).status_code == 200


def test_a_readers_pages(
    browser: Client, nina: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in (link(nina), f"/u/{tokens.make('leave', nina.pk)}"):
        with django_assert_num_queries(2):
            assert browser.get(path).status_code == 200


def test_a_sign_up(
    browser: Client, newsletter: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent = a_form(newsletter)
    # The list; the network's brake, the ticket, everybody's brake; the wish.
    with django_assert_num_queries(1 + 2 + 1 + 2 + 1 + TRANSACTION):
        assert browser.post(PAGE, sent).status_code == 200


def test_a_saved_form(
    browser: Client, nina: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent = form(interest=["china"], pause="2026-12-15", text="on")
    # How they stand; a lock, the person, the subscription, three lines of evidence; how they stand now.
    with django_assert_num_queries(2 + 1 + 1 + 1 + 3 + 2 + TRANSACTION):
        assert browser.post(link(nina), sent).status_code == 200


def test_one_click(
    browser: Client, nina: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"/u/{tokens.make('leave', nina.pk)}"
    # The subscription, locked and ended; the suppression; the evidence. Then: no send to hold, no copy.
    # Both in one transaction, or neither.
    with django_assert_num_queries(4 + TRANSACTION + 2 + TRANSACTION + TRANSACTION):
        assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
