"""The Event Webhook's endpoint: verify on raw bytes, store, answer; the rest is a worker's."""

import datetime as dt
import functools

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mailer import doorbell, events
from mailer.sandbox.signing import public_key
from mailer.webhooks.keys import load_keys
from mailer.webhooks.sendgrid import SIGNATURE, TIMESTAMP, genuine


@csrf_exempt  # a machine posts here, and proves itself by its signature
@require_POST
def sendgrid(request: HttpRequest) -> HttpResponse:
    """Store what SendGrid signed: 204, also when told again; 403 for anything else."""
    now = dt.datetime.now(dt.UTC)
    signature, timestamp = request.headers.get(SIGNATURE, ""), request.headers.get(TIMESTAMP, "")
    if not genuine(request.body, signature, timestamp, _keys(), now=now):
        return HttpResponse("The signature does not fit.\n", status=403, content_type="text/plain")
    stored = events.store(request.body, now=now)
    if stored is not None:
        doorbell.ring("mailer.apply_events", stored)
    return HttpResponse(status=204)


@functools.cache
def _keys() -> tuple[EllipticCurvePublicKey, ...]:
    """Return the keys that may sign: the account's, and the sandbox's own while it is the transport."""
    configuration = settings.CONFIGURATION
    texts = list(configuration.sendgrid_webhook_keys)
    if configuration.sandboxed:
        texts.append(public_key(configuration.data_dir / "sandbox"))
    return load_keys(texts)
