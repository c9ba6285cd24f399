"""What a letter that is counted carries: values in, values out.

A function of the letter as it was approved, so that what left can be told from what is stored, byte for byte.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from mailer.rendering.values import TOKEN_MARK
from mailer.tallies.links import CANARY_PATH, hrefs, links_in

# What the last part of an address says of the link that no person sees; of the others it is their place.
UNSEEN = "x"
_END = re.compile(r"</body\s*>", re.IGNORECASE)
# Nobody sees it, nobody comes to it by keyboard, and no screen reader speaks of it.
_CANARY = '<a href="{url}" style="display:none" aria-hidden="true" tabindex="-1"></a>'
_PICTURE = '<img src="{url}" alt="" width="1" height="1" style="display:block;width:1px;height:1px;border:0">'


@dataclass(frozen=True)
class Rewriting:
    """How letters are counted: below `base_url`, by links and a picture of our own, or by the transport's.

    `own` False: the transport puts in its own, and of ours there is the canary alone.
    """

    base_url: str
    own: bool

    def of(self, html: str) -> str:
        """Return the HTML that leaves to who is counted; '' for ''. TOKEN_MARK is each reader's own."""
        return _rewritten(html, self.base_url, own=self.own) if html else ""


# Of an installation without an address.
TRANSPORTS = Rewriting("", own=False)


def link(base_url: str, token: str, place: int | str) -> str:
    """Return the address of the link at a place, counted from 0, or of the one that is UNSEEN."""
    return f"{base_url}/c/{token}/{place}"


def picture(base_url: str, token: str) -> str:
    """Return the address of the picture that an opening fetches."""
    return f"{base_url}/o/{token}"


def canary(base_url: str) -> str:
    """Return the address that the link which no person sees is known by, whoever it was made for."""
    return f"{base_url}{CANARY_PATH}"


@lru_cache(maxsize=32)  # a variant goes to many batches in turn
def _rewritten(html: str, base_url: str, *, own: bool) -> str:
    if not own:
        return _with(html, _CANARY.format(url=canary(base_url)))
    places = {url: place for place, url in enumerate(links_in(html))}
    parts: list[str] = []
    done = 0
    for href in hrefs(html):
        parts += (html[done : href.start], link(base_url, TOKEN_MARK, places[href.url]))
        done = href.end
    parts.append(html[done:])
    unseen = _CANARY.format(url=link(base_url, TOKEN_MARK, UNSEEN))
    return _with("".join(parts), unseen + _PICTURE.format(url=picture(base_url, TOKEN_MARK)))


def _with(html: str, more: str) -> str:
    """Put `more` at the end of what is shown."""
    ends = list(_END.finditer(html))
    place = ends[-1].start() if ends else len(html)
    return f"{html[:place]}{more}{html[place:]}"
