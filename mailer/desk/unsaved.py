"""Text of an edition that somebody has typed and not saved, which is not what is tested, approved or sent."""

from dataclasses import dataclass

from mailer.desk.pages import local
from mailer.desk.sends import words
from mailer.models import Draft, Revision


@dataclass(frozen=True)
class Unsaved:
    """Who has text beside revision `number` of the edition, which was saved at `saved`, in words.

    `mine`: whoever looks has; `others` are the names of those who have too.
    """

    edition: int
    number: int
    saved: str
    mine: bool
    others: tuple[str, ...]


def of(newest: Revision, who: str) -> Unsaved:
    """Return who has typed what the newest revision does not say; `who` looks. One statement."""
    zone = newest.edition.list.zone
    differing = Draft.objects.filter(edition=newest.edition_id).exclude(text=newest.text)
    names = list(differing.order_by("who").values_list("who", flat=True))
    return Unsaved(
        edition=newest.edition_id,
        number=newest.number,
        saved=f"{local(newest.created_at, zone)} {words.place(zone)}",
        mine=who in names,
        others=tuple(name for name in names if name != who),
    )
