"""`/sitemap.xml` and `/robots.txt`: what search engines may find, and that is what everybody may read."""

import datetime as dt
import io
from xml.sax.xmlreader import AttributesImpl

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.archive import addresses, publishing
from mailer.web.archive.caching import absolute, shared
from subscribers import offers

# What one sitemap may hold (sitemaps.org).
MOST = 50_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Readers' own pages say themselves that they are not to be found, and must be read for that.
_ROBOTS = "User-agent: *\nDisallow: /archive/*?*q=\n\nSitemap: {sitemap}\n"


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Return the addresses of public pages, each with the day on which its text changed."""
    lists = [offer.list.slug for offer in offers.public()]
    editions = publishing.everywhere(MOST - 2 * len(lists) - 1)
    newest: dict[str, dt.datetime] = {}
    for slug, _, at in editions:
        newest[slug] = max(at, newest.get(slug, at))
    found: list[tuple[str, dt.datetime | None]] = [("/", None)]
    for slug in lists:
        found += [(f"/subscribe/{slug}", None), (addresses.of_list(slug), newest.get(slug))]
    found += [(addresses.online(slug, edition), at) for slug, edition, at in editions]
    return shared(request, HttpResponse(_written(found), content_type="application/xml; charset=utf-8"))


@csrf_exempt  # the same
@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """Return what search engines are asked to leave alone: searches."""
    text = _ROBOTS.format(sitemap=absolute("/sitemap.xml"))
    return shared(request, HttpResponse(text, content_type="text/plain; charset=utf-8"))


def _written(found: list[tuple[str, dt.datetime | None]]) -> str:
    written = io.StringIO()
    xml = SimplerXMLGenerator(written, "utf-8")
    xml.startDocument()
    xml.startElement("urlset", AttributesImpl({"xmlns": _NAMESPACE}))
    for path, at in found:
        xml.startElement("url", AttributesImpl({}))
        xml.addQuickElement("loc", absolute(path))
        if at:
            xml.addQuickElement("lastmod", at.isoformat(timespec="seconds"))
        xml.endElement("url")
    xml.endElement("urlset")
    xml.endDocument()
    return written.getvalue()
