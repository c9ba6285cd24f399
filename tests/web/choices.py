"""The form of preferences as a browser sends it, and what the page shows."""

import datetime as dt
import re
from typing import Any

from django.test import Client

from subscribers import tokens
from subscribers.models import Subscription

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
# What is sent by who has changed nothing: ticks that are set, and what the form ends with.
UNTOUCHED = {
    "interest": ["africa", "south-asia"],
    "pause": "none",
    "count": "on",
    "locale": "",
    "whole": "yes",
}


def link(subscription: Subscription) -> str:
    return f"/preferences/{tokens.make('preferences', subscription.pk, 31)}"


def form(**changed: str | list[str] | None) -> dict[str, Any]:
    """Return what is sent by who changed this; None takes a field away."""
    return {name: value for name, value in (UNTOUCHED | changed).items() if value is not None}


def ticked(written: str) -> set[str]:
    return set(re.findall(r'name="interest" value="([^"]+)" checked', written))


def seen(browser: Client, subscription: Subscription) -> str:
    return plain(browser.get(link(subscription)).content.decode())


def plain(written: str) -> str:
    """Return a page without the marks that keep names of another language apart."""
    return re.sub(r"</?bdi[^>]*>", "", written)
