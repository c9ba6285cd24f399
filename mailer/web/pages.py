"""Pages: the Jinja2 environment, and a page as an answer."""

import functools

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from jinja2 import Environment, StrictUndefined

from mailer.languages import current, languages, teach
from mailer.web.languages import asked, to


def environment(**options: object) -> Environment:
    """Return an environment that escapes everything, knows no undefined name and speaks our languages."""
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options)  # type: ignore[arg-type]  # noqa: S701 - Django's own options; autoescape is set above
    teach(made)
    return made


def page(request: HttpRequest, template: str, *, status: int = 200, **values: object) -> HttpResponse:
    """Return a public page in the current language; each says so while the sandbox is the transport.

    Templates find, beside `values`, which must not be called so, `language` (the page's), `languages` (all)
    and `to(path)`, the address of another page in the same language.
    """
    ours = {
        "sandboxed": settings.CONFIGURATION.sandboxed,
        "language": current(),
        "languages": languages(),
        "to": functools.partial(to, request),
    }
    response = render(request, f"public/{template}", values | ours, status=status)
    response.headers["Content-Language"] = current().tag
    if not asked(request):
        patch_vary_headers(response, ["Accept-Language"])
    return response
