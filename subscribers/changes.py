"""Write down what somebody of ours changed, in the transaction that changes it; and read it again."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from subscribers.addresses import masked
from subscribers.models import Change, List, Subscriber


def record(
    what: str,
    *,
    by: str,
    at: dt.datetime,
    newsletter: List | None = None,
    person: Subscriber | None = None,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Change:
    """Add a line to the audit log, and return it: who did what, to what, and what was different before.

    `before` and `after` hold only what changed, as JSON takes it; what is the same in both is left out.
    """
    old, new = dict(before or {}), dict(after or {})
    same = {name for name, value in old.items() if name in new and new[name] == value}
    return Change.objects.create(
        at=at,
        who=by,
        what=what,
        list=newsletter,
        subscriber=person,
        subject=subject,
        before={name: value for name, value in old.items() if name not in same},
        after={name: value for name, value in new.items() if name not in same},
    )


class Growing:
    """One line about work that is done in portions, each a transaction: killed after any, it says how far."""

    def __init__(
        self, what: str, *, by: str, at: dt.datetime, newsletter: List | None = None, subject: str = ""
    ) -> None:
        """Write nothing yet: what changes nothing has no line."""
        self._record = partial(record, what, by=by, at=at, newsletter=newsletter, subject=subject)
        self._line: int | None = None

    def write(self, after: Mapping[str, Any]) -> None:
        """Say what all portions came to so far, in the transaction of the last of them."""
        written = Change.objects.filter(pk=self._line).update(after=dict(after)) if self._line else 0
        if not written:  # nor is it there if the first portion was rolled back
            self._line = self._record(after=after).pk


def listing(
    *,
    newsletter: List | None = None,
    who: str = "",
    since: dt.datetime | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Return the newest lines of the audit log, at most `limit`, the newest last.

    A line about a person names them by their number, and holds no address even if somebody wrote it there.
    """
    lines = Change.objects.select_related("list").order_by("-pk")
    if newsletter:
        lines = lines.filter(list=newsletter)
    if who:
        lines = lines.filter(who=who)
    if since:
        lines = lines.filter(at__gte=since)
    return [
        {
            "id": line.pk,
            "at": line.at,
            "who": line.who,
            "what": line.what,
            "list": line.list.slug if line.list else None,
            "subscriber": line.subscriber_id,
            "subject": line.subject,
            "before": _shown(line.before, of_a_person=line.subscriber_id is not None),
            "after": _shown(line.after, of_a_person=line.subscriber_id is not None),
        }
        for line in reversed(lines[:limit])
    ]


def _shown(fields: Mapping[str, Any], *, of_a_person: bool = True) -> dict[str, Any]:
    """Return fields by the alphabet, since PostgreSQL keeps them in an order of its own."""
    ordered = sorted(fields.items())
    return {name: _without_address(value) if of_a_person else value for name, value in ordered}


def _without_address(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    match value:
        case str():
            return masked(value) if "@" in value else value
        case list():
            return [_without_address(item) for item in value]
        case dict():
            return _shown(value)
        case _:
            return value
