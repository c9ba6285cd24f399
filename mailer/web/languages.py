"""The language of a page: the visitor's choice, else the reader's own, the browser's, the list's, English.

No cookie says it and no body is read for it: addresses carry `?lang=`, and a view that has read its form, or
knows whose page it is, calls `speak`.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from mailer.languages import current, nearest, spoken

# The address's parameter, and the form's field, that hold the visitor's choice.
FIELD = "lang"


class Languages:
    """Speak the visitor's language while a request is answered, and as before afterwards."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand around the rest of the application."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the application does; the thread serves a stranger next."""
        with translation.override(nearest(asked(request), accepted(request))):
            return self._get_response(request)


def speak(request: HttpRequest, *, chosen: str = "", reader: str = "", newsletter: str = "") -> None:
    """Speak from here on what is known better now: BCP 47 tags, '', or whatever a stranger may have sent.

    `chosen` is the field of a form that the view has read, `reader` the locale of whose page it is,
    `newsletter` the language of the list.
    """
    translation.activate(nearest(chosen, asked(request), reader, accepted(request), newsletter))


def asked(request: HttpRequest) -> str:
    """Return the code of the language that the address asks for, '' for none that we speak."""
    # Looked at first: what is posted to us by machines must not fail for the sake of an odd address.
    if FIELD not in request.META.get("QUERY_STRING", ""):
        return ""
    try:
        return spoken(request.GET.get(FIELD, ""))
    except SuspiciousOperation:
        return ""


def accepted(request: HttpRequest) -> str:
    """Return the code of the language that the browser likes best of ours, '' for none (RFC 9110 12.5.4)."""
    # Django's own choice would also obey a cookie, and could not tell “any” from English.
    for tag, quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        if tag == "*" or not quality:
            return ""
        if code := spoken(tag):
            return code
    return ""


def to(request: HttpRequest, path: str) -> str:
    """Return the address of another page of ours, with the language wherever the browser would not say it."""
    if not asked(request) and current().code == (accepted(request) or settings.LANGUAGE_CODE):
        return path
    page, sign, place = path.partition("#")
    return f"{page}{'&' if '?' in page else '?'}{FIELD}={current().tag}{sign}{place}"
