"""What the search asks for, read from its form: no word of it ever stands in an address."""

from dataclasses import dataclass

from django.http import QueryDict

from subscribers import lists
from subscribers.finding import EVERYTHING, FindingError, Wanted
from subscribers.models import List
from subscribers.vocabulary import Status

PAGE = 25  # people; whoever is rare in a list is met after many others


@dataclass(frozen=True)
class Asked:
    """What was typed and chosen, as the form shows it again; `after` is the last address of the page before.

    `interest` is written LIST/SLUG, since each list has its own.
    """

    address: str = ""
    name: str = ""
    list: str = ""
    status: str = ""
    interest: str = ""
    suppressed: str = ""
    after: str = ""


def read(form: QueryDict) -> Asked:
    """Return what a form asks for."""
    return Asked(**{name: form.get(name, "").strip() for name in Asked.__dataclass_fields__})


def wanted(asked: Asked) -> Wanted:
    """Return whom that means. Raises FindingError and ListError."""
    owner = lists.find(asked.list) if asked.list else None
    owner, interest = _of_a_list(asked.interest, owner)
    domain = asked.address.startswith("@")
    return Wanted(
        newsletter=owner,
        status=_status(asked.status),
        interest=interest,
        suppressed=bool(asked.suppressed),
        domain=asked.address if domain else "",
        begins="" if domain else asked.address,
        called=asked.name,
    )


def _of_a_list(interest: str, owner: List | None) -> tuple[List | None, str]:
    """Return the list that is meant, and the interest of it."""
    if not interest:
        return owner, ""
    slug, _, topic = interest.partition("/")
    if owner is not None and owner.slug != slug:
        raise FindingError(f"{topic} is an interest of {slug}, not of {owner.slug}")
    return owner or lists.find(slug), topic or EVERYTHING


def _status(text: str) -> Status | None:
    try:
        return Status(text) if text else None
    except ValueError:
        raise FindingError(f"{text!r} is no status; there are {', '.join(Status)}") from None
