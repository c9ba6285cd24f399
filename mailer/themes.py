"""A list's themes: what is checked, set, and kept as a version each; an old one comes back as a new one."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from mailer import editions, pictures, preflight, rehearsal
from mailer.look import look_of
from mailer.manuscript.document import Document
from mailer.manuscript.pictures import names_in
from mailer.manuscript.reading import read
from mailer.models import Theme as Version
from mailer.rendering import theme_reading
from mailer.rendering.sets import render_sets
from mailer.rendering.theme import Fault, Theme
from mailer.rendering.values import Reading, Rendered
from subscribers import changes
from subscribers.errors import SubscribersError
from subscribers.models import List

LARGEST = 20_000  # bytes of a file


class ThemeError(SubscribersError):
    """A theme cannot be used; the message says where and why, a fault a line."""


def parse(data: bytes) -> dict[str, Any]:
    """Return what a theme's file says (TOML). Raises ThemeError."""
    if len(data) > LARGEST:
        raise ThemeError(f"A theme has at most {LARGEST:,} bytes, and this has {len(data):,}")
    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"This is no TOML: {error}") from None
    except RecursionError:
        raise ThemeError("This is no theme: its brackets are nested deeper than any entry's") from None


def check(owner: List, data: Mapping[str, Any]) -> tuple[Theme, tuple[Fault, ...]]:
    """Return the theme, and what is wrong with it for this list."""
    theme, faults = theme_reading.read(data)
    slugs = [interest.slug for interest in owner.interests.filter(retired_at=None)]
    strangers = (
        Fault(f"interests.{slug}", f"the list has no such interest; it has {', '.join(slugs) or 'none'}")
        for slug, _ in theme.interests
        if slug not in slugs
    )
    logo = theme.logo
    named = [(f"logo.{mode}", getattr(logo, mode)) for mode in ("light", "dark")] if logo else []
    shown = [(where, picture.name) for where, picture in named if picture]
    shown += [("footer", name) for name in sorted(names_in("\n".join(theme.footer)))]
    absent = pictures.missing(name for _, name in shown)
    lost = (
        Fault(where, "there is no such picture here: keep it with `mailer pictures add`")
        for where, name in shown
        if name in absent
    )
    look = replace(look_of(owner), theme=theme)
    faint = theme_reading.faint_labels(theme, {each.slug: each.colour for each in look.interests})
    said = preflight.check_footer(look, dt.datetime.now(dt.UTC))
    foot = (Fault("footer", f"line {line}: {message}") for line, message in said)
    return theme, (*faults, *strangers, *lost, *faint, *foot)


def put(owner: List, data: Mapping[str, Any], *, by: str, now: dt.datetime) -> int | None:
    """Make `data` the list's theme; return the version's number, None if it is so already.

    What was approved before is approved no more: it would look otherwise. Raises ThemeError.
    """
    _, faults = check(owner, data)
    if faults:
        raise ThemeError("\n".join(map(str, faults)))
    with transaction.atomic():
        locked = List.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if locked.theme == data:
            return None
        last = _last(locked)
        if last == 0 and locked.theme:  # how it looked before there were versions
            last = _keep(locked, 1, locked.theme, by="", now=locked.created_at)
        before = last
        number = _keep(locked, last + 1, dict(data), by=by, now=now)
        locked.theme = dict(data)
        locked.save(update_fields=["theme"])
        changes.record(
            "themes set", by=by, at=now, newsletter=locked, before={"theme": before}, after={"theme": number}
        )
    owner.theme = locked.theme
    return number


def restore(owner: List, number: int, *, by: str, now: dt.datetime) -> int | None:
    """Make an earlier version the list's theme again, as a new version. Raises ThemeError.

    Colours of interests that the list has no more are left out of it.
    """
    data = version(owner, number)
    if isinstance(of_interests := data.get("interests"), dict):
        offered = set(owner.interests.filter(retired_at=None).values_list("slug", flat=True))
        data["interests"] = {slug: shade for slug, shade in of_interests.items() if slug in offered}
    return put(owner, data, by=by, now=now)


def version(owner: List, number: int) -> dict[str, Any]:
    """Return the data of a version. Raises ThemeError."""
    found = Version.objects.filter(list=owner, number=number).values_list("data", flat=True).first()
    if found is None:
        raise ThemeError(
            f"{owner.slug} has no theme {number}; `mailer themes ls {owner.slug}` shows those there are"
        )
    return dict(found)


def versions(owner: List) -> list[dict[str, Any]]:
    """Return number, date and author of each version, newest first; the first is the one that counts."""
    rows = Version.objects.filter(list=owner).order_by("-number").values_list("number", "created_at", "by")
    return [{"version": number, "at": at, "by": by} for number, at, by in rows]


def preview(owner: List, data: Mapping[str, Any], *, edition: int | None = None) -> Rendered:
    """Return a letter in this theme: of an edition, else the list's newest, else the sample.

    Raises ThemeError, and EditionError.
    """
    theme, faults = check(owner, data)
    if faults:
        raise ThemeError("\n".join(map(str, faults)))
    look = replace(look_of(owner), theme=theme)
    reading = Reading()
    return render_sets(_document(owner, edition), look, [reading])[reading]


def described(owner: List, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that a theme says of the list's letters, with the default where it says nothing."""
    theme, _ = theme_reading.read(data)
    logo = theme.logo
    return {
        "list": owner.slug,
        "logo": None
        if logo is None
        else {
            "light": logo.light.reference,
            "dark": logo.dark.reference if logo.dark else "",
            "alt": logo.alt,
            "width": logo.width,
        },
        "colours": {name: asdict(shade) for name, shade in theme.palette.items()},
        "interests": {
            interest.slug: asdict(theme.shades[theme.place(interest.slug, interest.colour)])
            for interest in look_of(owner).interests
        },
        "type": {"headings": theme.headings, "text": theme.text},
        "order": list(theme.order),
        "sections": {title: {"style": style} for title, style in theme.styles},
        "footer": "\n".join(theme.footer),
    }


def told(described: Mapping[str, Any], *, above: str = "") -> list[tuple[str, str]]:
    """Return what `described` says as lines for a person: where, and what."""
    lines: list[tuple[str, str]] = []
    for name, value in described.items():
        where = f"{above}{name}"
        if isinstance(value, dict):
            lines += told(value, above=f"{where}.")
        else:
            lines.append((where, ", ".join(value) if isinstance(value, list) else str(value or "")))
    return lines


def _document(owner: List, number: int | None) -> Document:
    if number is None:
        newest = owner.editions.order_by("-pk").first()
    else:
        newest = editions.find(number)
        if newest.list_id != owner.pk:
            raise ThemeError(f"Edition {number} is one of {newest.list.slug}, not of {owner.slug}")
    if newest is not None:
        return editions.document_of(editions.newest(newest))
    sample = (rehearsal.SAMPLES / "edition.md").read_text(encoding="utf-8")
    return read(sample, tuple(rehearsal.INTERESTS))


def _last(owner: List) -> int:
    return (
        Version.objects.filter(list=owner).order_by("-number").values_list("number", flat=True).first() or 0
    )


def _keep(owner: List, number: int, data: Mapping[str, Any], *, by: str, now: dt.datetime) -> int:
    Version.objects.create(list=owner, number=number, data=dict(data), by=by, created_at=now)
    return number
