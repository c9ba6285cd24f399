"""Named places where a plug may be pulled; nothing happens at them unless a test says so.

Each stands before or after a step that must not be half done. A test arms them in its own process
(`arm`), and crosses every name with an exception, a hard exit and a kill.
"""

from collections.abc import Callable

POINTS = (
    "freeze.before_commit",
    "freeze.after_commit",
    "claim.after_commit",
    "fire.after_journal",
    "fire.before_commit",
    "fire.after_commit",
    "submit.before_request",
    "submit.before_message",
    "submit.after_message",
    "submit.after_answer",
    "submit.after_journal",
    "settle.before_commit",
    "settle.after_commit",
    "replay.before_settle",
    "replay.after_settle",
    "events.before_commit",
    "events.after_commit",
    "cancel.before_commit",
    "cancel.after_commit",
    "resend.before_commit",
    "correct.after_cancel",
)

_pull: Callable[[str], None] | None = None


def reach(point: str) -> None:
    """Say that `point` is reached."""
    if _pull is not None:
        _pull(point)


def arm(pull: Callable[[str], None] | None) -> None:
    """Have `pull` called with the name of each point that is reached in this process; None: nothing again."""
    global _pull  # noqa: PLW0603 - one plug board for the process, empty but in tests
    _pull = pull
