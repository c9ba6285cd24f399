"""Make lists and their interests."""

import re
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from subscribers import names
from subscribers.addresses import AddressError, parse
from subscribers.errors import SubscribersError
from subscribers.interests import Interests
from subscribers.models import Interest, List, Subscription
from subscribers.models.lists import MOST_INTERESTS
from subscribers.vocabulary import Status

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 64
_LONGEST_TEXT = 1_000  # characters of a postal address or a description
_LONGEST_LANGUAGE = 35  # characters; the column's
# str.splitlines() would take control characters for line ends.
_LINE_END = re.compile(r"\r\n?|\n")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# What systems keep among the zones: the machine's own setting, and rules of no place.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})
_SENDER = re.compile(r'\s*(?P<quote>"?)(?P<name>[^"<>]*[^"<>\s])(?P=quote)\s*<(?P<address>[^<>]*)>\s*')


class ListError(SubscribersError):
    """A list cannot be made, found or changed as asked."""


@dataclass(frozen=True)
class Sender:
    """Whom letters come from."""

    name: str
    address: str


@dataclass(frozen=True)
class Added:
    """A list, and whether it was not there before."""

    newsletter: List
    new: bool


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
    return Sender(_line("The sender's name", found["name"]), address.written)


def add_list(
    slug: str,
    *,
    name: str,
    sender: Sender,
    postal_address: str,
    interests: Mapping[str, str] | None = None,
    reply_to: str = "",
    language: str = "en",
    zone: str = "UTC",
    owner: str = "",
    description: str = "",
) -> Added:
    """Make a list with its interests (slug: name, in order); a list that is already so stays as it is.

    Raises ListError where a value is wrong, or a list of that slug differs.
    """
    values = {
        "name": _line("The list's name", name),
        "sender_name": sender.name,
        "sender_address": sender.address,
        "postal_address": _postal(postal_address),
        "reply_to": _address_or_nothing("The reply-to address", reply_to),
        "language": _language(language),
        "zone": _zone(zone),
        "owner_address": _address_or_nothing("The owner's address", owner),
        "description": _text("The description", description),
    }
    wanted = {
        _slug("An interest's", key): _line("An interest's name", label)
        for key, label in (interests or {}).items()
    }
    with transaction.atomic():
        newsletter, new = List.objects.get_or_create(slug=_slug("The list's", slug), defaults=values)
        if new:
            for key, label in wanted.items():
                add_interest(newsletter, key, label)
    if not new:
        _refuse_another(newsletter, values, wanted)
    return Added(newsletter, new)


def set_rules(newsletter: List, **changes: object) -> bool:
    """Change who is told, or how a list decides; return False where all was so already. Raises ListError.

    `changes` may hold owner, when_unknown, second_approval.
    """
    values = dict(changes)
    if "owner" in values:
        values["owner_address"] = _address_or_nothing("The owner's address", str(values.pop("owner")))
    others = List.objects.filter(pk=newsletter.pk).exclude(**values)
    changed = bool(others.update(**values))
    newsletter.refresh_from_db()
    return changed


def add_interest(newsletter: List, slug: str, name: str) -> Interest:
    """Give the list one more interest; its number is its own for ever. Raises ListError."""
    slug, name = _slug("An interest's", slug), _line("An interest's name", name)
    with transaction.atomic():
        # The update locks the list's row first, so that two who add at once never see the same number.
        free = List.objects.filter(pk=newsletter.pk, next_interest__lt=MOST_INTERESTS)
        if not free.update(next_interest=F("next_interest") + 1):
            raise ListError(
                f"{newsletter.slug} has had {MOST_INTERESTS} interests, and numbers are never used again:"
                f" start a second list"
            )
        newsletter.refresh_from_db(fields=["next_interest"])
        number = newsletter.next_interest - 1
        if newsletter.interests.filter(slug=slug).exists():
            raise ListError(f"{newsletter.slug} already has an interest {slug}")
        return newsletter.interests.create(number=number, position=number, slug=slug, name=name)


def find(slug: str) -> List:
    """Return the list of that slug. Raises ListError naming those there are."""
    if found := List.objects.filter(slug=slug).first():
        return found
    known = list(List.objects.order_by("slug").values_list("slug", flat=True)[:20])
    verb = "is" if len(known) == 1 else "are"
    advice = f"there {verb} {', '.join(known)}" if known else "make one with `mailer lists add`"
    raise ListError(f"There is no list {slug!r}; {advice}")


def show(newsletter: List) -> dict[str, Any]:
    """Return all that is known of one list."""
    [described] = listing(newsletter)
    return described


def listing(only: List | None = None) -> list[dict[str, Any]]:
    """Return all lists by slug, with their interests and how many subscriptions stand where."""
    lists = List.objects.prefetch_related("interests").order_by("slug")
    standing = Subscription.objects.order_by().values_list("list", "status").annotate(Count("pk"))
    if only:
        lists, standing = lists.filter(pk=only.pk), standing.filter(list=only)
    counts = {(pk, status): count for pk, status, count in standing}
    return [
        {
            "slug": newsletter.slug,
            "name": newsletter.name,
            "description": newsletter.description,
            "language": newsletter.language,
            "zone": newsletter.zone,
            "from": f"{newsletter.sender_name} <{newsletter.sender_address}>",
            "reply_to": newsletter.reply_to,
            "owner": newsletter.owner_address,
            "when_unknown": newsletter.when_unknown,
            "second_approval": newsletter.second_approval,
            "postal_address": newsletter.postal_address,
            "public": newsletter.public,
            "tracked": newsletter.tracked,
            "created_at": newsletter.created_at,
            "interests": [
                {"slug": interest.slug, "name": interest.name, "retired": interest.retired_at is not None}
                for interest in newsletter.interests.all()
            ],
            "subscribers": {status.value: counts.get((newsletter.pk, status.value), 0) for status in Status},
        }
        for newsletter in lists
    ]


def bits(newsletter: List, slugs: Iterable[str]) -> int:
    """Return the bits of these interests. Raises UnknownInterestError naming those there are."""
    return Interests.of(newsletter).bits(slugs)


def slugs(newsletter: List, bits: int) -> list[str]:
    """Return the slugs of these bits in the list's order, the retired among them too."""
    return list(Interests.of(newsletter).slugs(bits))


def _refuse_another(newsletter: List, values: dict[str, str], wanted: dict[str, str]) -> None:
    """Raise ListError if the list that is there is not the one that was asked for."""
    differs = [field for field, value in values.items() if getattr(newsletter, field) != value]
    if dict(newsletter.interests.values_list("slug", "name")) != wanted:
        differs.append("interests")
    if differs:
        words = " and ".join(field.replace("_", " ") for field in differs)
        raise ListError(
            f"There is already a list {newsletter.slug}, which differs in {words}; nothing was changed"
        )


def _slug(whose: str, text: str) -> str:
    if not _SLUG.fullmatch(text) or len(text) > _LONGEST_SLUG:
        raise ListError(
            f"{whose} slug must be at most {_LONGEST_SLUG} small letters, digits and single hyphens,"
            f" for example south-asia, not {text!r}"
        )
    return text


def _line(what: str, text: str) -> str:
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
        return "\n".join(names.parse(line, _LONGEST_TEXT) for line in _LINE_END.split(text))
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
    if text not in zoneinfo.available_timezones() - _NO_ZONES:
        raise ListError(f"The zone must be an IANA name such as Africa/Nairobi, not {text!r}")
    return text
