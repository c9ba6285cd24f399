"""Gather an edition's pictures: what its text shows from elsewhere is fetched once, and kept here.

The text then refers to what is kept, as a new revision: what was approved stays what it was, and a letter
shows the same for ever, whatever becomes of the other place.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from mailer import editions, online, pictures
from mailer.fetching.values import Fetched, Outcome, Question
from mailer.manuscript.pictures import SCHEME
from mailer.models import Edition

# An image of Markdown at a web address; brackets in the address come in pairs.
_IMAGE = re.compile(
    r"(?<!\\)!\[(?:[^\\\[\]]|\\.|\[[^\[\]]*\])*\]\(\s*<?(?P<url>https?://(?:[^\s()<>\"]|\([^\s()<>\"]*\))+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Gathered:
    """What came of one address: the picture's name, or in words why there is none."""

    url: str
    name: str = ""
    trouble: str = ""


def addresses(text: str) -> tuple[str, ...]:
    """Return the addresses of images from elsewhere in an edition's text, in order, once each."""
    return tuple(dict.fromkeys(found["url"] for found in _IMAGE.finditer(text)))


def gather(
    edition: Edition, *, by: str, now: dt.datetime, told: Callable[[int, int], None] = lambda *_: None
) -> tuple[Gathered, ...]:
    """Fetch and keep the pictures that the edition's text shows from elsewhere; `told` hears how far it is.

    What cannot be had stays as it is in the text, and is among what is returned.
    """
    text = editions.newest(edition).text
    wanted = addresses(text)
    fetcher = online.fetcher()
    done: list[Gathered] = []
    for url in wanted:
        fetched, data = fetcher.read(Question(url, image=True))
        done.append(_kept(url, fetched, data, by=by, now=now))
        told(len(done), len(wanted))
    if names := {one.url: one.name for one in done if one.name}:
        editions.revise(edition, _referring(text, names).encode(), author=by, now=now)
    return tuple(done)


def _kept(url: str, fetched: Fetched, data: bytes, *, by: str, now: dt.datetime) -> Gathered:
    if not fetched.is_well:
        return Gathered(url, trouble=_why(fetched))
    try:
        encoded = pictures.encode(data)
    except pictures.PictureError as error:
        return Gathered(url, trouble=str(error))
    return Gathered(url, pictures.keep(encoded, source=url, by=by, now=now))


def _why(fetched: Fetched) -> str:
    if fetched.outcome is Outcome.ANSWERED:
        return f"The server answered {fetched.status}; look whether the address is right"
    if fetched.outcome is Outcome.REFUSED:
        return f"It is not fetched: its {fetched.refusal} is none of the public web's"
    return (
        f"It did not come ({fetched.outcome}); try again later, or download it and use `mailer pictures add`"
    )


def _referring(text: str, names: dict[str, str]) -> str:
    """Return the text with references to kept pictures in place of those addresses."""

    def own(found: re.Match[str]) -> str:
        name = names.get(found["url"])
        if name is None:
            return found[0]
        begin = found.start("url") - found.start()
        return f"{found[0][:begin]}{SCHEME}{name}"

    return _IMAGE.sub(own, text)
