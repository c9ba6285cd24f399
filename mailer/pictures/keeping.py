"""Pictures as rows: every host of an installation serves them, and a copy of the database has them all."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Length

from mailer.manuscript.pictures import SCHEME, picture
from mailer.models import Picture
from mailer.pictures.encoding import Encoded


def keep(encoded: Encoded, *, source: str, by: str, now: dt.datetime) -> str:
    """Keep a picture and return its name; one that is kept already stays as it came first.

    `source` is the file or address that it was made of.
    """
    name = encoded.name
    Picture.objects.bulk_create(
        [Picture(name=name, data=encoded.data, source=source[:1000], by=by, created_at=now)],
        ignore_conflicts=True,
    )
    return name


def kept(name: str) -> bytes | None:
    """Return a picture's bytes; None where there is none of that name."""
    if picture(name) is None:
        return None
    found = Picture.objects.filter(pk=name).values_list("data", flat=True).first()
    return None if found is None else bytes(found)


def missing(names: Iterable[str]) -> frozenset[str]:
    """Return those names of which there is no picture here."""
    asked = frozenset(names)
    there = Picture.objects.filter(pk__in=asked).values_list("pk", flat=True)
    return asked.difference(there) if asked else asked


def listing() -> list[dict[str, Any]]:
    """Return name, size in bytes, source, who kept it and when, newest first."""
    pictures = Picture.objects.annotate(size=Length("data")).order_by("-created_at", "name")
    return [
        {"name": name, "bytes": size, "source": source, "by": by, "kept": at.isoformat()}
        for name, size, source, by, at in pictures.values_list("name", "size", "source", "by", "created_at")
    ]


def markdown(name: str, alt: str) -> str:
    """Return the line of a story that shows a picture; `alt` says in words what that is."""
    escaped = alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"![{escaped}]({SCHEME}{name})"
