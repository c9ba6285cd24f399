"""Work that two may do at once: it is rolled back whole, and done again."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

MOST = 5  # how often it is done again before it is an error

Result = TypeVar("Result")


def again_after_collision(work: Callable[[], Result]) -> Result:
    """Return what `work` does in a transaction of its own, done again where another got in its way.

    Raises IntegrityError or OperationalError after the fifth time; then nothing is written.
    """
    for _ in range(MOST - 1):
        try:
            with transaction.atomic():
                return work()
        except (IntegrityError, OperationalError):
            continue
    with transaction.atomic():
        return work()
