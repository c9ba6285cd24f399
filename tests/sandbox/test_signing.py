"""The key that signs events, and what the official library makes of its signatures."""

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sendgrid.helpers.eventwebhook import EventWebhook

from mailer.sandbox.signing import keypair, public_key

# The official library's own test vector.
VECTOR_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8"
    "eNEc6wEA3F+g=="
)
VECTOR_SIGNATURE = (
    "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
)
VECTOR_TIMESTAMP = "1600112502"
VECTOR_BODY = (
    json.dumps(
        [
            {
                "email": "hello@world.com",
                "event": "dropped",
                "reason": "Bounced Address",
                "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
                "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
                "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
                "timestamp": 1600112492,
            }
        ],
        sort_keys=True,
        separators=(",", ":"),
    )
    + "\r\n"
)


def test_the_services_own_signature_is_of_the_form_we_make() -> None:
    key = serialization.load_der_public_key(base64.b64decode(VECTOR_KEY))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signed = VECTOR_TIMESTAMP.encode() + VECTOR_BODY.encode()
    key.verify(base64.b64decode(VECTOR_SIGNATURE), signed, ec.ECDSA(hashes.SHA256()))


def test_the_official_library_verifies_our_signature_and_no_other(tmp_path: Path) -> None:
    signature = keypair(tmp_path).sign(VECTOR_TIMESTAMP, VECTOR_BODY.encode())
    official = EventWebhook(public_key(tmp_path))
    assert official.verify_signature(VECTOR_BODY, signature, VECTOR_TIMESTAMP)
    assert not official.verify_signature(VECTOR_BODY.rstrip(), signature, VECTOR_TIMESTAMP)
    assert not official.verify_signature(VECTOR_BODY, signature, "1600112503")
    assert not official.verify_signature(VECTOR_BODY, VECTOR_SIGNATURE, VECTOR_TIMESTAMP)


def test_the_public_key_is_one_line_as_the_service_shows_it(tmp_path: Path) -> None:
    line = public_key(tmp_path)
    assert (len(line), line[:36]) == (124, "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE")
    assert (tmp_path / "public-key").read_text() == f"{line}\n"


def test_the_private_key_is_for_its_owner_alone_and_no_draft_is_left(tmp_path: Path) -> None:
    keypair(tmp_path / "new" / "folder")
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new" / "folder").iterdir()}
    assert files == {"signing-key.pem": 0o600, "public-key": 0o644}


def test_all_who_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(public_key, [tmp_path] * 32))
    assert keys == {public_key(tmp_path)}
