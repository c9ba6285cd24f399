"""Columns, constraints and indexes, with their reasons; the verbs live in modules named for what they do."""

from subscribers.models.changes import Change, Seal
from subscribers.models.lists import Interest, List
from subscribers.models.outbox import Letter
from subscribers.models.people import Consent, Subscriber, Subscription, Suppression
from subscribers.models.requests import Brake, Departure, Request
from subscribers.models.segments import Segment

__all__ = [
    "Brake",
    "Change",
    "Consent",
    "Departure",
    "Interest",
    "Letter",
    "List",
    "Request",
    "Seal",
    "Segment",
    "Subscriber",
    "Subscription",
    "Suppression",
]
