"""Rules of what every letter must say: who writes, and how to leave."""

import re
from collections.abc import Iterator
from html import unescape

from mailer.preflight.reading import solid
from mailer.preflight.values import Found, Letter, Matter
from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK

_FOOT = 8_000  # characters
_LINK = re.compile(r"<a\s[^>]*?href=[\"']?([^\"'\s>]+)", re.IGNORECASE)


def no_postal_address(matter: Matter) -> Iterator[Found]:
    """Find letters without the list's postal address (CAN-SPAM, 15 USC 7704(a)(5))."""
    slug, address = matter.look.list_slug, matter.look.postal_address
    if not address.strip():
        yield Found(f'List {slug} has no postal address: `mailer lists set {slug} --postal-address "…"`')
        return
    lines = [solid(line) for line in address.splitlines()]
    lacking = tuple(
        letter.name
        for letter in matter.letters
        if any(line not in letter.solid_text for line in lines)
        or (letter.rendered.html and not _stand_in(letter.seen, lines))
    )
    if lacking:
        yield Found("The postal address is missing: put it back into the letter's template", variants=lacking)


def no_way_to_leave(matter: Matter) -> Iterator[Found]:
    """Find letters without the reader's own link to leave."""
    yield from _without(matter, LEAVE_MARK, "the link to leave")


def no_preferences(matter: Matter) -> Iterator[Found]:
    """Find letters without the reader's own link to their interests."""
    yield from _without(matter, PREFERENCES_MARK, "the link to change one's interests")


def _without(matter: Matter, mark: str, what: str) -> Iterator[Found]:
    lacking = tuple(
        letter.name
        for letter in matter.letters
        if mark not in letter.rendered.text or (letter.rendered.html and mark not in _links(letter))
    )
    if lacking:
        yield Found(
            f"{what.capitalize()} is missing: put {mark} back into the letter's template", variants=lacking
        )


def _stand_in(html: str, lines: list[str]) -> bool:
    """Return whether all lines, without their spaces, stand in HTML; the foot of it has them, as a rule.

    It is cut before a tag, which no character reference and no mark goes across.
    """
    foot = max(html.rfind("<", 0, max(len(html) - _FOOT, 0)), 0)
    return any(
        all(line in said for line in lines) for said in (solid(unescape(html[start:])) for start in (foot, 0))
    )


def _links(letter: Letter) -> set[str]:
    """Return where the links lead that a reader of this letter sees."""
    return set(_LINK.findall(letter.seen))
