"""The Event Webhook's endpoint, as SendGrid and as a stranger reach it."""

import base64
import dataclasses
import time
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from pytest_django import Settings

from mailer.models import Event, EventBody
from mailer.sandbox.signing import keypair
from mailer.web import webhooks
from mailer.webhooks.sendgrid import SIGNATURE, TIMESTAMP

pytestmark = [pytest.mark.database, pytest.mark.django_db]
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
BODY = b'[{"email":"ada@x.example","event":"bounce","type":"bounce","timestamp":1800000000}]\r\n'


@pytest.fixture(autouse=True)
def _our_key(settings: Settings) -> Iterator[None]:
    settings.CONFIGURATION = dataclasses.replace(
        settings.CONFIGURATION, sendgrid_api_key="SG.x", sendgrid_webhook_keys=(PUBLIC,)
    )
    webhooks._keys.cache_clear()
    yield
    webhooks._keys.cache_clear()


def post(client: Client, body: bytes, *, signed: bytes | None = None, at: int | None = None) -> int:
    """Post `body` with the signature of `signed`, which is the body itself unless said otherwise."""
    timestamp = str(int(time.time()) if at is None else at)
    proof = KEY.sign(timestamp.encode() + (body if signed is None else signed), ec.ECDSA(hashes.SHA256()))
    headers = {SIGNATURE: base64.b64encode(proof).decode(), TIMESTAMP: timestamp}
    return client.post(
        "/webhooks/sendgrid", body, content_type="application/json", headers=headers
    ).status_code


def test_a_signed_body_is_stored_before_it_is_answered(client: Client) -> None:
    assert post(client, BODY) == 204
    assert bytes(EventBody.objects.get().body) == BODY


def test_a_body_told_again_is_answered_the_same_and_stored_once(client: Client) -> None:
    assert post(client, BODY) == post(client, BODY) == 204
    assert EventBody.objects.count() == 1


def test_a_body_that_was_changed_forged_or_is_too_old_changes_nothing(client: Client) -> None:
    """I9."""
    assert post(client, BODY, signed=BODY.replace(b"ada", b"bob")) == 403
    assert post(client, BODY, at=int(time.time()) - 26 * 3600) == 403
    assert client.post("/webhooks/sendgrid", BODY, content_type="application/json").status_code == 403
    assert not EventBody.objects.exists()
    assert not Event.objects.exists()


def test_only_post_is_answered(client: Client) -> None:
    assert client.get("/webhooks/sendgrid").status_code == 405


def test_the_sandboxes_key_opens_nothing_once_the_transport_is_real(
    client: Client, settings: Settings
) -> None:
    keypair(settings.DATA_DIR / "sandbox")
    assert len(webhooks._keys()) == 1
    assert post(client, BODY) == 204
