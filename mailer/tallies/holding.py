"""Who may count a send, and when: nothing of its copies changes while it is counted anew.

Both are asked for before any copy is locked, so that nobody waits in a ring.
"""

from collections.abc import Collection

from mailer.database import fetch, locking, marks
from mailer.models import Send

# Whatever applies, erases or puts together at once holds a send like this, and none waits for another.
HOLD_SENDS = """
SELECT id FROM send WHERE id IN (SELECT send_id FROM delivery WHERE id IN ({marks})) ORDER BY id
"""


def hold(copies: Collection[int]) -> None:
    """Hold the sends of these copies against being counted anew, until this transaction is over."""
    if copies:
        fetch(HOLD_SENDS.format(marks=marks(copies)) + locking("KEY SHARE"), list(copies))


def hold_alone(send: int) -> None:
    """Hold a send so that nothing is applied to it until this transaction is over."""
    Send.objects.select_for_update().get(pk=send)
