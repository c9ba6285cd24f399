"""Where a reader's wish came from, as evidence: the wording they saw, the network they answered from."""

import functools
import hashlib
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import to_locale

from mailer.languages import current
from subscribers.evidence import Origin
from subscribers.networks import minimised, visitor

_WORDING = 12  # hexadecimal digits: enough to tell the versions of one file apart


def origin_of(request: HttpRequest, template: str = "") -> Origin:
    """Return the origin of a wish; `template` is the public page it was made on, '' for none."""
    shown = wording(template, current().code) if template else ""
    return Origin(wording=shown, network=network_of(request))


def network_of(request: HttpRequest) -> str:
    """Return the network that a visitor asks from, minimised; '' where there is none to tell."""
    near, forwarded = (str(request.META.get(name, "")) for name in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR"))
    return minimised(visitor(near, forwarded))


@functools.cache
def wording(template: str, language: str = "en") -> str:
    """Return the version of a public page's text: its name, the beginning of a SHA-256, and its language.

    The hash is that of the file, which holds the English text, and of the catalogue for any other language.
    """
    digest = hashlib.sha256((Path(settings.BASE_DIR) / "templates" / "public" / template).read_bytes())
    if language == "en":
        return f"{template}@{digest.hexdigest()[:_WORDING]}"
    catalogue = Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"
    digest.update(catalogue.read_bytes())
    return f"{template}@{digest.hexdigest()[:_WORDING]}/{language}"
