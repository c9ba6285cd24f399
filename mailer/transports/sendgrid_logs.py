"""What SendGrid's Email Logs know of letters whose request was never answered.

A search (POST /v3/logs) finds the copies an address got within a time; only a copy's own page
(GET /v3/logs/{sg_message_id}) holds our custom_args, and may lack them. Copies appear there some
time after they were taken and are kept for 30 days: whoever asks must know that silence within
either is no evidence.
"""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from mailer.transports.sendgrid import ATTEMPT
from mailer.transports.sendgrid_client import NoAnswerError, NotHandedOverError, Once
from mailer.transports.sendgrid_verdict import said

MOST = 20  # copies looked at for one reader; the API knows no second page
OK = 200


@dataclass(frozen=True)
class Question:
    """Was this reader's copy taken? `until` is the last moment at which it may have been."""

    address: str
    subject: str
    since: dt.datetime
    until: dt.datetime
    attempt: str = ""  # our own id of the request, hex; '' = any


@dataclass(frozen=True)
class Finding:
    """What the log says to one question; `message_id` is the request's, as a 202 would have told it."""

    known: bool = False
    message_id: str = ""
    # Whether it came with this very attempt; None where the log does not tell our ids.
    this_attempt: bool | None = None


@dataclass(frozen=True)
class Found:
    """One finding for each question, in their order.

    Where `complete` is False some question got no full answer: there, "not known" says nothing.
    """

    findings: tuple[Finding, ...]
    complete: bool
    detail: str = ""  # why it is not complete


class _Silence(Exception):  # noqa: N818 - the log said nothing of use, which is no error of anybody here
    """The log gave no full answer; the message says why."""


def ask(key: str, url: str, timeout: float, questions: Sequence[Question]) -> Found:
    """Ask the log at `url` each question, all within `timeout` seconds; raises nothing.

    After the first refusal nothing further is asked: the API's limits are narrow.
    """
    log = _Log(Once(key, url, timeout), time.monotonic() + timeout)
    findings: list[Finding] = []
    doubts: list[str] = []
    try:
        for question in questions:
            finding, doubt = log.look_for(question)
            findings.append(finding)
            if doubt and not finding.this_attempt:
                doubts.append(doubt)
    except _Silence as silence:
        doubts.append(str(silence))
    findings += [Finding()] * (len(questions) - len(findings))
    return Found(tuple(findings), not doubts, doubts[0] if doubts else "")


def search(address: str, since: dt.datetime, until: dt.datetime) -> str | None:
    """Return the query for the copies of one address within a time; None where it cannot be written.

    How a quote inside a value is escaped is documented nowhere, so that none is: a value stands in
    the quotes that it does not hold. The subject is compared here, not there, for the same reason.
    """
    quote = next((mark for mark in "'\"" if mark not in address), None)
    if quote is None or "\\" in address or not address.isprintable():
        return None
    first, last = (moment.astimezone(dt.UTC).replace(microsecond=0) for moment in (since, until))
    return (
        f"to_email = {quote}{address}{quote}"
        f' AND sg_message_id_created_at >= TIMESTAMP "{first:%Y-%m-%dT%H:%M:%SZ}"'
        f' AND sg_message_id_created_at <= TIMESTAMP "{last + dt.timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"'
    )


@dataclass
class _Log:
    once: Once
    deadline: float  # time.monotonic
    _pages: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def look_for(self, question: Question) -> tuple[Finding, str]:
        """Return the best that is known, and why that may not be all."""
        copies: list[Mapping[str, Any]] = []
        # As we wrote it and as SendGrid may have kept it: the search minds capitals.
        for address in dict.fromkeys((question.address, question.address.lower())):
            query = search(address, question.since, question.until)
            if query is None:
                return Finding(), "an address cannot be written as a query"
            copies = self._search(query)
            if copies:
                break
        doubt = "more copies than can be looked at" if len(copies) >= MOST else ""
        best = Finding()
        for copy in copies:
            finding = _judged(question, copy, self._page(str(copy.get("sg_message_id") or "")))
            if finding.this_attempt:
                return finding, ""
            if finding.known and (not best.known or finding.this_attempt is None):
                best = finding
        return best, doubt

    def _search(self, query: str) -> list[Mapping[str, Any]]:
        messages = self._read(("logs",), {"query": query, "limit": MOST}).get("messages")
        if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
            raise _Silence("an answer without messages")
        return messages

    def _page(self, message_id: str) -> Mapping[str, Any]:
        if message_id not in self._pages:
            self._pages[message_id] = self._read(("logs", message_id), None) if message_id else {}
        return self._pages[message_id]

    def _read(self, path: tuple[str, ...], question: Mapping[str, Any] | None) -> Mapping[str, Any]:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise _Silence("the time was up")
        try:
            if question is None:
                reply = self.once.get(path, timeout=left)
            else:
                reply = self.once.post(path, orjson.dumps(question), timeout=left)
        except (NotHandedOverError, NoAnswerError) as no:
            raise _Silence(str(no)) from no
        if reply.status != OK:
            raise _Silence(f"{reply.status} {said(reply.body)}".strip())
        try:
            value = orjson.loads(reply.body)
        except orjson.JSONDecodeError as error:
            raise _Silence("an answer that cannot be read") from error
        if not isinstance(value, dict):
            raise _Silence("an answer of another form")
        return value


def _judged(question: Question, copy: Mapping[str, Any], page: Mapping[str, Any]) -> Finding:
    """Return what one copy says to the question: our own ids decide, and the subject where they lack."""
    message_id = str(copy.get("sg_message_id") or "").partition(".")[0]
    attempts = _attempts(page)
    if question.attempt and question.attempt in attempts:
        return Finding(known=True, message_id=message_id, this_attempt=True)
    if _one_line(copy.get("subject")) != _one_line(question.subject):
        return Finding()
    theirs = None if not attempts or not question.attempt else False
    return Finding(known=True, message_id=message_id, this_attempt=theirs)


def _attempts(page: Mapping[str, Any]) -> set[str]:
    """Return the attempts a copy's page names, on itself or on its events."""
    events = page.get("events")
    holders = [page, *(events if isinstance(events, list) else [])]
    args = [holder.get("custom_args") for holder in holders if isinstance(holder, dict)]
    return {str(each[ATTEMPT]) for each in args if isinstance(each, dict) and each.get(ATTEMPT)}


def _one_line(subject: object) -> str:
    return " ".join(str(subject or "").split())
