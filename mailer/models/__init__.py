"""Columns, constraints and indexes, with their reasons; the verbs live in modules named for what they do."""

from mailer.models.deliveries import Delivery
from mailer.models.editions import Approval, Edition, Revision, Story, Variant, VariantSet
from mailer.models.events import Event, EventBody
from mailer.models.sends import Attempt, Batch, Send
from mailer.models.transports import Allowance, Transport

__all__ = [
    "Allowance",
    "Approval",
    "Attempt",
    "Batch",
    "Delivery",
    "Edition",
    "Event",
    "EventBody",
    "Revision",
    "Send",
    "Story",
    "Transport",
    "Variant",
    "VariantSet",
]
