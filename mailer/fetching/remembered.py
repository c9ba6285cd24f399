"""What was asked of late, so that it is not asked again: a file that all processes of a host share.

A file, and no table or broker: what is in it may be lost at any moment, and costs a request then. It is
written beside and moved into place, so nobody reads half of it; of two that write at once the last wins.
"""

import dataclasses
import datetime as dt
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from mailer.fetching.values import Fetched, Hop, Outcome, Question, Refusal

KEPT = dt.timedelta(hours=1)
# Somebody may be mending what was wrong, and asks again to see.
KEPT_TROUBLE = dt.timedelta(minutes=5)
# Whom nobody reached was not bothered, and it may have been our own network.
_UNREACHED = frozenset(
    {Outcome.UNKNOWN_HOST, Outcome.NO_LOOKUP, Outcome.CLOSED, Outcome.UNREACHABLE, Outcome.SILENT}
)
MOST = 2_000  # answers
_LARGEST = 4_000_000  # bytes of the file
_SHAPE = 2
# Letters and figures without a word in them, as sessions are named; `;jsessionid=` ends in one.
_OPAQUE = re.compile(r"(?=[A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])(?<![A-Za-z0-9])[A-Za-z0-9]{16,}|;")


@dataclass(frozen=True)
class Remembered:
    """The memory in a file; where that cannot be read or written, it remembers nothing."""

    path: Path

    def recall(self, questions: Iterable[Question], now: dt.datetime) -> dict[Question, Fetched]:
        """Return what is still known of these."""
        known = self._read(now)
        found = {question: known[key][1] for question in questions if (key := _key(question)) in known}
        return {question: dataclasses.replace(fetched, recalled=True) for question, fetched in found.items()}

    def keep(self, answers: Mapping[Question, Fetched], now: dt.datetime) -> None:
        """Add answers that came now, and forget the oldest where there are too many."""
        came = {
            _key(question): (now, fetched)
            for question, fetched in answers.items()
            if fetched.outcome not in _UNREACHED
            and not any(_may_hold_a_token(hop.url) for hop in fetched.hops)
        }
        if not came:
            return
        known = self._read(now) | came
        newest = sorted(known.items(), key=lambda item: item[1][0])[-MOST:]
        kept = {key: {"at": at.timestamp(), **_written(fetched)} for key, (at, fetched) in newest}
        with suppress(OSError):
            self._write(orjson.dumps({"shape": _SHAPE, "answers": kept}))

    def _read(self, now: dt.datetime) -> dict[str, tuple[dt.datetime, Fetched]]:
        """Return what is in the file and not too old, by its key."""
        try:
            if self.path.stat().st_size > _LARGEST:
                return {}
            told = orjson.loads(self.path.read_bytes())
            if told["shape"] != _SHAPE:
                return {}
            known = {key: _value(dict(answer)) for key, answer in told["answers"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return {}
        return {key: value for key, value in known.items() if _is_fresh(*value, now)}

    def _write(self, content: bytes) -> None:
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            draft.replace(self.path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def _key(question: Question) -> str:
    """Return what stands for a question: an address may hold a token, and the file has it not."""
    kind = "image" if question.image else "link"
    return hashlib.sha256(f"{kind} {question.url}".encode(errors="surrogatepass")).hexdigest()[:40]


def _may_hold_a_token(url: str) -> bool:
    """Return whether a redirect's address may let somebody in: what leads there is asked again."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return bool(parts.query or parts.fragment or "@" in parts.netloc or _OPAQUE.search(parts.path))


def _written(fetched: Fetched) -> dict[str, Any]:
    answer = dataclasses.asdict(fetched)
    del answer["recalled"]
    return answer


def _value(answer: dict[str, Any]) -> tuple[dt.datetime, Fetched]:
    at = dt.datetime.fromtimestamp(answer.pop("at"), dt.UTC)
    answer |= {
        "outcome": Outcome(answer["outcome"]),
        "hops": tuple(Hop(**hop) for hop in answer["hops"]),
        "refusal": Refusal(answer["refusal"]) if answer["refusal"] else None,
    }
    return at, Fetched(**answer)


def _is_fresh(at: dt.datetime, fetched: Fetched, now: dt.datetime) -> bool:
    return dt.timedelta() <= now - at < (KEPT if fetched.is_well else KEPT_TROUBLE)
