"""What SendGrid's own suppression lists hold, asked page by page.

Each is asked up to one moment, so that whoever comes in meanwhile moves nobody to another page. Reading
changes nothing there, so that a page may be asked again.
"""

import datetime as dt
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import orjson

from mailer.transports.sendgrid_client import NoAnswerError, NotHandedOverError, Once, Reply
from mailer.transports.sendgrid_verdict import RATE_LIMITED, judge, said
from mailer.transports.words import without_addresses

# Half of what the API allows: a page of the longest reasons must stay below what is read of an answer.
PAGE = 250
# Seconds before a page that was not given is asked for again, and then no more.
PAUSES = (1.0, 5.0, 30.0)
LONGEST_PAUSE = 900.0  # seconds that somebody who waits for the end of it may be kept

OK, UNAUTHORIZED, FORBIDDEN, TROUBLE = 200, 401, 403, 500
SCOPE = "suppression.read"


class SuppressionListError(Exception):
    """A list could not be read to its end; the message says why and what to do, without an address."""


class NobodyThereError(SuppressionListError):
    """Nobody answers at the service's address."""


@dataclass(frozen=True)
class Entry:
    """One address in a list: as SendGrid writes it, since when, and the words it gives, addresses removed."""

    address: str
    at: dt.datetime
    words: str


@dataclass(frozen=True)
class Page:
    """Some entries of a list; `unreadable` counts items that were none."""

    entries: tuple[Entry, ...]
    unreadable: int = 0


def wait(seconds: float) -> None:
    """Let so many seconds pass."""
    threading.Event().wait(seconds)


class SuppressionLists:
    """The lists of one account, one page after the other."""

    def __init__(
        self,
        key: str,
        url: str,
        timeout: float,
        *,
        who: str = "SendGrid",
        pause: Callable[[float], object] = wait,
    ) -> None:
        """Keep what every question needs; `timeout` is in seconds, and `who` is named in errors."""
        self._once = Once(key, url, timeout)
        self._url, self._who, self._pause = url, who, pause
        self._answered = False

    def pages(self, name: str, *, since: dt.datetime | None, until: dt.datetime) -> Iterator[Page]:
        """Yield the list called `name`: who came into it from `since` on (None: ever) up to `until`.

        Both are whole seconds, and count. Raises SuppressionListError.
        """
        query = {"limit": PAGE, "offset": 0, "end_time": int(until.timestamp())}
        if since is not None:
            query["start_time"] = max(0, int(since.timestamp()))
        last: list[object] = []
        while True:
            items = self._items(name, query)
            if items and items == last:
                raise SuppressionListError(
                    f"{self._who} gives the same page of {name} again and again; nothing after it was read"
                )
            if items:
                yield self._page(name, items, until)
            if len(items) < PAGE:
                return
            query["offset"] += len(items)
            last = items

    def _items(self, name: str, query: dict[str, int]) -> list[object]:
        """Return one page as it is; what passes is waited for, as long as the answer asks."""
        pauses = iter(PAUSES)
        while True:
            asked: float | None = None
            try:
                reply = self._once.get(("suppression", name), query=query)
            except (NotHandedOverError, NoAnswerError) as no:
                trouble = f"{self._who} at {self._url} does not answer ({no})"
                if isinstance(no, NotHandedOverError) and not self._answered:
                    raise NobodyThereError(trouble) from no
            else:
                self._answered = True
                if reply.status == OK:
                    return self._read(name, reply)
                trouble = self._refused(reply)
                if reply.status == RATE_LIMITED:
                    asked = judge(reply.status, reply.headers, reply.body).wait
            pause = next(pauses, None)
            if pause is None or (asked or 0) > LONGEST_PAUSE:
                raise SuppressionListError(f"{trouble}; try again later")
            # A second more than asked, since two clocks differ.
            self._pause(pause if asked is None else asked + 1)

    def _refused(self, reply: Reply) -> str:
        """Return what passes in words; raises SuppressionListError for what does not."""
        words = f"{reply.status} {said(reply.body)}".strip()
        if reply.status == FORBIDDEN:
            raise SuppressionListError(
                f"{self._who} does not let this key read suppressions ({words}): give the key of"
                f" SENDGRID_API_KEY the scope {SCOPE} (Suppressions: read)"
            )
        if reply.status == UNAUTHORIZED:
            raise SuppressionListError(
                f"{self._who} does not know this key ({words}): check SENDGRID_API_KEY, which also needs the"
                f" scope {SCOPE} (Suppressions: read)"
            )
        if reply.status != RATE_LIMITED and reply.status < TROUBLE:
            raise SuppressionListError(
                f"{self._who} at {self._url} answered {words!r}, which is no list of suppressions; check"
                " SENDGRID_API_URL"
            )
        return f"{self._who} did not give the list ({words})"

    def _read(self, name: str, reply: Reply) -> list[object]:
        if not isinstance(items := _decoded(reply.body), list):
            raise SuppressionListError(
                f"{self._who} at {self._url} gave something for {name} that cannot be read; check"
                " SENDGRID_API_URL"
            )
        return items

    def _page(self, name: str, items: list[object], until: dt.datetime) -> Page:
        entries = tuple(entry for item in items if (entry := _entry(item, until)))
        if not entries:
            raise SuppressionListError(
                f"{self._who} gave {len(items)} items for {name} of which none tells an address and a time;"
                " nothing of them was taken"
            )
        return Page(entries, len(items) - len(entries))


def _decoded(body: bytes) -> object:
    """Return the JSON in `body`, or None."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        # More patient: half a surrogate pair in one reason must not hide a whole list.
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _entry(item: object, until: dt.datetime) -> Entry | None:
    if not isinstance(item, dict):
        return None
    address, created = item.get("email"), item.get("created")
    if not isinstance(address, str) or not isinstance(created, int):
        return None
    try:
        at = dt.datetime.fromtimestamp(created, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    words = str(item.get("reason") or item.get("status") or "")
    # Nothing later was asked for: news from the future would outlive every lift to come.
    return Entry(address, min(at, until), _anonymous(words, address))


def _anonymous(words: str, address: str) -> str:
    """Return the words without any address, and without the halves of this one: they outlive its person."""
    words = without_addresses(words)
    local, _, domain = address.rpartition("@")
    for half in (local, domain):
        if len(half) > 1:
            words = re.sub(rf"(?<![\w-]){re.escape(half)}(?![\w-])", "…", words, flags=re.IGNORECASE)
    return words
