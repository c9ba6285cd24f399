"""A send from schedule to settled: what the desk, the command line and the workers call.

The rows are the queue. Each verb may be called at any moment, twice or too late: a compare-and-swap
decides, and `sweep` finds whatever is due.
"""

from mailer.sends.controlling import cancel, pause, resume
from mailer.sends.correcting import correct, going, tried
from mailer.sends.delivering import deliver
from mailer.sends.errors import PassedError, SavedMeanwhileError, ScheduledMeanwhileError, SendError
from mailer.sends.finishing import finish
from mailer.sends.preparing import prepare
from mailer.sends.resolving import Resolved, leave_out, look_up, resend
from mailer.sends.scheduling import (
    find,
    going_on_beside,
    meanwhile,
    move,
    nobody_waits_for,
    same,
    schedule,
    standing,
    waiting_for,
)
from mailer.sends.sweeping import replay, sweep, tidy, work
from mailer.sends.testing import test

__all__ = [
    "PassedError",
    "Resolved",
    "SavedMeanwhileError",
    "ScheduledMeanwhileError",
    "SendError",
    "cancel",
    "correct",
    "deliver",
    "find",
    "finish",
    "going",
    "going_on_beside",
    "leave_out",
    "look_up",
    "meanwhile",
    "move",
    "nobody_waits_for",
    "pause",
    "prepare",
    "replay",
    "resend",
    "resume",
    "same",
    "schedule",
    "standing",
    "sweep",
    "test",
    "tidy",
    "tried",
    "waiting_for",
    "work",
]
