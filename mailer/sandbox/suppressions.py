"""The Suppressions API: whom the service itself keeps from getting letters, for what came of earlier ones.

    GET     /v3/suppression/{bounces|blocks|invalid_emails|spam_reports|unsubscribes}
    DELETE  /v3/suppression/{bounces|blocks|invalid_emails|spam_reports}/{email}
    DELETE  /v3/asm/suppressions/global/{email}          (takes an address off unsubscribes)

Whoever is in one of its lists gets nothing more; blocks are only written down.
"""

import sqlite3
from collections.abc import Collection, Iterable

import orjson
from werkzeug import Request

from mailer.sandbox.faults import Fault, error_body
from mailer.sandbox.life import INVALID, PlannedEvent, chances
from mailer.sandbox.reception import JSON, Answer, Refusal, authorize, limits, refused
from mailer.sandbox.store import Store
from mailer.sandbox.turns import Turns

PATH, GLOBAL = "/v3/suppression/", "/v3/asm/suppressions/global/"
# A key that may send and do nothing else, as one made for a mailer often is.
SEND_ONLY_KEY = "SG.send-only"
MOST = 500  # items of one page
LATEST = 2**62  # unix seconds that SQLite can hold

BOUNCES, BLOCKS, INVALIDS = "bounces", "blocks", "invalid_emails"
SPAM_REPORTS, UNSUBSCRIBES = "spam_reports", "unsubscribes"
# What each list tells of an address, beside the address and since when.
TELLS = {
    BOUNCES: ("reason", "status"),
    BLOCKS: ("reason", "status"),
    INVALIDS: ("reason",),
    SPAM_REPORTS: ("ip",),
    UNSUBSCRIBES: (),
}
# Why a letter to someone in it is dropped; the first that applies is said.
TURNS_AWAY = {
    BOUNCES: "Bounced Address",
    INVALIDS: INVALID,
    SPAM_REPORTS: "Spam Reporting Address",
    UNSUBSCRIBES: "Unsubscribed Address",
}
# A drop for such a reason shows that the address had been in the list before.
_DROPPED_FROM = {reason: name for name, reason in TURNS_AWAY.items()}
_NO_SUCH_ADDRESS = "Known bad domain"
_FORWARDER = "192.0.2.44"  # RFC 5737: nobody's


def asked(path: str) -> bool:
    """Return whether a request to `path` is for this part of the API."""
    return path.startswith((PATH, GLOBAL))


def note(connection: sqlite3.Connection, first_copy: int, lives: Iterable[Iterable[PlannedEvent]]) -> None:
    """Put into the lists whoever will be in them by the lives of the copies from `first_copy` on."""
    rows = [
        (name, event.happened_at, *_words(name, event), first_copy + n)
        for n, life in enumerate(lives)
        for event in life
        if (name := _list_after(event))
    ]
    if rows:
        connection.executemany(_NOTE, rows)


def turned_away(store: Store, addresses: Collection[str], now: float) -> dict[str, str]:
    """Return which of `addresses` get nothing at `now` (unix seconds), in small letters, each with why."""
    named = sorted({address.lower() for address in addresses})
    marks, names = ",".join("?" * len(named)), ",".join("?" * len(TURNS_AWAY))
    with store.reading() as connection:
        rows = connection.execute(
            f"SELECT address, list FROM suppression WHERE created <= ? AND list IN ({names})"
            f" AND address IN ({marks})",
            (int(now), *TURNS_AWAY, *named),
        ).fetchall()
    found: dict[str, set[str]] = {}
    for address, name in rows:
        found.setdefault(address, set()).add(name)
    return {
        address: next(reason for name, reason in TURNS_AWAY.items() if name in theirs)
        for address, theirs in found.items()
    }


