"""The layouts in which others export their people, as they publish them; a table, not branches.

Mailchimp: the three files of an audience export. listmonk: cmd/subscribers.go. Ghost: members-csv. Substack:
email_list.csv, the list of paying readers, and the dashboard's export. Buttondown: the fields of its API, of
both generations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from subscribers.csvfiles.headers import plain
from subscribers.enrolling import Standing


@dataclass(frozen=True)
class Peer:
    """One layout: the columns by which it is known, what its columns are, and its own words of standing."""

    name: str
    known_by: frozenset[str]
    columns: Mapping[str, str]  # header as `headers.plain` has it: target
    words: Mapping[str, Standing] = field(default_factory=dict)


def of(header: Iterable[str]) -> Peer | None:
    """Return the peer that a header shows, if any."""
    names = {plain(name) for name in header}
    return next((peer for peer in PEERS if peer.known_by <= names), None)


def _peer(
    name: str, known_by: str, columns: Mapping[str, str], words: Mapping[str, Standing] | None = None
) -> Peer:
    return Peer(
        name,
        frozenset(plain(header) for header in known_by.split(",")),
        {plain(header): target for header, target in columns.items()},
        words or {},
    )


_BUTTONDOWN = {
    "email": "email",
    "email_address": "email",
    "subscriber_type": "status",
    "type": "status",
    "creation_date": "consent_at",
    "source": "consent",
    "tags": "tags",
    "metadata": "attributes",
    "unsubscription_date": "unsubscribed_at",
    "undeliverability_date": "bounced_at",
}
# “Paused” is a paying reader's pause of paying: they are subscribed still.
_BUTTONDOWN_WORDS = dict.fromkeys(
    ("active", "regular", "premium", "paid", "trialed", "unpaid", "gifted", "churned", "churning", "paused",
     "past due", "upcoming"),
    Standing.ACTIVE,
) | {
    "unactivated": Standing.PENDING,
    "unsubscribed": Standing.UNSUBSCRIBED,
    "undeliverable": Standing.BOUNCED,
    "complained": Standing.COMPLAINED,
    "blocked": Standing.BY_HAND,
    "spammy": Standing.BY_HAND,
    "removed": Standing.BY_HAND,
}  # fmt: skip

_SUBSTACK = {"Email": "email", "Name": "name", "Subscription source (free)": "consent"}

# The first that fits counts.
PEERS = (
    _peer(
        "Mailchimp",
        "Email Address,OPTIN_TIME,LEID,EUID",
        {
            "Email Address": "email",
            "First Name": "first_name",
            "Last Name": "last_name",
            "CONFIRM_TIME": "consent_at",
            "OPTIN_TIME": "consent_at",
            "UNSUB_TIME": "unsubscribed_at",
            "CLEAN_TIME": "bounced_at",
            "TAGS": "tags",
        },
    ),
    _peer(
        "listmonk",
        "uuid,email,name,attributes,status,created_at,updated_at",
        {
            "email": "email",
            "name": "name",
            "attributes": "attributes",
            "status": "status",
            "created_at": "consent_at",
        },
        {
            "enabled": Standing.ACTIVE,
            "disabled": Standing.BY_HAND,
            "blocklisted": Standing.BY_HAND,
        },
    ),
    _peer(
        "Ghost",
        "email,name,subscribed_to_emails,complimentary_plan,created_at,labels",
        {
            "email": "email",
            "name": "name",
            "subscribed_to_emails": "subscribed",
            "created_at": "consent_at",
            "deleted_at": "unsubscribed_at",
            "labels": "tags",
        },
    ),
    _peer(
        "Substack",
        "email,active_subscription,email_disabled,created_at",
        {"email": "email", "name": "name", "email_disabled": "unsubscribed", "created_at": "consent_at"},
    ),
    _peer(
        "Substack",
        "email,expiry,email_disabled,stripe_connected_customer_id,type",
        {"email": "email", "email_disabled": "unsubscribed"},
    ),
    _peer(
        "Substack",
        "Email,Name,Subscription type,Activity,Subscription date,Revenue",
        _SUBSTACK | {"Subscription date": "consent_at"},
    ),
    _peer(
        "Substack",
        "Email,Name,Stripe plan,Start date,Activity",
        _SUBSTACK | {"Start date": "consent_at"},
    ),
    _peer("Buttondown", "email_address,type,creation_date,tags", _BUTTONDOWN, _BUTTONDOWN_WORDS),
    _peer("Buttondown", "email,subscriber_type,creation_date,tags", _BUTTONDOWN, _BUTTONDOWN_WORDS),
)  # fmt: skip
