import datetime as dt

import pytest

from mailer import reports
from subscribers import pausing
from subscribers.models import Consent
from tests.stage import NOW, a_frozen_send, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

DAY = dt.timedelta(days=1)


def test_whoever_paused_gets_letters_again_from_the_day_they_said() -> None:
    owner = a_list()
    ada, bo = (a_reader(owner, f"{name}@x.example") for name in ("ada", "bo"))
    pausing.pause(ada.pk, NOW, "preferences page", NOW - DAY)
    pausing.pause(bo.pk, NOW + DAY, "preferences page", NOW - DAY)
    sums = reports.ledger(a_frozen_send(owner))
    assert (sums.outcomes["pending"], sums.reasons) == (1, {"paused": 1})
    ada.refresh_from_db()
    assert (ada.status, ada.paused_until) == ("active", None)
    assert Consent.objects.filter(subscriber=ada.subscriber).last().how == pausing.OVER  # type: ignore[union-attr]  # there are two
