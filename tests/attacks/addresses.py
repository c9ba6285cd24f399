"""Every address of the product with somebody whose page it is, for attacks that try them all.

An address that is added to the product and not here fails test_every_address.py.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern

from mailer import pictures
from mailer.models import Batch, Delivery, Variant
from mailer.tracking import tokens as counting
from mailer.web.urls import urlpatterns
from subscribers import answering, asking, confirming, leaving, tokens
from subscribers.addresses import parse
from subscribers.asking import Wish
from subscribers.evidence import UNSTATED
from subscribers.models import List, Subscription
from subscribers.vocabulary import RequestKind
from tests.archive.editions import a_send_of, published
from tests.pictures.images import drawing
from tests.stage import NOW, a_list, a_reader, an_edition
from tests.web.form import a_form
from tests.web.stored import asked, link, moving

# The desk's own pages have users, cookies and roles: tests/desk and tests/accounts attack those.
PUBLIC = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]
ROUTES = [str(pattern.pattern) for pattern in PUBLIC]


@dataclass(frozen=True)
class Address:
    """An address and what its page posts there: None where nothing can be posted.

    `purpose` is that of its token; `anywhere` says that it may be posted to from another site.
    """

    path: str
    form: dict[str, Any] | None = None
    purpose: tokens.Purpose | None = None
    anywhere: bool = False


def address(route: str) -> Address:
    """Return an address of the product, with its people made."""
    return _MAKERS[route]()


def with_forms() -> list[str]:
    """Return the routes whose pages post something."""
    return [route for route in ROUTES if route not in _FORMLESS]


def with_tokens() -> list[str]:
    """Return the routes that end with a token."""
    return [route for route in ROUTES if "<str:token>" in route]


def send(there: Address, client: Client | None = None) -> Any:  # noqa: ANN401 - what Django's test client brings back
    """Post a page's form as a browser does."""
    assert there.form is not None
    return (client or Client()).post(there.path, there.form)


def a_reader_of(owner: List, name: str) -> Subscription:
    return a_reader(owner, f"{name}@example.org", ["africa"], name=f"{name.title()} Okafor")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _subscribe() -> Address:
    owner = a_list()
    return Address(f"/subscribe/{owner.slug}", a_form(owner, interest=["africa"]), anywhere=True)


def _confirm() -> Address:
    wish = Wish(a_list(), parse("nina@example.org"), ["africa"], tracked=False, current=False, language="en")
    number = asking.sign_up(wish, origin=UNSTATED, at=_now())
    answering.answer(number, at=_now())
    there = confirming.standing(number, at=_now())
    assert isinstance(there, confirming.Open)
    return Address(link("confirm", "confirm", number), {"shown": there.digest}, "confirm")


def _leave() -> Address:
    nina = a_reader_of(a_list(), "nina")
    form = {"List-Unsubscribe": "One-Click"}
    return Address(link("u", "leave", nina.pk, 31), form, "leave", anywhere=True)


def _undo() -> Address:
    nina, now = a_reader_of(a_list(), "nina"), _now()
    leaving.unsubscribe(nina.pk, "the page behind a letter's link", now)
    return Address(link("undo", "undo", nina.pk, int(now.timestamp())), {}, "undo")


def _why() -> Address:
    made = int(_now().timestamp()) << 31
    return Address(link("why", "why", a_list().pk, made), {"reason": "too_many"}, "why")


def _preferences() -> Address:
    nina = a_reader_of(a_list(), "nina")
    form = {"interest": ["china"], "whole": "yes"}
    return Address(link("preferences", "preferences", nina.pk), form, "preferences")


def _data() -> Address:
    number = asked(RequestKind.DATA, a_reader_of(a_list(), "nina"))
    return Address(link("data", "data", number), {}, "data")


def _forget() -> Address:
    number = asked(RequestKind.FORGET, a_reader_of(a_list(), "nina"))
    return Address(link("forget", "forget", number), {}, "forget")


