"""What is counted of a person who is erased: everything but their domain, which may be theirs alone."""

import pytest

from mailer.models import MailDomain, Send, Tally, Trace
from mailer.tallies import checking, rebuilding
from mailer.tallies.domains import NOBODYS
from subscribers.erasing import erase
from tests.stage import NOW
from tests.tallies.cast import Cast, a_cast, apply, sums

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    """One each at x.example, y.example and z.example; all are refused, and complain."""
    cast = a_cast(3)
    apply([cast.told(kind, copy) for copy in range(3) for kind in ("bounced", "complained")])
    return cast


def names() -> set[str]:
    return set(MailDomain.objects.values_list("name", flat=True))


def test_their_domain_goes_with_the_last_who_is_counted_at_it(cast: Cast) -> None:
    assert names() == {"x.example", "y.example", "z.example"}
    before = sums(cast.send)
    erase("reader2@z.example", by="ops", at=NOW)
    assert names() == {"x.example", "y.example"}
    after = sums(cast.send)
    assert +(before - after) == {(f"{what}_domain", "z.example"): 1 for what in ("bounce", "complaint")}
    assert +(after - before) == {(f"{what}_domain", ""): 1 for what in ("bounce", "complaint")}
    assert list(checking.check([cast.send.pk], now=NOW, by="ops")) == []


def test_what_is_told_of_them_later_is_counted_at_no_domain(cast: Cast) -> None:
    erase("reader2@z.example", by="ops", at=NOW)
    apply([cast.told("blocked", 2, 60), cast.told("bounced", 2, -60)])
    assert sums(cast.send)["block_domain", ""] == sums(cast.send)["bounce_domain", ""] == 1
    assert names() == {"x.example", "y.example"}


def test_of_a_send_that_is_not_counted_yet_the_domain_goes_too(cast: Cast) -> None:
    Send.objects.update(tallied=False)
    lines = Tally.objects.count()
    erase("reader2@z.example", by="ops", at=NOW)
    assert names() == {"x.example", "y.example"}
    assert Trace.objects.filter(key=NOBODYS, measure__endswith="domain").count() == 2
    assert Tally.objects.count() == lines
    rebuilding.rebuild(cast.send.pk)
    assert sums(cast.send)["bounce_domain", ""] == 1
    assert list(checking.check([cast.send.pk], now=NOW, by="ops")) == []
