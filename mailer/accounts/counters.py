"""What allauth counts and remembers for a while, in a table of ours: as JSON, so that a row can run nothing.

Django's own database cache would unpickle whatever somebody wrote there.
"""

import datetime as dt
import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction

from mailer.accounts.models import Counter

_FOR_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class Counters(BaseCache):
    """A cache over the table desk_counter; values are whatever JSON can say. Raises TypeError for others."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        """Take Django's settings of a cache."""
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:  # noqa: ANN401 - Django's own signature
        """Return what is kept, as long as it holds."""
        row = Counter.objects.filter(pk=self._key(key, version), expires__gt=_now()).first()
        return default if row is None else json.loads(row.value)

    def set(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - the same
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Keep a value for so many seconds."""
        so = {"value": json.dumps(value), "expires": self._until(timeout)}
        Counter.objects.update_or_create(pk=self._key(key, version), defaults=so)

    def add(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - the same
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep a value where none is kept; return whether that was so. Of two at once one is told so."""
        name, so = self._key(key, version), {"value": json.dumps(value), "expires": self._until(timeout)}
        try:
            with transaction.atomic():
                Counter.objects.create(pk=name, **so)
        except IntegrityError:
            # Somebody was first; what they kept may be over.
            return Counter.objects.filter(pk=name, expires__lte=_now()).update(**so) == 1
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; return whether there was one."""
        return Counter.objects.filter(pk=self._key(key, version)).delete()[0] > 0

    def touch(
        self,
        key: str,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep a value for so many seconds from now on; return whether there is one."""
        kept = Counter.objects.filter(pk=self._key(key, version), expires__gt=_now())
        return kept.update(expires=self._until(timeout)) == 1

    def clear(self) -> None:
        """Forget everything."""
        Counter.objects.all().delete()

    def _key(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _until(self, timeout: float | None) -> dt.datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return _FOR_EVER if seconds is None else _now() + dt.timedelta(seconds=seconds)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
