"""Columns, constraints and indexes, with their reasons; the verbs live in modules named for what they do."""

from mailer.models.deliveries import Delivery
from mailer.models.drafts import Draft
from mailer.models.editions import Approval, Edition, Revision, Story, Variant, VariantSet
from mailer.models.events import Event, EventBody, Glimpse
from mailer.models.pictures import Picture
from mailer.models.readerships import Readership
from mailer.models.sends import Attempt, Batch, Send
from mailer.models.tallies import Link, MailDomain, Reckoning, Tally, Trace
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
    "Glimpse",
    "Link",
    "MailDomain",
    "Picture",
    "Readership",
    "Reckoning",
    "Revision",
    "Send",
    "Story",
    "Tally",
    "Tester",
    "Theme",
    "Trace",
    "Transport",
    "Variant",
    "VariantSet",
]
