"""The keyed digests that make the audit log checkable: values in, 32 hexadecimal digits out.

Each line has a mark over all it says, made as it is written; each line that is sealed has a digest over the
digest before it, its number, its row's number and its mark. Without settings.HASH_KEY nobody makes either.

What is erased must leave nothing that a guess can be tried against, even by whoever holds the key: so a mark
covers a person, before and after only through a digest of their own, with a salt that goes with them.
Whoever changes what goes into a digest breaks every log there is.
"""

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from django.conf import settings

SIZE = 16  # octets
WRITTEN = SIZE * 2


@dataclass(frozen=True)
class Words:
    """What a line says that erasure cannot take: when, who, what, the list's number, the work, the subject.

    `told` is the digest of the rest.
    """

    at: dt.datetime
    who: str
    what: str
    list_number: int | None
    work: str
    subject: str
    told: str

    @property
    def mark(self) -> str:
        """Return the line's mark."""
        at = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return _digest("words", at, self.who, self.what, self.list_number, self.work, self.subject, self.told)


def chance() -> str:
    """Return a word that no other line has: a salt, or what the portions of one work have in common."""
    return secrets.token_hex(SIZE)


def told(salt: str, person: int | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the digest of what erasure takes out of a line."""
    return _digest("told", salt, person, _stored(dict(before)), _stored(dict(after)))


def blanked(mark: str) -> str:
    """Return what says of a line that an erasure has blanked it, and nobody else."""
    return _digest("blanked", mark)


def link(previous: str, number: int, row: int, mark: str) -> str:
    """Return a sealed line's digest; `previous` is that of the line before it, '' of the first."""
    return _digest("link", previous, number, row, mark)


def _stored(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value as both databases give it back: PostgreSQL writes 1e20 as the whole number it is."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list() | tuple():
            return [_stored(item) for item in value]
        case dict():
            return {str(name): _stored(item) for name, item in value.items()}
        case _:
            return value


def _digest(*parts: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    digest = _keyed(settings.HASH_KEY).copy()
    digest.update(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode())
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _keyed(secret: str) -> blake2b:
    key = blake2b(secret.encode()).digest()
    return blake2b(key=key, digest_size=SIZE, person=b"audit log")
