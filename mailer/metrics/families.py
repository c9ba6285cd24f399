"""Every metric by its name: what it says, and by what it is told apart. No address is ever a label.

A list is named by its slug. All are gauges: they are read off the rows, which may also become fewer.
"""

from dataclasses import dataclass

PREFIX = "mailer_"
DAYS = 30  # how long back sends are counted
LAST_SEND, LATELY = "last_send", "30d"
SWEEP = "sweep"  # the one piece of work that is never due by a row


@dataclass(frozen=True)
class Family:
    """One metric; `means` is one line."""

    name: str
    means: str
    labels: tuple[str, ...] = ()


BUILD = Family(
    f"{PREFIX}build_info",
    "What runs here; always 1.",
    ("version", "database", "transport"),
)
BROKER = Family(f"{PREFIX}broker_up", "Whether the broker answers the web server: 1 or 0.")
SENDS = Family(
    f"{PREFIX}sends",
    f"Sends that are open, or were scheduled for the last {DAYS} days, by their status.",
    ("list", "status"),
)
DELIVERIES = Family(
    f"{PREFIX}deliveries",
    f"Deliveries of open sends and of those of the last {DAYS} days, by their outcome; tests are left out.",
    ("list", "transport", "outcome"),
)
UNACCOUNTED = Family(
    f"{PREFIX}deliveries_unaccounted",
    "Candidates of sends under way less the sum of all outcomes: always 0, or the ledger does not add up.",
    ("list",),
)
UNKNOWN = Family(
    f"{PREFIX}unknown_deliveries",
    "Deliveries of which nobody can tell now whether the transport took them, however old their send is.",
    ("list", "transport"),
)
UNKNOWN_AGE = Family(
    f"{PREFIX}unknown_age_seconds",
    "How long ago the oldest request in doubt was fired; 0 where there is none.",
    ("list", "transport"),
)
COPIES = Family(
    f"{PREFIX}copies",
    f"Copies of the last send, or of the last {DAYS} days, by what was told of them; not told is not there.",
    ("list", "transport", "span", "event"),
)
COMPLAINT_RATIO = Family(
    f"{PREFIX}complaint_ratio",
    "Complaints of the copies that were accepted and did not come back, from 0 to 1.",
    ("list", "transport", "span"),
)
BOUNCE_RATIO = Family(
    f"{PREFIX}bounce_ratio",
    "Bounces of the copies that were accepted, from 0 to 1.",
    ("list", "transport", "span"),
)
DUE = Family(
    f"{PREFIX}due",
    "Work that is due: send, batch, silent_request, letter (of a list), event_body, glimpse (of none).",
    ("work", "list", "transport"),
)
DUE_AGE = Family(
    f"{PREFIX}due_age_seconds",
    "How long the oldest of it has been due; 0 where nothing is.",
    ("work", "list", "transport"),
)
DONE = Family(
    f"{PREFIX}done_timestamp_seconds",
    "When work of this kind was last done, in seconds since 1970: send, batch, letter, event_body, sweep.",
    ("work",),
)
DOUBTS = Family(
    f"{PREFIX}transport_doubts",
    "How many of a transport's answers were unknown in a row; 0 where it is trusted.",
    ("transport",),
)

FAMILIES = (
    BUILD,
    BROKER,
    SENDS,
    DELIVERIES,
    UNACCOUNTED,
    UNKNOWN,
    UNKNOWN_AGE,
    COPIES,
    COMPLAINT_RATIO,
    BOUNCE_RATIO,
    DUE,
    DUE_AGE,
    DONE,
    DOUBTS,
)
