"""What an address of the archive asks for, read as a stranger's text; what makes no sense is passed over."""

from django.http import Http404, HttpRequest
from django.utils.datastructures import MultiValueDict

from mailer.archive.addresses import INTEREST
from mailer.typed import LARGEST, whole
from subscribers import offers
from subscribers.interests import former_slugs
from subscribers.models import Interest
from subscribers.offers import Offer


def public(slug: str) -> Offer:
    """Return what a public list offers. Raises Http404 for any other: none may tell that it is there."""
    offer = offers.named(slug)
    if offer is None:
        raise Http404
    return offer


def is_number(number: int) -> bool:
    """Return whether an edition could have this number."""
    return 0 < number <= LARGEST


def before(request: HttpRequest) -> int | None:
    """Return the edition that those asked for came out before."""
    return whole(request.GET.get("before", ""))


def interest(request: HttpRequest, offer: Offer) -> Interest | None:
    """Return the one interest that a list or a feed is asked for."""
    found = _named(request.GET, offer)
    return found[0] if found else None


def interests(request: HttpRequest, offer: Offer) -> frozenset[str] | None:
    """Return the slugs of the interests that an edition is asked for; None for everything.

    An address that says `?interest=` alone asks for what readers get who have chosen none of the edition's.
    """
    found = _named(request.GET, offer)
    if not found:
        asked = request.GET.getlist(INTEREST)
        return frozenset() if asked and not any(asked) else None
    return frozenset(each.slug for each in found)


def _named(query: MultiValueDict[str, str], offer: Offer) -> list[Interest]:
    """Return the interests of the list that a query names, by slugs that they have or had, in its order."""
    former = former_slugs(offer.list)
    asked = {former.get(slug, slug) for slug in query.getlist(INTEREST)}
    return [each for each in offer.interests if each.slug in asked]
