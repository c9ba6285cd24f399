"""For those who watch: whether the process is alive, and whether it can work."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from subscribers.models import List


@csrf_exempt  # another method is to hear 405, not 403
@require_safe
def alive(_: HttpRequest) -> HttpResponse:
    """Answer 200 while the process runs, whatever else is down: it must not be restarted for that."""
    return _plain("ok\n")


@csrf_exempt  # another method is to hear 405, not 403
@require_safe
def ready(_: HttpRequest) -> HttpResponse:
    """Answer 200 if the database answers and has its tables, else 503."""
    try:
        List.objects.exists()
    except DatabaseError:
        return _plain(
            "The database does not answer, or lacks its tables: run `mailer migrate`.\n", status=503
        )
    return _plain("ok\n")


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
