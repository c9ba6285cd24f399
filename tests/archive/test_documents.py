import pytest
from pytest_django import DjangoAssertNumQueries

from mailer.archive import publishing
from mailer.archive.documents import document_of
from mailer.archive.publishing import Published
from subscribers import curating, offers
from subscribers.models import List
from subscribers.offers import Offer
from tests.archive.editions import published
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def there(newsletter: List) -> tuple[Published, Offer]:
    [shown] = publishing.page(newsletter.pk, most=9)
    offer = offers.of(newsletter.pk)
    assert offer is not None
    return shown, offer


def test_a_text_is_read_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    digest = a_list()
    published(digest)
    shown, offer = there(digest)
    assert len(document_of(shown, offer).stories) == 4
    with django_assert_num_queries(0):
        document_of(shown, offer)


def test_a_renamed_interest_is_read_by_its_new_name() -> None:
    digest = a_list()
    published(digest)
    curating.rename(digest, "china", new_slug="prc", by="vera", at=NOW)
    shown, offer = there(digest)
    assert document_of(shown, offer).stories[0].interests == ("prc",)
