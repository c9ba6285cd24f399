"""What a list brings to its letters, read from its rows, and the hash that an approval is bound to."""

import functools
import hashlib
from pathlib import Path

import orjson

from mailer.models import Revision
from mailer.rendering.values import InterestLook, Look
from subscribers.models import List

_HERE = Path(__file__).resolve().parent
# What sets letters in type; an approval does not outlive a change of it.
_TYPE = ((_HERE.parent / "templates" / "email", "*"), (_HERE / "rendering", "*.py"))


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
        theme=owner.theme,
    )


def content_hash(revision: Revision, look: Look) -> str:
    """Return what an approval is bound to (text, look, templates, sender) as SHA-256 hex.

    `look`, which holds the postal address, is what letters will then be rendered from.
    """
    owner = revision.edition.list
    digest = hashlib.sha256()
    for part in (
        revision.text_hash.encode(),
        orjson.dumps(look, option=orjson.OPT_SORT_KEYS),
        f"{owner.sender_name}\0{owner.sender_address}\0{owner.reply_to}\0{owner.tracked}".encode(),
        _type(),
    ):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@functools.cache
def _type() -> bytes:
    """Return the hash of the templates and of the code that fills them: a process reads them once."""
    digest = hashlib.sha256()
    for folder, pattern in _TYPE:
        for path in sorted(folder.rglob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.digest()
