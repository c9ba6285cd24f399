"""`/`: what there is to read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.web.pages import page
from subscribers.models import List


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the public lists and their interests."""
    lists = List.objects.filter(public=True).prefetch_related("interests").order_by("name", "pk")
    shown = [
        (newsletter, [i.name for i in newsletter.interests.all() if i.retired_at is None])
        for newsletter in lists
    ]
    return page(request, "front.html", lists=shown)
