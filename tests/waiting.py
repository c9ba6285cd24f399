"""Wait for a fact, not for a time."""

import threading
import time
from collections.abc import Callable


def until(fact: Callable[[], object], *, within: float = 20) -> None:
    """Return as soon as `fact` holds; fail if it does not `within` so many seconds."""
    deadline = time.monotonic() + within
    never = threading.Event()
    while not fact():
        assert time.monotonic() < deadline, f"still not so after {within:g} s"
        never.wait(0.02)
