"""Columns, constraints and indexes, with their reasons; the verbs live in modules named for what they do."""

from subscribers.models.lists import Interest, List
from subscribers.models.outbox import Letter
from subscribers.models.people import Consent, Subscriber, Subscription, Suppression

__all__ = ["Consent", "Interest", "Letter", "List", "Subscriber", "Subscription", "Suppression"]
