import datetime as dt

import pytest

from subscribers import leaving, people
from subscribers.choosing import choose
from subscribers.evidence import Origin
from subscribers.interests import UnknownInterestError
from subscribers.models import Consent, List, Subscription

pytestmark = pytest.mark.database


@pytest.fixture
def nina(digest: List, noon: dt.datetime) -> Subscription:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    return Subscription.objects.get()


def test_choosing_is_stored_with_its_evidence(nina: Subscription, noon: dt.datetime) -> None:
    assert choose(nina, ["south-asia", "africa"], "preferences page", noon)
    nina.refresh_from_db()
    assert (nina.everything, nina.interests) == (False, 0b1100)
    last = Consent.objects.last()
    assert last is not None
    assert (last.action, last.how, last.detail) == (
        "changed",
        "preferences page",
        {"interests": ["africa", "south-asia"], "before": {"interests": "everything"}},
    )


def test_choosing_nothing_is_everything(nina: Subscription, noon: dt.datetime) -> None:
    choose(nina, ["africa"], "page", noon)
    assert choose(nina, [], "page", noon)
    nina.refresh_from_db()
    assert (nina.everything, nina.interests) == (True, 0)


def test_choosing_the_same_again_leaves_no_trace(nina: Subscription, noon: dt.datetime) -> None:
    choose(nina, ["africa"], "page", noon)
    assert not choose(nina, ["africa"], "page", noon + dt.timedelta(days=1))
    assert Consent.objects.filter(action="changed").count() == 1


def test_an_interest_the_list_lacks_changes_nothing(nina: Subscription, noon: dt.datetime) -> None:
    with pytest.raises(UnknownInterestError):
        choose(nina, ["africa", "mars"], "page", noon)
    nina.refresh_from_db()
    assert nina.everything


def test_who_has_left_does_not_come_back_by_choosing(nina: Subscription, noon: dt.datetime) -> None:
    leaving.unsubscribe(nina.pk, "one-click", noon)
    assert not choose(nina, ["africa"], "page", noon)
    nina.refresh_from_db()
    assert (nina.status, nina.everything) == ("unsubscribed", True)


def test_the_form_and_the_network_are_kept_beside_it(nina: Subscription, noon: dt.datetime) -> None:
    assert choose(nina, ["africa"], "page", noon, origin=Origin("page@1", "203.0.113.0/24"))
    line = Consent.objects.get(action="changed")
    assert (line.wording, line.network) == ("page@1", "203.0.113.0/24")
