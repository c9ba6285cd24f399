"""Forget what is over: sessions that ended by themselves, attempts that were counted, used codes."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from mailer.accounts.models import Counter


def forget(*, now: dt.datetime) -> None:
    """Remove every row that means nothing any more; twice is harmless.

    What is still counted stays, so that nobody makes room for attempts of theirs by many others.
    """
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()
    Counter.objects.filter(expires__lt=now).delete()
