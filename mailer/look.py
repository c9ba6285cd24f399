"""What a list brings to its letters, read from its rows, and the hash that an approval is bound to."""

import functools
import hashlib
from dataclasses import replace
from pathlib import Path

import orjson
from django.conf import settings

from mailer.models import Revision
from mailer.rendering import theme_reading
from mailer.rendering.templates import files
from mailer.rendering.values import House, InterestLook, Look
from subscribers.models import List

# What sets letters in type; an approval does not outlive a change of it.
_CODE = Path(__file__).resolve().parent / "rendering"


def look_of(owner: List) -> Look:
    """Return the list's look; interests that were retired keep their colour and are left out."""
    return Look(
        list_slug=owner.slug,
        list_name=owner.name,
        postal_address=owner.postal_address,
        interests=tuple(
            InterestLook(interest.slug, interest.name, colour)
            for colour, interest in enumerate(owner.interests.all())
            if interest.retired_at is None
        ),
        language=owner.language,
        unchosen_stories=owner.unchosen_stories,
        no_story=owner.no_story,
        theme=theme_reading.read(owner.theme)[0],
        archive=settings.CONFIGURATION.base_url if owner.public else "",
        house=House(settings.CONFIGURATION.base_url, settings.CONFIGURATION.templates),
    )


def content_hash(revision: Revision, look: Look) -> str:
    """Return what an approval is bound to (text, look, templates, sender) as SHA-256 hex.

    `look`, which holds the postal address, is what letters will then be rendered from.
    """
    owner = revision.edition.list
    digest = hashlib.sha256()
    for part in (
        revision.text_hash.encode(),
        orjson.dumps(_wherever(look), option=orjson.OPT_SORT_KEYS),
        f"{owner.sender_name}\0{owner.sender_address}\0{owner.reply_to}\0{owner.tracked}".encode(),
        _type(look.house.templates),
    ):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _wherever(look: Look) -> Look:
    """Return the look without where this host says the installation is, or keeps its own templates.

    Whoever approves may do so on another host than the one that sends.
    """
    return replace(look, house=House(), archive="online" if look.archive else "")


@functools.cache
def _type(own: str) -> bytes:
    """Return the hash of the templates and of the code that fills them: a process reads them once."""
    digest = hashlib.sha256()
    for name, path in typesetting(own).items():
        for part in (name.encode(), path.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def typesetting(own: str) -> dict[str, Path]:
    """Return the files that letters are set in type with, by name; those in the folder `own` among them."""
    code = {path.relative_to(_CODE.parent).as_posix(): path for path in sorted(_CODE.rglob("*.py"))}
    return files(own) | code
