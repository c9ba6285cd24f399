"""One person's page: what they get and agreed to, what they were sent, and what we changed."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from mailer import correspondence, explaining, sends, telling
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import page
from mailer.desk.people import wording
from mailer.desk.people.searching import PLACE
from mailer.typed import whole
from subscribers import people
from subscribers.models import Subscriber

COPIES = 50  # of editions, on one page


def person_or_404(number: int) -> Subscriber:
    """Return the person; one who was erased a moment ago has no page any more."""
    try:
        return people.numbered(number)
    except people.PersonError as error:
        raise Http404(str(error)) from None


@needs("people")
@require_safe
def person(request: DeskRequest, number: int) -> HttpResponse:
    """Show the page; `?before=` goes on to older copies."""
    return person_page(request, person_or_404(number))


def person_page(
    request: DeskRequest,
    subscriber: Subscriber,
    *,
    refused: str = "",
    form: str = "",
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return the page; `refused` says why the form of that name was not followed, as it was `typed`."""
    shown = people.show(subscriber.address)
    before = request.GET.get("before", "")
    copies = correspondence.newest(subscriber.pk, limit=COPIES + 1, before=whole(before))
    return page(
        request,
        "people-person.html",
        status=422 if refused else 200,
        place=PLACE,
        number=subscriber.pk,
        shown=shown,
        lead=wording.lead(shown),
        consents=wording.lines(shown["consents"]),
        choices=wording.choices(subscriber),
        copies=copies[:COPIES],
        became=wording.became,
        because=wording.because,
        changed=wording.changed,
        older=copies[COPIES - 1]["delivery"] if len(copies) > COPIES else None,
        later=bool(before),
        refused=refused,
        form=form,
        typed=typed or {},
    )


@needs("people")
@require_safe
def explain(request: DeskRequest, number: int, send: int) -> HttpResponse:
    """Tell step by step why this person did or did not get a send."""
    subscriber = person_or_404(number)
    try:
        found = sends.find(send)
    except sends.SendError as error:
        raise Http404(str(error)) from None
    known = explaining.explain(subscriber.address, found)
    told = telling.tell(known)
    return page(
        request,
        "people-explain.html",
        place=PLACE,
        number=subscriber.pk,
        known=known,
        told=told,
        moment=telling.moment,
    )
