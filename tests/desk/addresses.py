"""Every address of the desk: who may look there, who may post there, and what its form holds.

An address that is added to the desk and not here fails test_access.py. What is one's own account has its
rows in tests/accounts/test_urls.py.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from mailer.accounts.models import User
from mailer.accounts.roles import Role
from mailer.desk.sends import resolving
from mailer.models import Edition, Send
from subscribers.models import List, Subscriber
from tests.accounts.cast import a_user
from tests.stage import EDITION, a_frozen_send, a_list, a_reader, a_send, an_edition

DESK, ACCOUNT = "desk/", "desk/account/"


@dataclass(frozen=True)
class World:
    """Something for every address to be about."""

    list: List
    nina: Subscriber
    edition: Edition
    send: Send
    waiting: Send
    user: User

    @property
    def names(self) -> dict[str, object]:
        """Return what stands in paths."""
        return {
            "list": self.list.slug,
            "nina": self.nina.pk,
            "edition": self.edition.pk,
            "send": self.send.pk,
            "waiting": self.waiting.pk,
            "user": self.user.pk,
        }


@dataclass(frozen=True)
class Row:
    """One address: its path in a World, the permission to look and that to post; None: nobody can."""

    path: str
    look: str | None
    post: str | None = None
    form: dict[str, Any] = field(default_factory=dict)
    # What looking answers with where it is no page: a stream, or a way to one.
    page: bool = True


def a_world() -> World:
    """Return a list with a reader, editions that are written, on their way and waiting, and a user."""
    digest = a_list()
    nina = a_reader(digest, "nina@example.org", ["africa"], name="Nina Okafor").subscriber
    send = a_frozen_send(digest)
    text, later = (EDITION.replace(b"seen from elsewhere", words) for words in (b"from here", b"tomorrow"))
    waiting = a_send(an_edition(digest, later), dt.datetime(2999, 12, 1, 9, tzinfo=dt.UTC))
    return World(digest, nina, an_edition(digest, text), send, waiting, a_user(Role.VIEWER, name="Uma Rao"))


_EDITION, _SEND, _NINA = "editions/{edition}", "sends/{send}", "subscribers/{nina}"
_AGAIN = resolving.AGAIN
_LIST, _USER = "lists/{list}", "users/{user}"

ROWS = {
    "": Row("", "look"),
    "calendar": Row("calendar", "look"),
    "token": Row("token", "look", page=False),
    "editions/new": Row("editions/new", "write", "write"),
    "editions/<int:number>": Row(_EDITION, "look", "write", {"text": EDITION.decode(), "base": "1"}),
    "editions/<int:number>/draft": Row(f"{_EDITION}/draft", None, "write", {"text": "x", "base": "1"}),
    "editions/<int:number>/letter": Row(f"{_EDITION}/letter", "look", "write", {"text": ""}, page=False),
    "editions/<int:number>/preview": Row(f"{_EDITION}/preview", None, "write", {"text": ""}),
    "editions/<int:number>/history": Row(f"{_EDITION}/history", "look", "write", {"revision": "1"}),
    "editions/<int:number>/board": Row(f"{_EDITION}/board", "look"),
    "editions/<int:number>/board/change": Row(f"{_EDITION}/board/change", None, "write"),
    "editions/<int:number>/approve": Row(f"{_EDITION}/approve", "approve", "approve"),
    "editions/<int:number>/schedule": Row(f"{_EDITION}/schedule", "send", "send"),
    "editions/<int:number>/test": Row(f"{_EDITION}/test", "write", "write"),
    "sends/": Row("sends/", "look"),
    "sends/<int:number>": Row(_SEND, "look"),
    "sends/<int:number>/watched": Row(f"{_SEND}/watched", "look"),
    "sends/<int:number>/live": Row(f"{_SEND}/live", "look", page=False),
    "sends/<int:number>/events": Row(f"{_SEND}/events", "look", page=False),
    "sends/<int:number>/log": Row(f"{_SEND}/log", "look"),
    "sends/<int:number>/report": Row(f"{_SEND}/report", "look"),
    "sends/<int:number>/report/letter": Row(f"{_SEND}/report/letter", "look"),
    "sends/<int:number>/report/letter/shown": Row(f"{_SEND}/report/letter/shown", "look", page=False),
    "sends/<int:number>/pause": Row(f"{_SEND}/pause", None, "halt"),
    "sends/<int:number>/stop": Row(f"{_SEND}/stop", None, "halt"),
    "sends/<int:number>/resume": Row(f"{_SEND}/resume", None, "send"),
    "sends/<int:number>/cancel": Row(f"{_SEND}/cancel", "send", "send"),
    "sends/<int:number>/move": Row("sends/{waiting}/move", "send", "send"),
    "sends/<int:number>/correct": Row(f"{_SEND}/correct", "halt", "halt"),
    "sends/<int:number>/look-up": Row(f"{_SEND}/look-up", None, "send"),
    "sends/<int:number>/unknown/<slug:decision>": Row(f"{_SEND}/unknown/{_AGAIN}", "send", "send"),
    "subscribers/": Row("subscribers/", "people", "people", {"address": "nina@example.org"}),
    "subscribers/<int:number>": Row(_NINA, "people"),
    "subscribers/<int:number>/sends/<int:send>": Row(f"{_NINA}/sends/{{send}}", "people"),
    "subscribers/<int:number>/erase": Row(f"{_NINA}/erase", "suppress", "suppress", {"address": "x"}),
    "subscribers/<int:number>/suppress": Row(f"{_NINA}/suppress", None, "suppress", {"reason": "asked"}),
    "subscribers/<int:number>/lift": Row(f"{_NINA}/lift", None, "suppress", {"reason": "asked"}),
    "subscribers/<int:number>/unsubscribe": Row(f"{_NINA}/unsubscribe", None, "suppress"),
    "subscribers/<int:number>/set": Row(f"{_NINA}/set", None, "suppress", {"name": "N"}),
    "subscribers/<int:number>/choose": Row(f"{_NINA}/choose", None, "suppress", {"whole": "yes"}),
    "lists/": Row("lists/", "look"),
    "lists/<slug:slug>": Row(_LIST, "look"),
    "lists/<slug:slug>/report": Row(f"{_LIST}/report", "look"),
    "lists/<slug:slug>/count": Row(f"{_LIST}/count", None, "look"),
    "lists/<slug:slug>/edit": Row(f"{_LIST}/edit", "manage", "manage", {"name": "Moon"}),
    "users/": Row("users/", "manage", "manage", {"name": "E", "email": "e@news.example", "role": "admin"}),
    "users/<int:number>": Row(_USER, "manage"),
    "users/<int:number>/set": Row(f"{_USER}/set", "manage", "manage", {"role": "admin"}, page=False),
    "users/<int:number>/reset": Row(f"{_USER}/reset", "manage", "manage", {"sure": "yes"}, page=False),
    "log/": Row("log/", "manage", "manage"),
    "log/check": Row("log/check", None, "manage"),
}


def path_of(row: Row, world: World) -> str:
    """Return an address of the desk in a world."""
    return f"/{DESK}{row.path.format(**world.names)}"


def views() -> dict[str, Callable[..., Any]]:
    """Return every view of the desk by its route beneath /desk/, as Django finds them."""
    found = dict(_walk(get_resolver()))
    return {
        route.removeprefix(DESK): view
        for route, view in found.items()
        if route.startswith(DESK) and not route.startswith(ACCOUNT)
    }


def _walk(place: URLResolver, before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in place.url_patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from _walk(pattern, route)
