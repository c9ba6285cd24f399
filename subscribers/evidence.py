"""Consent as evidence: who agreed to what, when and how; a line for each change, added and never altered."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from subscribers import moments
from subscribers.models import Subscription
from subscribers.vocabulary import Action

_ADD = """
    INSERT INTO consent (subscriber_id, list_id, action, at, how, wording, network, detail)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Origin:
    """Where a reader's wish came from, as far as a request told.

    `wording` is the version of the form's text, `network` what `networks.minimised` leaves of an IP address.
    """

    wording: str = ""
    network: str = ""


UNSTATED = Origin()


def note(
    subscription: Subscription,
    action: Action,
    *,
    how: str,
    at: dt.datetime,
    origin: Origin = UNSTATED,
    now: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Add a line of evidence; call it in the transaction that changes the subscription.

    `now` and `before` hold what changed, as JSON takes it: {"interests": ["africa"]}, {"status": "paused"}.
    """
    add(subscription.subscriber_id, subscription.list_id, action, how, at, origin, detail(now, before))


def add(
    subscriber: int,
    newsletter: int,
    action: Action,
    how: str,
    at: dt.datetime,
    origin: Origin,
    said: Mapping[str, Any],
) -> None:
    """Add a line of evidence about the people and lists with these numbers; `said` is its detail."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD,
            [
                subscriber,
                newsletter,
                action.value,
                moments.bound(at),
                how,
                origin.wording,
                origin.network,
                json.dumps(said),
            ],
        )


def detail(now: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a line says of the change: the new values by name, the old ones under "before"."""
    return {**(now or {}), **({"before": dict(before)} if before else {})}


def standing(status: str, paused_until: dt.datetime | None) -> dict[str, str]:
    """Return where a subscription stands as evidence has it: its status, and until when it is paused."""
    until = {"paused_until": paused_until.astimezone(dt.UTC).isoformat()} if paused_until else {}
    return {"status": str(status), **until}
