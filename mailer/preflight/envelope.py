"""Rules of what an inbox shows: subject, preheader, sender."""

import re
import unicodedata
from collections.abc import Iterator

from mailer.manuscript.faults import quoted
from mailer.preflight.values import Found, Matter
from mailer.rendering.columns import width
from mailer.rendering.wording import PREHEADER, subject

# What a wide window shows of a subject; a phone about 40, so that what matters stands first.
MOST_SUBJECT = 60
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_FALSE_START = re.compile(r"(?:re|fwd?|aw|wg|tr|sv)\s*:", re.IGNORECASE)


def length(text: str) -> int:
    """Return how long a reader sees `text`: letters with their marks once, emoji and East Asian twice."""
    bare = "".join(letter for letter in text if unicodedata.category(letter) != "Mc")
    return width(_SKIN_TONES.sub("", bare))


def long_subject(matter: Matter) -> Iterator[Found]:
    """Find a subject that inboxes cut."""
    shown = subject(matter.document)
    if (number := length(shown)) > MOST_SUBJECT:
        said = f"The subject is {number} characters long and inboxes show about {MOST_SUBJECT}"
        advice = "" if matter.document.subject else ", as subject: … in the front matter"
        yield Found(f"{said}: shorten it{advice}", matter.page.key("subject", "title"))


def empty_subject(matter: Matter) -> Iterator[Found]:
    """Find a subject of signs alone."""
    shown = subject(matter.document)
    if not any(map(str.isalnum, shown)):
        said = "The subject has no letter and no figure: say in it what the edition is about"
        yield Found(said, matter.page.key("subject", "title"))


def reply_subject(matter: Matter) -> Iterator[Found]:
    """Find a subject that pretends to answer (15 USC 7704(a)(2): a subject must not mislead)."""
    if found := _FALSE_START.match(subject(matter.document)):
        said = (
            f"The subject begins with {quoted(found[0])} as if it were an answer, which misleads: delete that"
        )
        yield Found(said, matter.page.key("subject", "title"))


def long_preheader(matter: Matter) -> Iterator[Found]:
    """Find a preheader that inboxes cut."""
    if (number := length(matter.document.preheader)) > PREHEADER:
        said = f"The preheader is {number} characters long and inboxes show about {PREHEADER}"
        yield Found(f"{said}: shorten it", matter.page.key("preheader"))


def repeated_preheader(matter: Matter) -> Iterator[Found]:
    """Find a preheader that says the subject again, or says nothing."""
    written = matter.document.preheader
    said, repeated = _letters(written), _letters(subject(matter.document))
    if written and (not said or said == repeated):
        what = "repeats the subject" if said else "has no letter and no figure"
        advice = "say more in it, or delete it: the first headlines stand there then"
        yield Found(f"The preheader {what}: {advice}", matter.page.key("preheader"))


def no_sender(matter: Matter) -> Iterator[Found]:
    """Find a list that writes from nowhere."""
    if "@" not in matter.sender_address:
        yield Found(_about_sender(matter, "no sender address"))


def nameless_sender(matter: Matter) -> Iterator[Found]:
    """Find a sender without a name: inboxes show the bare address."""
    if matter.sender_address and not any(map(str.isalnum, matter.sender_name)):
        yield Found(_about_sender(matter, "no sender name, so inboxes show the bare address"))


def _about_sender(matter: Matter, lacks: str) -> str:
    slug = matter.look.list_slug
    return f'List {slug} has {lacks}: `mailer lists set {slug} --from "Name <address>"`'


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
