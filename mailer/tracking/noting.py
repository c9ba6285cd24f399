"""Whose copy a picture or a link is of, where the link leads, and that somebody fetched or followed it."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection, transaction

from mailer.database import execute, fetch, is_postgresql
from mailer.models import Glimpse, Variant
from mailer.tallies.links import CANARY, links_in
from mailer.vocabulary import SendKind

# How long a reader waits for us to write; then they go where they wanted to, and are not counted.
PATIENCE = 1000  # milliseconds

# NULL counts as no: who was erased, or wants not to be counted any more, or on this list, is not.
READ_COPY = """
SELECT variant.id, variant.hash,
  (variant.tracked AND list.tracked AND subscriber.tracked)
FROM delivery
JOIN variant ON variant.id = delivery.variant_id
JOIN send ON send.id = delivery.send_id
JOIN edition ON edition.id = send.edition_id
JOIN list ON list.id = edition.list_id
LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.id = %s AND send.kind <> %s
"""


@dataclass(frozen=True)
class Copy:
    """One reader's copy: its letter's links in order, and whether it is counted now who opens and clicks."""

    delivery: int
    links: tuple[str, ...]
    counted: bool


def copy_of(delivery: int) -> Copy | None:
    """Return the copy with this number; None for a test, and for one that is gone."""
    if delivery >= 1 << 63:
        return None
    for variant, written, counted in fetch(READ_COPY, [delivery, SendKind.TEST]):
        return Copy(delivery, links_of(variant, written), bool(counted))
    return None


@lru_cache(maxsize=256)  # a variant is never changed, and all its readers ask
def links_of(variant: int, written: str) -> tuple[str, ...]:
    """Return the links of a variant's letter; `written` is its hash, which tells it from any other."""
    html = Variant.objects.filter(pk=variant, hash=written).values_list("html", flat=True).first()
    return links_in(html or "")


def note(copy: Copy, link: int | None, *, machine: bool, agent: int, now: dt.datetime) -> None:
    """Write that the picture (None), a link, or the CANARY of a copy was asked for.

    Raises DatabaseError where the database does not take it within PATIENCE; nobody waits for it longer.
    """
    if link is not None and link != CANARY and not 0 <= link < len(copy.links):
        raise ValueError(f"the letter has no link {link}")
    glimpse = Glimpse(
        delivery_ref=copy.delivery,
        link=link,
        machine=machine,
        agent=agent,
        at=now.replace(microsecond=0),  # as SendGrid tells it: whoever asks twice in a second, asked once
    )
    if is_postgresql():
        with transaction.atomic():
            execute(f"SET LOCAL statement_timeout = {PATIENCE}")
            glimpse.save(force_insert=True)
        return
    before = fetch("PRAGMA busy_timeout")[0][0]
    execute(f"PRAGMA busy_timeout = {min(PATIENCE, before)}")
    try:
        with transaction.atomic():
            glimpse.save(force_insert=True)
    finally:
        if connection.connection is not None:
            execute(f"PRAGMA busy_timeout = {before}")
