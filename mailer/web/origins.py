"""Where a reader's wish came from, as evidence: the wording they saw, the network they answered from."""

import functools
import hashlib
import ipaddress
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import to_locale

from mailer.languages import current
from subscribers.evidence import Origin
from subscribers.networks import minimised

_WORDING = 12  # hexadecimal digits: enough to tell the versions of one file apart


def origin_of(request: HttpRequest, template: str = "") -> Origin:
    """Return the origin of a wish; `template` is the public page it was made on, '' for none."""
    shown = wording(template, current().code) if template else ""
    return Origin(wording=shown, network=network_of(request))


def network_of(request: HttpRequest) -> str:
    """Return the network that a visitor asks from, minimised; '' where there is none to tell."""
    return minimised(_address(request))


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


def _address(request: HttpRequest) -> str:
    """Return the reader's IP address: what the nearest proxy wrote, if it stands on a network of our own.

    Whatever stands further left in X-Forwarded-For, the reader may have written.
    """
    near = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return forwarded if forwarded and _is_ours(near) else near


def _is_ours(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return True  # a socket on this machine has no address
