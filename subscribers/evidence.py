"""Consent as evidence: who agreed to what, when and how; a line for each change, added and never altered."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from subscribers.models import Consent, Subscription
from subscribers.vocabulary import Action


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
    Consent.objects.create(
        subscriber_id=subscription.subscriber_id,
        list_id=subscription.list_id,
        action=action,
        at=at,
        how=how,
        wording=origin.wording,
        network=origin.network,
        detail=detail(now, before),
    )


def detail(now: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a line says of the change: the new values by name, the old ones under "before"."""
    return {**(now or {}), **({"before": dict(before)} if before else {})}
