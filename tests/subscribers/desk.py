"""A person at a desk who imports texts into one list."""

import datetime as dt
from pathlib import Path

from subscribers import changes
from subscribers.importing import Imported, import_csv
from subscribers.models import Change, List, Subscription

HOW = "paper form at the spring meeting"


class Desk:
    """Imports texts into one list, as a person at a desk would."""

    def __init__(self, newsletter: List, folder: Path, now: dt.datetime) -> None:
        self.newsletter = newsletter
        self.file = folder / "people.csv"
        self.now = now

    def imports(
        self, text: str | bytes, *, skip_bad_rows: bool = False, dry_run: bool = False, consent: str = HOW
    ) -> Imported:
        self.file.write_bytes(text.encode() if isinstance(text, str) else text)
        return import_csv(
            self.newsletter,
            self.file,
            by="vera",
            consent=consent,
            at=self.now,
            skip_bad_rows=skip_bad_rows,
            dry_run=dry_run,
        )

    def people(self) -> dict[str, tuple[str, str, bool, int]]:
        rows = Subscription.objects.filter(list=self.newsletter).select_related("subscriber").order_by("pk")
        return {
            row.subscriber.address: (row.subscriber.name, row.status, row.everything, row.interests)
            for row in rows
        }


def audit() -> list[Change]:
    """Return what the audit log says of imports."""
    return list(changes.as_told().filter(what="subscribers import").order_by("pk"))
