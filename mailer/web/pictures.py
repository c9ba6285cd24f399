"""`/pictures/<name>`: a picture of a letter, for whoever opens it; the same to all, and for ever."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer import pictures

_KINDS = {"jpg": "image/jpeg", "png": "image/png"}
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # Mail on the web shows it inside pages of its own.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Return a picture; its name is its hash, so that one who has it need never ask again."""
    tag = f'"{name}"'
    # Weak and strong are the same here, and `*` is whatever there is (RFC 9110 §13.1.2).
    known = {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}
    if known & {tag, "*"} and not pictures.missing([name]):
        return HttpResponseNotModified(headers=_HEADERS | {"ETag": tag})
    data = pictures.kept(name)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type=_KINDS[name.rpartition(".")[2]], headers=_HEADERS | {"ETag": tag})
