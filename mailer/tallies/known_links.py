"""The links of a send, written once from its letters, and the number that each is counted by."""

from collections.abc import Iterable

from mailer.database import execute_many, fetch, marks
from mailer.models.editions import CAN_TELL
from mailer.tallies.links import CANARY, OTHER, is_canary, link_key, links_in

READ_LINKS = "SELECT send_id, key, id FROM link WHERE send_id IN ({marks})"
READ_LETTERS = f"""
SELECT variant.html FROM variant
WHERE variant.id IN (SELECT variant_id FROM batch WHERE send_id = %s)
  AND {CAN_TELL}
ORDER BY variant.id
"""
INSERT_LINK = """
INSERT INTO link (send_id, key, url, position) VALUES (%s, %s, %s, %s) ON CONFLICT (send_id, key) DO NOTHING
"""


class KnownLinks:
    """The links of some sends."""

    def __init__(self, sends: Iterable[int]) -> None:
        """Read them; those of a send that has none yet are written first."""
        wanted = sorted(set(sends))
        self._numbers = _read(wanted)
        written = {send for send, _ in self._numbers}
        if missing := [send for send in wanted if send not in written]:
            for send in missing:
                write(send)
            self._numbers |= _read(missing)

    def number(self, send: int, url: str) -> int:
        """Return what a click on an address in a letter of this send is counted by."""
        if is_canary(url):
            return CANARY
        return self._numbers.get((send, link_key(url)), OTHER)


def write(send: int) -> None:
    """Write the links of a send, from its letter with the most links to the others; again, it adds none.

    Of letters that count none nobody can tell: a link of theirs alone is not there.
    """
    letters = [links_in(html) for (html,) in fetch(READ_LETTERS, [send])]
    urls = dict.fromkeys(url for links in sorted(letters, key=len, reverse=True) for url in links)
    rows = sorted((link_key(url), url, position) for position, url in enumerate(urls))
    if rows:
        execute_many(INSERT_LINK, [(send, key, url, position) for key, url, position in rows])


def _read(sends: list[int]) -> dict[tuple[int, str], int]:
    if not sends:
        return {}
    statement = READ_LINKS.format(marks=marks(sends))
    return {(send, key): number for send, key, number in fetch(statement, sends)}
