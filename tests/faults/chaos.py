"""What goes wrong in one run, drawn from its seed: values alone, no process and no clock."""

from dataclasses import dataclass, field

from mailer.sandbox.misbehaving import Misbehaviour

WINDOW = 0.9  # seconds in which things go wrong
# How a person, or the list's policy, decides about what is unknown; hold: to the end of its useful life.
DECISIONS = ("hold", "resend", "leave_out", "look_up", "policy_resend", "policy_leave_out")
# An exception that the process survives, or dies of; a database that is away; an exit without a word; a
# process that goes on only when its lease is over; a kill.
HOWS = ("raise", "die", "away", "exit", "late", "kill")

# What SMTP servers do to one letter; only those in SMTP_ACCEPTING take it.
SMTP_KINDS = (
    "gone-before-content",
    "gone-in-content",
    "gone-after-dot",
    "gone-after-dot-accepted",
    "garbage-after-dot",
    "garbage-after-dot-accepted",
    "silence-after-dot",
    "silence-after-dot-accepted",
    "slow",
    "4xx-recipient",
    "5xx-recipient",
    "4xx-dot",
    "5xx-dot",
    "421-mail",
    "421-dot",
)
SMTP_ACCEPTING = frozenset({"well", "slow", *(kind for kind in SMTP_KINDS if kind.endswith("-accepted"))})


@dataclass(frozen=True)
class Pull:
    """At `at` seconds one of `who` is killed (`stays` 0), or stopped for `stays` seconds."""

    at: float
    who: str
    stays: float = 0.0


@dataclass(frozen=True)
class Crossing:
    """The `nth` time that anybody in this run reaches `point`, this is done to whoever it is."""

    point: str
    nth: int
    how: str


@dataclass(frozen=True)
class Act:
    """What a person, or the weather, does at `at` seconds; `size` says to how many, or for how long."""

    at: float
    what: str
    size: float = 1


@dataclass(frozen=True)
class Scenario:
    """One run, whole. Times in seconds since its audience was frozen; if `early`, since it was scheduled."""

    seed: int
    family: str
    smtp: bool = False
    readers: int = 60
    batch: int = 10
    workers: int = 3
    schedulers: int = 1
    orders: Misbehaviour = field(default_factory=Misbehaviour)
    smtp_kinds: tuple[str, ...] = ()
    pulls: tuple[Pull, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    acts: tuple[Act, ...] = ()
    decision: str = "leave_out"
    eventful: bool = False
    window: float = WINDOW
    early: bool = False
    celery: bool = False  # workers of Celery's and a broker, instead of looks at the rows
    broken: str = ""  # how the protocol is broken in it

    @property
    def name(self) -> str:
        """Return what a replay is asked for."""
        return f"{self.family}/{'smtp' if self.smtp else 'sendgrid'}/{self.seed}"
