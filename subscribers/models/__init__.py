"""Columns, constraints and indexes, with their reasons; the verbs live in modules named for what they do."""

from subscribers.models.changes import Change
from subscribers.models.lists import Interest, List
from subscribers.models.outbox import Letter
from subscribers.models.people import Consent, Subscriber, Subscription, Suppression
from subscribers.models.segments import Segment

__all__ = [
    "Change",
    "Consent",
    "Interest",
    "Letter",
    "List",
    "Segment",
    "Subscriber",
    "Subscription",
    "Suppression",
]
