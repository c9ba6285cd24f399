"""The service's side of POST /v3/mail/send: a request in, one answer out."""

from dataclasses import replace
from typing import Any

from werkzeug import Request
from werkzeug.exceptions import ClientDisconnected

from mailer.sandbox import ledger, witness
from mailer.sandbox.endings import Ending
from mailer.sandbox.limits import check, sandboxed
from mailer.sandbox.misbehaving import ACCEPTING, Conduct, Facts, Kind, Misbehaviour, Step, plan
from mailer.sandbox.personalizations import NAMES
from mailer.sandbox.reception import Answer, Refusal, authorize, decode, limits, new_id, read, refused
from mailer.sandbox.store import Store
from mailer.sandbox.trouble import trouble
from mailer.sandbox.turns import Turns
from mailer.sandbox.witness import Seen

# The sender's own id of a request, which the witness writes down.
ATTEMPT = "nl_attempt"
ACCEPTED = 202
# What looks like trouble, the letters taken or not.
TROUBLED = ACCEPTING - {Kind.WELL, Kind.SLOW}
POISONED, CLIENT_GONE = "poisoned", "client-gone"


def answer(request: Request, store: Store, now: float, turns: Turns) -> Answer:
    """Decide the answer to one request to send; the ledger is written before an acceptance is returned.

    `now` is in unix seconds. The witness writes every request down; a body that is cut short takes nothing.
    """
    ordinal, orders, step = turns.next()
    seen = Seen(ordinal, now, "", 0, step.kind, accepted=False, status=None)
    try:
        if step.kind is Kind.RESET_IN_BODY:
            request.stream.read((request.content_length or 0) // 2)
            return _noted(store, seen, Answer(0, ending=Ending.RESET))
        authorize(request)
        raw = read(request)
        body = decode(raw)
    except ClientDisconnected:
        return _noted(store, replace(seen, conduct=CLIENT_GONE), Answer(0, ending=Ending.EMPTY))
    except Refusal as refusal:
        return _noted(store, replace(seen, conduct=Kind.WELL), refusal.answer)
    people = body.get("personalizations") if isinstance(body, dict) else None
    if isinstance(people, list):
        seen = replace(seen, attempt=_attempt(body, people), personalizations=len(people))
    if found := _unaccepted(body, seen, step, orders):
        conduct, said = found
        return _noted(store, replace(seen, conduct=conduct), said)
    said = trouble(Conduct(step), orders, now) if step.kind in TROUBLED else Answer(202, headers=limits(now))
    seen = replace(seen, accepted=True, status=said.status or None, mute=step.mute)
    return _taken(said, step, orders, ledger.accept(store, body, raw, now, seen=seen))


def _unaccepted(body: Any, seen: Seen, step: Step, orders: Misbehaviour) -> tuple[str, Answer] | None:  # noqa: ANN401 - whatever JSON holds
    """Return what is called and said where a request is not accepted, else None."""
    if step.kind not in ACCEPTING:
        conduct = plan(orders, seen.ordinal, step, Facts([()] * seen.personalizations))
        return step.kind, trouble(conduct, orders, seen.at)
    if faults := check(body, seen.at):
        return Kind.WELL, refused(400, *faults)
    conduct = plan(orders, seen.ordinal, step, Facts(_addresses(body)))
    if conduct.poisoned:
        return POISONED, trouble(conduct, orders, seen.at)
    if sandboxed(body):
        # Checked and thrown away: neither queued nor counted, and no event will come.
        return Kind.WELL, Answer(200, headers={"X-Message-Id": new_id()} | limits(seen.at))
    return None


def _taken(said: Answer, step: Step, orders: Misbehaviour, message_id: str) -> Answer:
    """Return what is said once the ledger holds the copies."""
    if said.status == ACCEPTED:
        said = replace(said, headers={"X-Message-Id": message_id} | said.headers)
    if step.kind is Kind.SLOW:
        said = replace(said, ending=Ending.LATE, patience=orders.slow)
    return replace(said, message_id=message_id, early=step.early and not step.mute)


def _noted(store: Store, seen: Seen, said: Answer) -> Answer:
    """Write down a request that was not accepted."""
    witness.record(store, replace(seen, status=said.status or None))
    return said


def _attempt(body: dict[str, Any], people: list[Any]) -> str:
    """Return the sender's own id of the request, '' where the body has none or is unsound."""
    for holder in (body, *people[:1]):
        arguments = holder.get("custom_args") if isinstance(holder, dict) else None
        found = arguments.get(ATTEMPT) if isinstance(arguments, dict) else None
        if isinstance(found, str):
            return found
    return ""


def _addresses(body: dict[str, Any]) -> list[list[str]]:
    """Return whom each personalization of a sound body is addressed to."""
    return [
        [person["email"] for kind in NAMES for person in each.get(kind, ())]
        for each in body["personalizations"]
    ]
