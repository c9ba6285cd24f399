"""Columns, constraints and indexes, with their reasons; the verbs live in modules named for what they do."""

from mailer.models.deliveries import Delivery
from mailer.models.editions import Approval, Edition, Revision, Story, Variant, VariantSet
from mailer.models.events import Event, EventBody
from mailer.models.sends import Attempt, Batch, Send

__all__ = [
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
    "Variant",
    "VariantSet",
]
