"""The three commits around one request, and what comes after: claim, fire, settle, prove, decide.

Every step is a compare-and-swap: what a row no longer says, somebody else has seen to. A crash
before `fire` commits is harmless; after it, the batch is in doubt until there is an answer or proof.
"""

from mailer.batches.claiming import (
    cancel_for_good,
    cancel_waiting,
    claim,
    due,
    give_back,
    hold_back,
    postpone,
    release,
    renew,
)
from mailer.batches.doubting import RESENDABLE, doubt, give_up, leave_out, resend, resend_once, unknown
from mailer.batches.firing import Fired, Limits, MiscountError, domains_of, fire
from mailer.batches.proving import lock, prove
from mailer.batches.settling import settle, submit

__all__ = [
    "RESENDABLE",
    "Fired",
    "Limits",
    "MiscountError",
    "cancel_for_good",
    "cancel_waiting",
    "claim",
    "domains_of",
    "doubt",
    "due",
    "fire",
    "give_back",
    "give_up",
    "hold_back",
    "leave_out",
    "lock",
    "postpone",
    "prove",
    "release",
    "renew",
    "resend",
    "resend_once",
    "settle",
    "submit",
    "unknown",
]
