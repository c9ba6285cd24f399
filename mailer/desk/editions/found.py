"""The edition, the list and the interests that an address names, read as a stranger's text."""

from django.db.models import prefetch_related_objects
from django.http import Http404

from mailer.desk.access import DeskRequest
from mailer.models import Edition, Revision
from subscribers.models import List

LARGEST = 2**63 - 1  # what a 64-bit column can hold


def edition_of(number: int) -> Edition:
    """Return the edition, with its list's interests at hand. Raises Http404."""
    found = Edition.objects.select_related("list").filter(pk=number).first() if number <= LARGEST else None
    if found is None:
        raise Http404
    prefetch_related_objects([found.list], "interests")
    return found


def newest_of(edition: Edition) -> Revision:
    """Return the newest revision, which shares the edition's list and what is known of it."""
    revision = edition.revisions.latest("number")
    revision.edition = edition
    return revision


def list_of(slug: str) -> List:
    """Return the list. Raises Http404."""
    found = List.objects.prefetch_related("interests").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def chosen_in(request: DeskRequest, owner: List) -> tuple[str, ...]:
    """Return the interests of the list that a form or an address names, in the list's order."""
    asked = {*request.GET.getlist("interest"), *request.POST.getlist("interest")}
    return tuple(
        each.slug for each in owner.interests.all() if each.retired_at is None and each.slug in asked
    )


def whole(written: str, largest: int = 2**31 - 1) -> int | None:
    """Return the whole number that somebody wrote, from 1; None where it is none."""
    if not (written.isascii() and written.isdecimal() and len(written) <= len(str(largest))):
        return None
    number = int(written)
    return number if 0 < number <= largest else None
