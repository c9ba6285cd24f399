"""Write down what somebody of ours changed, in the transaction that changes it; and read it again.

Lines are added and never altered, but that erasure blanks what one says of a person. To write one is one
INSERT and waits for nobody: subscribers.sealing gives it its place in the order a moment after the commit.
"""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from subscribers import chaining
from subscribers.addresses import masked
from subscribers.models import Change, List, Subscriber

_BLANK = """
    UPDATE change SET before = '{}', after = '{}', salt = '', subscriber_id = NULL, blanked = %s WHERE id = %s
"""


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
    work: str = "",
) -> Change:
    """Add a line to the audit log, and return it: who did what, to what, and what was different before.

    `before` and `after` hold only what changed, as JSON takes it; what is the same in both is left out.
    Lines that have a `work` in common are one to whoever reads them: the last.
    """
    old, new = dict(before or {}), dict(after or {})
    same = {name for name, value in old.items() if name in new and new[name] == value}
    old = {name: value for name, value in old.items() if name not in same}
    new = {name: value for name, value in new.items() if name not in same}
    number, salt = newsletter.pk if newsletter else None, chaining.chance()
    told = chaining.told(salt, person.pk if person else None, old, new)
    return Change.objects.create(
        at=at,
        who=by,
        what=what,
        list=newsletter,
        list_number=number,
        subscriber=person,
        subject=subject,
        before=old,
        after=new,
        work=work,
        salt=salt,
        told=told,
        mark=chaining.Words(at, by, what, number, work, subject, told).mark,
    )


class Growing:
    """Work that is done in portions, each a transaction: killed after any, the log says how far it came.

    Each portion adds a line with what all came to so far, and `as_told` has the last.
    """

    def __init__(
        self, what: str, *, by: str, at: dt.datetime, newsletter: List | None = None, subject: str = ""
    ) -> None:
        """Write nothing yet: what changes nothing has no line."""
        self._record = partial(
            record, what, by=by, at=at, newsletter=newsletter, subject=subject, work=chaining.chance()
        )

    def write(self, after: Mapping[str, Any]) -> None:
        """Say what all portions came to so far, in the transaction of the last of them."""
        self._record(after=after)


def blank(lines: QuerySet[Change]) -> int:
    """Take out of these lines what they say of a person, and the person; return how many said anything.

    Call it in the transaction that erases them. The log stays whole: what is gone is known by its digest.
    """
    held = lines.filter(blanked="").select_for_update().order_by("pk")
    rows = list(held.values_list("pk", "mark", "before", "after"))
    with connection.cursor() as cursor:
        cursor.executemany(_BLANK, [(chaining.blanked(mark), number) for number, mark, _, _ in rows])
    return sum(bool(before or after) for _, _, before, after in rows)


def as_told() -> QuerySet[Change]:
    """Return the lines, but of work in portions only the last, which says what all of them came to."""
    later = Change.objects.filter(work=OuterRef("work"), pk__gt=OuterRef("pk")).exclude(work="")
    return Change.objects.exclude(Exists(later))


def listing(
    *,
    newsletter: List | None = None,
    who: str = "",
    since: dt.datetime | None = None,
    limit: int = 100,
    before: int | None = None,
) -> list[dict[str, Any]]:
    """Return the newest lines of the audit log, at most `limit`, the newest last; those before one's `id`.

    A line about a person names them by their number, and holds no address even if somebody wrote it there.
    """
    lines = as_told().select_related("list").order_by("-pk")
    if newsletter:
        lines = lines.filter(list=newsletter)
    if who:
        lines = lines.filter(who=who)
    if since:
        lines = lines.filter(at__gte=since)
    if before:
        lines = lines.filter(pk__lt=before)
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
