"""Where a reader's wish came from, as evidence: the wording they saw, the network they answered from."""

import functools
import hashlib
import ipaddress
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from subscribers.evidence import Origin
from subscribers.networks import minimised

_WORDING = 12  # hexadecimal digits: enough to tell the versions of one file apart


def origin_of(request: HttpRequest, template: str = "") -> Origin:
    """Return the origin of a wish; `template` is the public page it was made on, '' for none."""
    return Origin(wording=wording(template) if template else "", network=minimised(_address(request)))


@functools.cache
def wording(template: str) -> str:
    """Return the version of a public page's text: its name and the beginning of its file's SHA-256."""
    source = Path(settings.BASE_DIR) / "templates" / "public" / template
    return f"{template}@{hashlib.sha256(source.read_bytes()).hexdigest()[:_WORDING]}"


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
