"""`/subscribe/<list>`: who would like to read a newsletter says so here, and proves it by a letter.

A form is acted upon only with a ticket of ours, used once and paid for with effort or a wait (tickets.py);
one from another site, or one that was left open, comes back filled in. Whoever the address belongs to, the
answer is the same: what becomes of it is decided later, by a worker.
"""

import datetime as dt
import math
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailer import doorbell
from mailer.current import mark_of_last
from mailer.languages import current
from mailer.web.filling import NOTHING, Fault, Filled, address_in, read
from mailer.web.gate import Gate, ask_for_passage
from mailer.web.headers import CONTENT_SECURITY_POLICY
from mailer.web.languages import FIELD, speak
from mailer.web.origins import origin_of
from mailer.web.own_pages import OURS
from mailer.web.pages import page
from mailer.web.sample import sample_for
from mailer.web.tickets import RAISED, USUAL, Standing, Ticket, judge, make
from subscribers import offers
from subscribers.addresses import Address
from subscribers.asking import Wish, sign_up
from subscribers.interests import UnknownInterestError
from subscribers.offers import Offer

# The one script there is; a page works without it too.
_WITH_SCRIPT = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"


@csrf_exempt  # the ticket is the proof; there is no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form of a public list, or take what was filled in."""
    offer = offers.named(slug)
    if offer is None:
        raise Http404
    now = dt.datetime.now(dt.UTC)
    if request.method != "POST":
        speak(request, newsletter=offer.list.language)
        return _Visit(request, offer, NOTHING, now).form()
    speak(request, chosen=request.POST.get(FIELD, ""), newsletter=offer.list.language)
    filled = read(
        request.POST,
        {interest.slug for interest in offer.offered},
        tracked=offer.list.tracked,
        current="current" in request.POST and mark_of_last(offer.list.pk) is not None,
    )
    return _Visit(request, offer, filled, now).taken()


@dataclass(frozen=True)
class _Visit:
    """One request, with what was on offer and what was filled in."""

    request: HttpRequest
    offer: Offer
    filled: Filled
    now: dt.datetime

    def taken(self) -> HttpResponse:
        """Answer a form that was sent."""
        if self.filled.baited:
            return self._asked()
        # What a page of another site sends, the visitor has to see here first.
        ours = self.request.headers.get("Sec-Fetch-Site", "none") in OURS
        ticket = self.filled.ticket if ours else ""
        verdict = judge(ticket, self.filled.proof, self.offer.list.pk, at=self.now)
        address = address_in(self.filled)
        if isinstance(address, Fault) or self.filled.outdated:
            fault = address if isinstance(address, Fault) else None
            return self.form(kept=verdict.ticket, fault=fault, note="outdated", status=422)
        if verdict.ticket is None:
            return self.form(note="once more")
        if verdict.standing == Standing.HASTY:
            return self.form(kept=verdict.ticket, note="hasty")
        if verdict.standing == Standing.UNPAID:
            return self._wait(verdict.ticket, verdict.left)
        return self._paid(address, verdict.ticket)

    def _paid(self, address: Address, ticket: Ticket) -> HttpResponse:
        wish = Wish(
            list=self.offer.list,
            address=address,
            slugs=self.filled.interests,
            tracked=self.filled.tracked,
            current=self.filled.current,
            language=current().tag,
        )
        origin = origin_of(self.request, "subscribe.html")
        try:
            with transaction.atomic():
                passage = ask_for_passage(self.filled.ticket, ticket, origin.network, at=self.now)
                number = sign_up(wish, origin=origin, at=self.now) if passage.gate == Gate.OPEN else 0
        except UnknownInterestError:  # retired a moment ago; the ticket is still good
            return self.form(kept=ticket, note="outdated", status=422)
        match passage.gate:
            case Gate.FULL:
                return self._full(ticket, passage.wait)
            case Gate.USED:
                return self.form(note="used")
            case Gate.RAISED:
                return self._wait_anew(Ticket(self.now, RAISED.difficulty, RAISED.wait))
        doorbell.ring("mailer.answer", number)
        return self._asked()

    def form(
        self,
        *,
        kept: Ticket | None = None,
        note: str = "",
        fault: Fault | None = None,
        status: int = 200,
        **said: object,
    ) -> HttpResponse:
        """Show the form as it was filled in, with the ticket it had if that is still good."""
        ticket = kept or Ticket(self.now)
        return self._with_script(
            page(
                self.request,
                "subscribe.html",
                status=status,
                list=self.offer.list,
                interests=self.offer.offered,
                sample=sample_for(self.offer),
                filled=self.filled,
                ticket=self.filled.ticket if kept else make(ticket, self.offer.list.pk),
                proof=self.filled.proof if kept else "",
                difficulty=ticket.difficulty,
                fault=fault,
                note=note,
                editors=self._editors,
                **said,
            )
        )

    def _wait(self, ticket: Ticket, left: int) -> HttpResponse:
        """Show how long a wait still takes; the first time, how long it takes at all."""
        if not ticket.wait:
            return self._wait_anew(Ticket(self.now, USUAL.difficulty, USUAL.wait))
        return self._waiting(self.filled.ticket, ticket, left, early=True)

    def _wait_anew(self, ticket: Ticket) -> HttpResponse:
        return self._waiting(make(ticket, self.offer.list.pk), ticket, ticket.wait, early=False)

    def _waiting(self, text: str, ticket: Ticket, left: int, *, early: bool) -> HttpResponse:
        return self._with_script(
            page(
                self.request,
                "wait.html",
                list=self.offer.list,
                filled=self.filled,
                ticket=text,
                difficulty=ticket.difficulty,
                raised=ticket.raised,
                left=left,
                early=early,
            )
        )

    def _full(self, ticket: Ticket, wait: float) -> HttpResponse:
        """Say that too many came from the same network, with the form for later."""
        minutes = math.ceil(wait / 60)
        response = self.form(kept=ticket, note="full", status=429, minutes=minutes)
        response.headers["Retry-After"] = str(math.ceil(wait))
        return response

    def _asked(self) -> HttpResponse:
        """Say where to look now, in the same words to everybody."""
        return page(self.request, "asked.html", list=self.offer.list, editors=self._editors)

    def _with_script(self, response: HttpResponse) -> HttpResponse:
        response.headers["Content-Security-Policy"] = _WITH_SCRIPT
        return response

    @property
    def _editors(self) -> str:
        return self.offer.list.reply_to or self.offer.list.sender_address
