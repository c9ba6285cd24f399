"""What the pages of the office say: values in, words out."""

from collections.abc import Collection

from mailer.upcoming import Held


def anew(lost: Collection[Held]) -> str:
    """Return which approvals a change has undone, and what to do; '' where it undid none."""
    found = sorted(lost, key=lambda held: (held.edition, held.send or 0))
    parts = [f"edition {held.edition}" for held in found if held.send is None]
    parts += [
        f"edition {held.edition}, whose send {held.send} would stop at its hour: cancel it, and schedule the"
        f" edition again"
        for held in found
        if held.send is not None
    ]
    return f"Approved before this change, and to be approved anew: {'; '.join(parts)}." if parts else ""
