import datetime as dt

import pytest

from subscribers import people, suppressions
from subscribers.addresses import address_key, parse
from subscribers.amending import Wish, amend
from subscribers.models import List, Subscriber
from subscribers.readdressing import AddressTakenError, former, moved_to, readdress
from subscribers.vocabulary import Suppressed

pytestmark = pytest.mark.database

OLD, NEW = parse("nina@example.org"), parse("nina@new.example")
OLD_KEY, NEW_KEY = address_key(OLD.canonical), address_key(NEW.canonical)


@pytest.fixture
def nina(digest: List, noon: dt.datetime) -> Subscriber:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    return Subscriber.objects.get()


def test_a_person_takes_another_address(nina: Subscriber) -> None:
    assert readdress(nina, NEW) == ()
    assert (nina.address, nina.canonical, nina.address_key) == (NEW.written, NEW.canonical, NEW_KEY)


def test_another_spelling_is_the_same_person(nina: Subscriber) -> None:
    assert readdress(nina, parse("Nina@example.org")) == ()
    assert (nina.address, nina.canonical, nina.address_key) == ("Nina@example.org", OLD.canonical, OLD_KEY)


def test_somebody_elses_address_is_refused_and_masked(
    nina: Subscriber, digest: List, noon: dt.datetime
) -> None:
    people.add(digest, NEW.written, consent="form", by="ops", at=noon)
    with pytest.raises(AddressTakenError, match=r"^n•••a@new\.example is another subscriber's"):
        readdress(nina, NEW)


@pytest.mark.parametrize("reason", [Suppressed.BOUNCED, Suppressed.ERASED])
def test_an_address_that_must_not_be_written_to_is_refused(
    reason: Suppressed, nina: Subscriber, noon: dt.datetime
) -> None:
    suppressions.suppress(NEW_KEY, reason, "told", noon)
    with pytest.raises(AddressTakenError, match=rf"suppressed \({reason}\)"):
        readdress(nina, NEW)


def test_a_dead_mailbox_stays_with_the_old_address(nina: Subscriber, noon: dt.datetime) -> None:
    suppressions.suppress(OLD_KEY, Suppressed.BOUNCED, "told", noon)
    assert readdress(nina, NEW) == ("The old address keeps its suppressions: bounced.",)
    assert suppressions.of_address(OLD_KEY).count() == 1
    assert not suppressions.of_address(NEW_KEY).exists()


def test_what_the_reader_said_holds_for_the_new_address_too(
    nina: Subscriber, digest: List, noon: dt.datetime
) -> None:
    for reason, where in ((Suppressed.COMPLAINED, None), (Suppressed.UNSUBSCRIBED, digest)):
        suppressions.suppress(OLD_KEY, reason, "told", noon, where)
    suppressions.suppress(OLD_KEY, Suppressed.BOUNCED, "told", noon)
    assert readdress(nina, NEW) == (
        "The old address keeps its suppressions: bounced, complained, unsubscribed.",
        "What they said themselves holds for the new address too: complained, unsubscribed.",
    )
    taken = suppressions.of_address(NEW_KEY).values_list("reason", "list", "source", "at")
    assert list(taken) == [("complained", None, "told", noon), ("unsubscribed", digest.pk, "told", noon)]


def test_a_lifted_complaint_stays_behind(nina: Subscriber, noon: dt.datetime) -> None:
    suppressions.suppress(OLD_KEY, Suppressed.COMPLAINED, "told", noon)
    suppressions.of_address(OLD_KEY).update(lifted_at=noon, lifted_because="she wrote")
    assert readdress(nina, NEW) == ()
    assert not suppressions.of_address(NEW_KEY).exists()


@pytest.mark.usefixtures("nina")
def test_the_addresses_that_somebody_had_are_known(noon: dt.datetime) -> None:
    amend(OLD.written, Wish(address=NEW.written), how="telephone", by="ops", at=noon)
    amend(NEW.written, Wish(address="third@example.org"), how="telephone", by="ops", at=noon)
    assert former(Subscriber.objects.get().pk) == (OLD.canonical, NEW.canonical)
    assert moved_to(parse("NINA@example.org")) == "; who had it has been t•••d@example.org since 2026-03-24"
    assert moved_to(parse("omar@example.org")) == ""
