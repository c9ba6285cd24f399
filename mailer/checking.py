"""Preflight of an edition as its rows stand: what rules ask for is read here, once."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from mailer import counting, pictures
from mailer.fetching.values import Asks
from mailer.interest_sets import sets
from mailer.look import content_hash, look_of
from mailer.manuscript.document import Document
from mailer.manuscript.pictures import names_in
from mailer.models import Revision, Send, Story
from mailer.preflight import Earlier, Finding, Letter, Matter, Severity
from mailer.preflight import check as preflight
from mailer.preflight.online import wanted
from mailer.preflight.values import EVERYTHING
from mailer.rendering.assemble import carried
from mailer.rendering.sets import Letters
from mailer.rendering.values import Look, Reading
from mailer.tracking.chosen import rewriting_of
from mailer.vocabulary import SendKind, SendStatus

# How many sent editions of a list are searched for the same story.
LOOKED_BACK = 5


@dataclass(frozen=True)
class Checked:
    """What preflight found in a revision with its look, were it to leave at `at` (None: nobody has said)."""

    revision: int | None  # None: of a text that is not stored
    content_hash: str
    at: dt.datetime | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what stands in the way of approval."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """Return how many findings are for somebody to look at."""
        return len(self.findings) - len(self.errors)

    @property
    def blocked(self) -> bool:
        """Return whether it may not be approved."""
        return bool(self.errors)

    def described(self) -> list[dict[str, Any]]:
        """Return the findings in the shape of `editions check --json`."""
        names = ("rule", "severity", "line", "column", "message", "variants")
        values = map(dataclasses.asdict, self.findings)
        return [{name: value[name] for name in names} for value in values]


def check(
    revision: Revision,
    document: Document,
    *,
    now: dt.datetime,
    at: dt.datetime | None,
    online: Asks | None = None,
    readers: dict[frozenset[str], int] | None = None,
    letters: Letters | None = None,
) -> Checked:
    """Check the revision, whose text `document` is, as it would leave now; nothing is written.

    The revision need not be stored. `online` asks what is behind the addresses in it; None: nothing is
    fetched. `readers` spares counting them (counting), `letters` of the
    document in its look setting these again.
    """
    owner = revision.edition.list
    look = look_of(owner)
    readers = counting.exact(owner, now=now).choices if readers is None else readers
    zone = ZoneInfo(owner.zone)
    matter = Matter(
        text=revision.text,
        document=document,
        look=look,
        letters=_letters(document, look, readers, letters or Letters(document, look), tracked=owner.tracked),
        now=now,
        sends_on=(at or now).astimezone(zone).date(),
        zone=zone,
        sends_at=at,
        sender_name=owner.sender_name,
        sender_address=owner.sender_address,
        readers=readers,
        earlier=_earlier(revision),
        colours=look.theme.palette,
        shades=look.theme.shades,
        lost_pictures=pictures.missing(_pictures(revision, look)),
    )
    if online:
        matter = dataclasses.replace(matter, online=online(wanted(matter)))
    return Checked(revision.pk, content_hash(revision, look), at, preflight(matter))


def _pictures(revision: Revision, look: Look) -> frozenset[str]:
    """Return the names of the pictures that letters show: those of the text, and those of the theme."""
    theme = look.theme
    logos = {each.name for each in (theme.logo.light, theme.logo.dark) if each} if theme.logo else set()
    return names_in("\n".join((revision.text, *theme.footer))) | logos


def _letters(
    document: Document, look: Look, readers: dict[frozenset[str], int], letters: Letters, *, tracked: bool
) -> tuple[Letter, ...]:
    """Return the different letters, each once, with the sets of interests that get it."""
    named = carried(document)
    order = [interest.slug for interest in look.interests if interest.slug in named]
    readings = {EVERYTHING: Reading()}
    chosen = filter(None, sets(order, readers))
    readings |= {"+".join(some): Reading(frozenset(some)) for some in chosen}
    rendered = letters.of(readings.values())
    names: dict[tuple[str, str], list[str]] = {}
    for name, reading in readings.items():
        letter = rendered[reading]
        names.setdefault((letter.html, letter.text), []).append(name)
    rewriting = rewriting_of(settings.CONFIGURATION)
    return tuple(
        Letter(tuple(same), rendered[readings[same[0]]], tracked, rewriting) for same in names.values()
    )


def _earlier(revision: Revision) -> tuple[Earlier, ...]:
    """Return the stories of the list's editions that were sent last, newest first."""
    sent = (
        Send.objects.filter(
            edition__list=revision.edition.list_id, kind=SendKind.SEND, frozen_at__isnull=False
        )
        .exclude(edition=revision.edition_id)
        .exclude(status=SendStatus.CANCELLED)
        .order_by("-pk")
        .values_list("revision", flat=True)[: LOOKED_BACK * 4]  # an edition may have several, to segments
    )
    last = list(dict.fromkeys(sent))[:LOOKED_BACK]
    stories = Story.objects.filter(revision__in=last).order_by("-revision", "position")
    return tuple(
        Earlier(edition, date, title, url)
        for edition, date, title, url in stories.values_list(
            "revision__edition", "revision__edition__date", "title", "url"
        )
    )
