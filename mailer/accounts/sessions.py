"""Sessions in the database, which holds but the hash of what the cookie carries: a key that opens nothing.

Django finds `SessionStore` here by SESSION_ENGINE. The key is what the database and allauth's list of
sessions know, the ticket what the browser does.
"""

import datetime as dt
import hashlib

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as InTheDatabase
from django.contrib.sessions.models import Session
from django.utils.crypto import get_random_string

_TICKET = 40  # characters of 36 kinds: 206 bits
_KEY = 40  # hexadecimal digits: what django_session has room for


class Key(str):
    """The key of a session, made from its ticket, which it remembers as long as the request lasts."""

    __slots__ = ("ticket",)
    ticket: str

    @classmethod
    def of(cls, ticket: str) -> "Key":
        """Return what the database knows a cookie's ticket by."""
        key = cls(hashlib.sha256(ticket.encode()).hexdigest()[:_KEY])
        key.ticket = ticket
        return key


class SessionStore(InTheDatabase):
    """One session; `expires` is what its row said when it was read, None for one that has no row yet."""

    expires: dt.datetime | None = None

    @classmethod
    def of(cls, ticket: str) -> "SessionStore":
        """Return the session that a cookie stands for, or an empty one: it is read when it is asked for."""
        return cls(Key.of(ticket) if ticket else None)

    @property
    def ticket(self) -> str:
        """Return what the cookie carries; '' where the session was found by its key alone."""
        return getattr(self.session_key, "ticket", "")

    def _get_new_session_key(self) -> str:
        while True:
            key = Key.of(get_random_string(_TICKET, VALID_KEY_CHARS))
            if not self.exists(key):
                return key

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # django-stubs lack it
        self.expires = row.expire_date if row else None
        return row
