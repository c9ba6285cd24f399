"""Change what a list says of itself and how it decides."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from subscribers import changes, list_fields
from subscribers.list_fields import ListError
from subscribers.models import List


@dataclass(frozen=True)
class Difference:
    """One field of a list, before and after."""

    field: str
    before: Any
    after: Any


def change(newsletter: List, *, by: str, at: dt.datetime, **given: object) -> tuple[Difference, ...]:
    """Set the fields given, in the words of list_fields.columns; return those that were otherwise before.

    Raises ListError where a value is wrong; nothing is changed then.
    """
    values = list_fields.columns(**given)
    with transaction.atomic():
        row = List.objects.select_for_update(no_key=True).filter(pk=newsletter.pk).first()
        if row is None:
            raise ListError(f"The list {newsletter.slug} is gone; `mailer lists ls` shows those there are")
        before = list_fields.stated(row)
        for column, value in values.items():
            setattr(row, column, value)
        after = list_fields.stated(row)
        differences = tuple(
            Difference(field, before[field], after[field]) for field in after if after[field] != before[field]
        )
        if differences:
            row.save(update_fields=list(values))
            changes.record(
                "lists set",
                by=by,
                at=at,
                newsletter=row,
                subject=row.slug,
                before={difference.field: difference.before for difference in differences},
                after={difference.field: difference.after for difference in differences},
            )
    newsletter.refresh_from_db()
    return differences
