"""Pages: the Jinja2 environment, and a page as an answer."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from jinja2 import Environment, StrictUndefined


def environment(**options: object) -> Environment:
    """Return an environment that escapes everything and knows no undefined name."""
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(**options)  # type: ignore[arg-type]  # noqa: S701 - Django's own options; autoescape is set above


def page(request: HttpRequest, template: str, *, status: int = 200, **values: object) -> HttpResponse:
    """Return a public page; each says so while the sandbox is the transport."""
    context = {"sandboxed": settings.CONFIGURATION.sandboxed, **values}
    return render(request, f"public/{template}", context, status=status)
