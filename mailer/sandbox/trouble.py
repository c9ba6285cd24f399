"""What the service says when it misbehaves: a conduct in, an answer out."""

from dataclasses import replace

from mailer.sandbox.endings import Ending
from mailer.sandbox.faults import UNREADABLE, Fault, error_body, fault
from mailer.sandbox.misbehaving import Conduct, Kind, Misbehaviour
from mailer.sandbox.reception import JSON, Answer, limits, new_id, refused

# Where redirects lead: whoever asks there has followed one.
ELSEWHERE = "/v3/mail/send/elsewhere"

HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>No answer upstream</h1></body></html>\n"

NAMED = "The to array is required for all personalization objects, and must have at least one email object"

# By the first word of a kind; a kind and its accepted twin look the same from outside.
SAID: dict[str, Answer] = {
    "302": Answer(302, headers={"Location": ELSEWHERE}),
    "307": Answer(307, headers={"Location": ELSEWHERE}),
    "401": refused(401, Fault("The provided authorization grant is invalid, expired, or revoked")),
    "403": refused(403, Fault("access forbidden")),
    "413": refused(413, Fault("content too large")),
    "500": refused(500, Fault("Internal Server Error")),
    "502": Answer(502, HTML, {"Content-Type": "text/html"}),
    "503": refused(503, Fault("Service Unavailable")),
    "504": Answer(504),
    "silence": Answer(0, ending=Ending.SILENCE),
    "reset": Answer(0, ending=Ending.RESET),
    "garbage": Answer(0, ending=Ending.GARBAGE),
    "empty": Answer(0, ending=Ending.EMPTY),
}


def trouble(conduct: Conduct, orders: Misbehaviour, now: float) -> Answer:
    """Return what is said in place of what a sound request would get; `now` in unix seconds."""
    kind = conduct.step.kind
    if conduct.poisoned or kind in (Kind.BAD_INDEX, Kind.BAD_NULL):
        named = [
            fault(f"{NAMED} with a valid email address.", f"personalizations.{n}.to", "personalizations.to")
            for n in conduct.named
        ]
        return refused(400, *(named or [UNREADABLE]))
    if kind is Kind.TOO_MANY:
        return Answer(
            429, error_body([Fault("too many requests")]), JSON | limits(now, remaining=0, wait=orders.wait)
        )
    if kind is Kind.OK:
        return Answer(200, headers={"X-Message-Id": new_id()} | limits(now))
    return replace(SAID[kind.partition("-")[0]], patience=orders.silence)
