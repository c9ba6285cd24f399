"""What one request carries: one letter, and the readers it goes to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Envelope:
    """What all readers of a batch share."""

    send: int
    attempt: str  # our own id of this request, hex
    list_slug: str
    list_host: str  # the host List-Id stands under
    sender_name: str
    sender_address: str
    reply_to: str  # '' = the sender
    subject: str
    html: str  # '' = text only
    text: str
    tracked: bool
    # The variant's hash, as the ledger names it: what was sent can be told byte for byte; '' = no variant.
    # Where openings and clicks are counted, `html` is what mailer.tracking.rewriting makes of the variant's.
    content: str = ""
    # The mailbox that takes bounces and unsubscribes by mail: bounces@b.example.org; '' = none.
    bounce_address: str = ""
    # A letter to one person that no person wrote, a notice for one: no list headers (RFC 3834 §5).
    automatic: bool = False


@dataclass(frozen=True)
class Reader:
    """What is one reader's own."""

    delivery: int
    address: str
    name: str
    leave_url: str
    preferences_url: str
    # What stands behind the + of the bounce address, for each purpose; '' without such a mailbox.
    bounce_token: str = ""
    leave_token: str = ""
    # Stands in the addresses that openings and clicks are counted by; '' where they are not, or not by us.
    token: str = ""