def answer(request: Request, store: Store, now: float, turns: Turns) -> Answer:
    """Decide the answer to one request; `now` in unix seconds."""
    try:
        _authorize(request)
        number, orders = turns.next_question()
        if chances(orders.seed, f"suppressions {number}")[0] < orders.logs.rate:
            tired = limits(now, remaining=0, wait=orders.wait)
            return Answer(429, error_body([Fault("too many requests")]), JSON | tired)
        name, address = _named(request.path)
        return _remove(request, store, name, address) if address else _show(request, store, name, now)
    except Refusal as refusal:
        return refusal.answer


def _authorize(request: Request) -> None:
    authorize(request)
    if request.headers["Authorization"].partition(" ")[2].strip() == SEND_ONLY_KEY:
        raise Refusal(403, Fault("access forbidden"))


def _named(path: str) -> tuple[str, str]:
    """Return the list that a path names, and the address in it, '' for the whole list."""
    if path.startswith(GLOBAL):
        return UNSUBSCRIBES, path.removeprefix(GLOBAL)
    name, _, address = path.removeprefix(PATH).partition("/")
    if name not in TELLS or (address and name == UNSUBSCRIBES):
        raise Refusal(404, Fault("not found"))
    return name, address


def _show(request: Request, store: Store, name: str, now: float) -> Answer:
    if request.method != "GET":
        raise Refusal(405, Fault("method not allowed"))
    limit = _number(request, "limit", MOST, least=1, most=MOST)
    offset = _number(request, "offset", 0)
    since, until = _number(request, "start_time", 0), _number(request, "end_time", LATEST)
    with store.reading() as connection:
        rows = connection.execute(_SHOW, (name, since, min(until, int(now)), limit, offset)).fetchall()
    items = [
        {"created": row["created"], "email": row["address"]}
        | {key: _FORWARDER if key == "ip" else row[key] for key in TELLS[name]}
        for row in rows
    ]
    return Answer(200, orjson.dumps(items), JSON | limits(now))


def _remove(request: Request, store: Store, name: str, address: str) -> Answer:
    if request.method != "DELETE":
        raise Refusal(405, Fault("method not allowed"))
    with store.writing() as connection:
        removed = connection.execute(
            "DELETE FROM suppression WHERE list = ? AND address = ?", (name, address.lower())
        ).rowcount
    return Answer(204) if removed else refused(404, Fault("not found"))


def _number(request: Request, name: str, default: int, *, least: int = 0, most: int = LATEST) -> int:
    """Return what the query says of `name`; refuse what is no whole number from `least` to `most`."""
    written = request.args.get(name, "")
    if not written:
        return default
    if not (written.isascii() and written.isdigit() and least <= int(written) <= most):
        raise Refusal(400, Fault(f"{name} must be a whole number from {least} to {most}", name))
    return int(written)


def _list_after(event: PlannedEvent) -> str:
    """Return the list that an event puts its reader into, or ''."""
    match event.kind:
        case "bounce":
            return BLOCKS if event.details.get("type") == "blocked" else BOUNCES
        case "dropped":
            return _DROPPED_FROM.get(str(event.details.get("reason")), "")
        case "spamreport":
            return SPAM_REPORTS
        case "unsubscribe":
            return UNSUBSCRIBES
        case _:
            return ""


def _words(name: str, event: PlannedEvent) -> tuple[str, str]:
    """Return reason and status as the list tells them."""
    if event.kind == "bounce":
        return str(event.details.get("reason", "")), str(event.details.get("status", ""))
    if event.kind == "dropped" and name == BOUNCES:
        return "550 5.1.1 user unknown", "5.1.1"  # what it was when nobody here looked
    return (_NO_SUCH_ADDRESS if name == INVALIDS else ""), ""


# Who is in a list already stays there since then.
_NOTE = """
INSERT INTO suppression (address, list, created, reason, status)
SELECT lower(address), ?, ?, ?, ? FROM copy WHERE id = ?
ON CONFLICT (address, list) DO NOTHING
"""
_SHOW = """
SELECT address, created, reason, status FROM suppression WHERE list = ? AND created BETWEEN ? AND ?
ORDER BY created DESC, address LIMIT ? OFFSET ?
"""
