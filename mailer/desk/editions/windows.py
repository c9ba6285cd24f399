"""One person in several windows has one draft: each says with its form which state of it they have seen."""

import datetime as dt

from mailer.desk.access import DeskRequest
from mailer.models import Draft

_YEARS = range(2000, 3000)  # others would overflow where they are reckoned with


def stamp(draft: Draft | None) -> str:
    """Return what a form says of the draft that its page has shown; '' for none."""
    return draft.changed_at.isoformat() if draft else ""


def seen_in(request: DeskRequest) -> dt.datetime | None:
    """Return when the draft that a form's page has shown was changed; None for none, or nonsense."""
    try:
        seen = dt.datetime.fromisoformat(request.POST.get("draft", ""))
    except ValueError:
        return None
    return seen if seen.tzinfo and seen.year in _YEARS else None
