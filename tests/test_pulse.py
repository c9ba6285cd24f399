import datetime as dt

import pytest

from mailer import pulse, sends
from tests.stage import NOW

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_the_last_sweep_is_known_to_everybody_and_stands_in_one_row() -> None:
    assert pulse.last_sweep() is None
    for seconds in (0, 15):
        sends.tidy(now=NOW + dt.timedelta(seconds=seconds))
    assert pulse.last_sweep() == NOW + dt.timedelta(seconds=15)
