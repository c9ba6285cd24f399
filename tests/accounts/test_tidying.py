"""What is over goes, and what still counts stays."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from mailer.accounts.models import Counter
from mailer.accounts.tidying import forget
from tests.accounts.cast import a_user, is_signed_in, signed_in, try_password

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def test_what_still_counts_stays_and_what_is_over_goes() -> None:
    client, now = signed_in(a_user()), dt.datetime.now(dt.UTC)
    try_password(Client(), "nobody@news.example", "wrong")
    assert Counter.objects.exists()
    forget(now=now + MINUTE / 60)
    assert is_signed_in(client)
    assert Counter.objects.exists()
    for _ in range(2):
        forget(now=now + DAY)
        assert not Session.objects.exists()
        assert not UserSession.objects.exists()
        assert not Counter.objects.exists()
    assert not is_signed_in(client)
