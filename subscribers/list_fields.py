"""A list's fields as people write them: read, checked, and shown again in the same words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from subscribers import names, zones
from subscribers.addresses import AddressError, parse
from subscribers.errors import SubscribersError
from subscribers.models import List

NEVER = "never"

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 64
_LONGEST_TEXT = 1_000  # characters of a postal address or a description
_LONGEST_LANGUAGE = 35  # characters; the column's
_DAYS = re.compile(r"[0-9]{1,5}")
_MOST_DAYS = 36_500  # a hundred years
# str.splitlines() would take control characters for line ends.
_LINE_END = re.compile(r"\r\n?|\n")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SENDER = re.compile(r'\s*(?P<quote>"?)(?P<name>[^"<>]*[^"<>\s])(?P=quote)\s*<(?P<address>[^<>]*)>\s*')


class ListError(SubscribersError):
    """A list cannot be made, found or changed as asked."""


@dataclass(frozen=True)
class Sender:
    """Whom letters come from."""

    name: str
    address: str


def parse_sender(text: str) -> Sender:
    """Return the sender that `Name <address>` names. Raises ListError."""
    if not (found := _SENDER.fullmatch(text)):
        raise ListError(
            f"The sender must be written as Name <address>, for example"
            f" Space Digest <news@example.org>, not {text.strip()!r}"
        )
    try:
        address = parse(found["address"])
    except AddressError as error:
        raise ListError(f"The sender's address cannot be used: {error}") from None
    return Sender(line("The sender's name", found["name"]), address.written)


def parse_days(text: str) -> int | None:
    """Return a number of days, None for `never`. Raises ListError."""
    if (text := text.strip()).lower() == NEVER:
        return None
    if not _DAYS.fullmatch(text) or not 1 <= int(text) <= _MOST_DAYS:
        raise ListError(f"Days must be a whole number from 1 to {_MOST_DAYS:,}, or {NEVER}, not {text!r}")
    return int(text)


def columns(**given: object) -> dict[str, Any]:
    """Return what these fields put into the columns of a list. Raises ListError.

    The names are those of `stated`, but `sender`, a Sender, for `from`.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Sender):
            found |= {"sender_name": value.name, "sender_address": value.address}
        else:
            check = _CHECKS.get(name)
            found[_COLUMNS.get(name, name)] = check(str(value)) if check else value
    return found


def stated(newsletter: List) -> dict[str, Any]:
    """Return the fields of a list that people set, in the order and the words they are shown in."""
    return {
        "name": newsletter.name,
        "description": newsletter.description,
        "language": newsletter.language,
        "zone": newsletter.zone,
        "from": f"{newsletter.sender_name} <{newsletter.sender_address}>",
        "reply_to": newsletter.reply_to,
        "owner": newsletter.owner_address,
        "when_unknown": str(newsletter.when_unknown),
        "second_approval": newsletter.second_approval,
        "postal_address": newsletter.postal_address,
        "public": newsletter.public,
        "tracked": newsletter.tracked,
        "unchosen_stories": str(newsletter.unchosen_stories),
        "no_story": str(newsletter.no_story),
        "keep_pending_days": newsletter.keep_pending_days,
        "keep_inactive_days": newsletter.keep_inactive_days,
    }


def slug(whose: str, text: str) -> str:
    """Return the slug that `text` is. Raises ListError."""
    if not _SLUG.fullmatch(text) or len(text) > _LONGEST_SLUG:
        raise ListError(
            f"{whose} slug must be at most {_LONGEST_SLUG} small letters, digits and single hyphens,"
            f" for example south-asia, not {text!r}"
        )
    return text


def line(what: str, text: str) -> str:
    """Return one line of text that says something. Raises ListError."""
    try:
        name = names.parse(text)
    except names.NameTextError as error:
        raise ListError(f"{what} cannot be used: {error}") from None
    if not name:
        raise ListError(f"{what} is empty")
    return name


def _postal(text: str) -> str:
    if not (text := _text("The postal address", text)):
        raise ListError("A list needs a postal address: the law asks for it at the foot of every letter")
    return text


def _text(what: str, text: str) -> str:
    """Return lines of text, each trimmed."""
    text = text.strip()
    if len(text) > _LONGEST_TEXT:
        raise ListError(f"{what} cannot be used: longer than {_LONGEST_TEXT:,} characters")
    try:
        return "\n".join(names.parse(part, _LONGEST_TEXT) for part in _LINE_END.split(text))
    except names.NameTextError as error:
        raise ListError(f"{what} cannot be used: {error}") from None


def _address_or_nothing(what: str, text: str) -> str:
    try:
        return parse(text).written if text.strip() else ""
    except AddressError as error:
        raise ListError(f"{what} cannot be used: {error}") from None


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text) or len(text) > _LONGEST_LANGUAGE:
        raise ListError(f"The language must be a BCP 47 tag such as en or pt-BR, not {text!r}")
    return text


def _zone(text: str) -> str:
    if (zone := zones.find(text)) is None:
        raise ListError(f"The zone must be an IANA name such as Africa/Nairobi, not {text!r}")
    return zone


# What is not here is no text: yes or no, a word of a vocabulary, days.
_CHECKS: Mapping[str, Callable[[str], str]] = {
    "name": lambda text: line("The list's name", text),
    "postal_address": _postal,
    "reply_to": lambda text: _address_or_nothing("The reply-to address", text),
    "owner": lambda text: _address_or_nothing("The owner's address", text),
    "description": lambda text: _text("The description", text),
    "language": _language,
    "zone": _zone,
}
_COLUMNS = {"owner": "owner_address"}