def _readdress() -> Address:
    number = asked(RequestKind.READDRESS, a_reader_of(a_list(), "nina"))
    return Address(link("address", "readdress", number), {"email": "nina@new.example"}, "readdress")


def _move() -> Address:
    number = moving(a_reader_of(a_list(), "nina"), "nina@new.example")
    return Address(link("move", "move", number), {}, "move")


def _picture() -> Address:
    encoded = pictures.encode(drawing())
    return Address(f"/pictures/{pictures.keep(encoded, source='', by='ed', now=_now())}")


def _counted(path: str) -> Address:
    nina = a_reader_of(a_list(), "nina").subscriber
    send = a_send_of(an_edition(List.objects.get()))
    html = f'<a href="{LEADING["c/<str:copy>/<str:place>"]}">A station over Nairobi</a>'
    made = {"revision": send.revision, "html": html, "hash": "ab" * 32, "language": "en", "created_at": NOW}
    variant = Variant.objects.create(**made)
    batch = Batch.objects.create(send=send, variant=variant, state="accepted", n=1)
    key = nina.address_key
    copy = Delivery.objects.create(send=send, subscriber=nina, address_key=key, variant=variant, batch=batch)
    return Address(path.format(counting.make(copy.pk)))


def _archive() -> str:
    return f"/archive/{published(a_list()).list.slug}"


def _archived() -> str:
    edition = published(a_list())
    return f"/archive/{edition.list.slug}/{edition.pk}"


_FORMLESS: dict[str, Callable[[], Address]] = {
    "": lambda: Address("/"),
    "healthz": lambda: Address("/healthz"),
    "readyz": lambda: Address("/readyz"),
    "metrics": lambda: Address("/metrics"),
    "pictures/<str:name>": _picture,
    "archive/<slug:slug>": lambda: Address(_archive()),
    "archive/<slug:slug>/": lambda: Address(f"{_archive()}/"),
    "archive/<slug:slug>/rss.xml": lambda: Address(f"{_archive()}/rss.xml"),
    "archive/<slug:slug>/atom.xml": lambda: Address(f"{_archive()}/atom.xml"),
    "archive/<slug:slug>/<int:number>": lambda: Address(_archived()),
    "archive/<slug:slug>/<int:number>/": lambda: Address(f"{_archived()}/"),
    "archive/<slug:slug>/<int:number>/card.png": lambda: Address(f"{_archived()}/card.png"),
    "o/<str:copy>": lambda: _counted("/o/{}"),
    "c/unseen": lambda: Address("/c/unseen"),
    "c/<str:copy>/<str:place>": lambda: _counted("/c/{}/0"),
    "sitemap.xml": lambda: Address("/sitemap.xml"),
    "robots.txt": lambda: Address("/robots.txt"),
    # signed, and posted by a machine
    "webhooks/sendgrid": lambda: Address("/webhooks/sendgrid", anywhere=True),
}
_MAKERS: dict[str, Callable[[], Address]] = _FORMLESS | {
    "subscribe/<slug:slug>": _subscribe,
    "confirm/<str:token>": _confirm,
    "u/<str:token>": _leave,
    "undo/<str:token>": _undo,
    "why/<str:token>": _why,
    "preferences/<str:token>": _preferences,
    "data/<str:token>": _data,
    "forget/<str:token>": _forget,
    "address/<str:token>": _readdress,
    "move/<str:token>": _move,
}
KNOWN = frozenset(_MAKERS)
# What these are for is to note that somebody was there, and to lead on: the pages behind a letter's picture
# and its links, of a letter that its reader lets us count. tests/web/test_glimpses.py attacks them.
NOTING = frozenset({"o/<str:copy>", "c/<str:copy>/<str:place>"})
LEADING = {"c/unseen": "/", "c/<str:copy>/<str:place>": "https://a.example/nairobi"}
