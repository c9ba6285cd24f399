"""Gather an edition's pictures: what its text shows from elsewhere is fetched once, and kept here.

The text then refers to what is kept, as a new revision: what was approved stays what it was, and a letter
shows the same for ever, whatever becomes of the other place.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import transaction

from mailer import editions, online, pictures
from mailer.fetching.values import Fetched, Outcome, Question
from mailer.manuscript.characters import with_plain_line_ends
from mailer.manuscript.document import Document
from mailer.manuscript.pictures import SCHEME
from mailer.models import Edition
from mailer.pictures.encoding import LARGEST
from mailer.preflight.images_in_text import Image, images
from mailer.preflight.page import Page


@dataclass(frozen=True)
class Gathered:
    """What came of one address: the picture's name, or in words why there is none."""

    url: str
    name: str = ""
    trouble: str = ""


def addresses(text: str) -> tuple[str, ...]:
    """Return the addresses of images from elsewhere in an edition's text, in order, once each."""
    return tuple(dict.fromkeys(image.url for image in _elsewhere(text)))


def gather(
    edition: Edition, *, by: str, now: dt.datetime, told: Callable[[int, int], None] = lambda *_: None
) -> tuple[Gathered, ...]:
    """Fetch and keep the pictures that the edition's text shows from elsewhere; `told` hears how far it is.

    What cannot be had stays as it is in the text, and is among what is returned. What somebody made of the
    text meanwhile stays too: the newest one is what refers to the pictures then.
    """
    text = editions.newest(edition).text
    wanted = addresses(text)
    untouched = {image.url for image in _elsewhere(text) if image.shared}
    asking = online.fetcher()
    # One byte more than is taken tells what is too large from what just fits.
    fetcher = replace(asking, limits=replace(asking.limits, body=LARGEST + 1))
    done: list[Gathered] = []
    for url in wanted:
        if url.startswith("//"):
            done.append(Gathered(url, trouble="It does not say how it is asked; write https: before it"))
        elif url in untouched:
            said = "A link leads to the same address by the same name; write it at the image, ![…](https://…)"
            done.append(Gathered(url, trouble=said))
        else:
            fetched, data = fetcher.read(Question(url, image=True))
            done.append(_kept(url, fetched, data, by=by, now=now))
        told(len(done), len(wanted))
    if names := {one.url: one.name for one in done if one.name}:
        with transaction.atomic():
            Edition.objects.select_for_update().get(pk=edition.pk)  # nobody revises it in between
            newest = editions.newest(edition).text
            editions.revise(edition, _referring(newest, names).encode(), author=by, now=now)
    return tuple(done)


def _elsewhere(text: str) -> tuple[Image, ...]:
    """Return the images of a text at web addresses."""
    lines = Page(text, Document("", "", ())).lines
    found = images([line for line in lines if line.kind == "body"])
    return tuple(image for image in found if image.url.lower().startswith(("https://", "http://", "//")))


def _kept(url: str, fetched: Fetched, data: bytes, *, by: str, now: dt.datetime) -> Gathered:
    if not fetched.is_well:
        return Gathered(url, trouble=_why(fetched))
    if len(data) > LARGEST:
        said = f"It is larger than {LARGEST / 1e6:.0f} MB; make it smaller, and use `mailer pictures add`"
        return Gathered(url, trouble=said)
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
    rows = with_plain_line_ends(text).split("\n")
    places = {
        (image.line.number, *image.address): names[image.url]
        for image in _elsewhere(text)
        if image.url in names and not image.shared
    }
    for number, start, end in sorted(places, reverse=True):
        row = rows[number - 1]
        rows[number - 1] = f"{row[:start]}{SCHEME}{places[number, start, end]}{row[end:]}"
    return "\n".join(rows)
