"""The key that signs events, and what the official library makes of its signatures."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sendgrid.helpers.eventwebhook import EventWebhook

from mailer.sandbox.signing import keypair, public_key
from tests.vector import VECTOR_BODY, VECTOR_KEY, VECTOR_SIGNATURE, VECTOR_TIMESTAMP


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
