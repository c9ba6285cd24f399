"""`/`: what there is to read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.web.pages import page
from subscribers import offers


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the public lists and their interests."""
    shown = [(offer.list, [interest.name for interest in offer.offered]) for offer in offers.public()]
    return page(request, "front.html", lists=shown)
