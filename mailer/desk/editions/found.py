"""The edition, the list and the interests that an address names, read as a stranger's text."""

from django.db.models import prefetch_related_objects
from django.http import Http404

from mailer.desk.access import DeskRequest
from mailer.models import Edition, Revision
from mailer.typed import LARGEST, whole
from subscribers.models import List

MOST_REVISIONS = 2**31 - 1  # what their column can hold


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


def revision_of(written: str) -> int | None:
    """Return the number of a revision that somebody wrote; None where it is none."""
    return whole(written, MOST_REVISIONS)
