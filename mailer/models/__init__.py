"""Columns, constraints and indexes, with their reasons; the verbs live in modules named for what they do."""

from mailer.models.deliveries import Delivery
from mailer.models.drafts import Draft
from mailer.models.editions import Approval, Edition, Revision, Story, Variant, VariantSet
from mailer.models.events import Event, EventBody
from mailer.models.pictures import Picture
from mailer.models.readerships import Readership
from mailer.models.sends import Attempt, Batch, Send
from mailer.models.testers import Tester
from mailer.models.themes import Theme
from mailer.models.transports import Allowance, Transport

__all__ = [
    "Allowance",
    "Approval",
    "Attempt",
    "Batch",
    "Delivery",
    "Draft",
    "Edition",
    "Event",
    "EventBody",
    "Picture",
    "Readership",
    "Revision",
    "Send",
    "Story",
    "Tester",
    "Theme",
    "Transport",
    "Variant",
    "VariantSet",
]
