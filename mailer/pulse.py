"""The last sweep, kept where every process can see it: without one nothing that was lost is found again."""

import datetime as dt
import json

from mailer.database import execute, instant
from subscribers.models import Brake

_NAME = "sweep"
# Of an installation that stands still for longer it is of no interest when it last swept.
_KEPT = dt.timedelta(days=366)

# Over another's, whichever of two is later by a second: they swept alike.
KEEP = """
INSERT INTO brake (name, times, keep_until) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET times = excluded.times, keep_until = excluded.keep_until
"""


def note_sweep(*, now: dt.datetime) -> None:
    """Keep that a sweep did all that others wait for, whoever made it."""
    execute(KEEP, [_NAME, json.dumps([now.timestamp()]), instant(now + _KEPT)])


def last_sweep() -> dt.datetime | None:
    """Return when the last sweep began that did all that others wait for; None where there was none."""
    kept = Brake.objects.filter(pk=_NAME).first()
    return dt.datetime.fromtimestamp(kept.times[-1], dt.UTC) if kept and kept.times else None
