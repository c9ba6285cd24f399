"""All that is stored, to be compared; and links as they come by letter."""

import datetime as dt
from typing import Any, Literal

from django.apps import apps

from subscribers import answering, asking, tokens
from subscribers.addresses import parse
from subscribers.evidence import UNSTATED
from subscribers.models import Request, Subscription
from subscribers.vocabulary import RequestKind


def every_row() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, by the table's name."""
    return {
        model._meta.db_table: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
    }


def asked(
    kind: Literal[RequestKind.DATA, RequestKind.FORGET, RequestKind.READDRESS],
    reader: Subscription,
    *,
    at: dt.datetime | None = None,
    language: str = "en",
) -> int:
    """Return the request of a reader who asked for a link and was sent it, at that moment or just now."""
    moment = at or dt.datetime.now(dt.UTC)
    request = asking.ask(kind, reader.pk, language=language, origin=UNSTATED, at=moment)
    assert request is not None
    assert answering.answer(request, at=moment) is not None
    return request


def moving(reader: Subscription, new: str, *, at: dt.datetime | None = None) -> int:
    """Return the request of a reader who was sent a link to the new address."""
    moment = at or dt.datetime.now(dt.UTC)
    first = asked(RequestKind.READDRESS, reader, at=moment)
    request = asking.move(first, parse(new), language="en", origin=UNSTATED, at=moment)
    assert request is not None
    assert answering.answer(request, at=moment) is not None
    return request


def link(page: str, purpose: tokens.Purpose, number: int, more: int = 0) -> str:
    """Return the path of a page behind a token; one to a new address says whose."""
    if purpose == "move" and not more:
        more = Request.objects.filter(pk=number).values_list("subscriber", flat=True).first() or 0
    return f"/{page}/{tokens.make(purpose, number, more)}"
