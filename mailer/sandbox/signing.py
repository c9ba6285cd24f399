"""The key that signs events: made in the sandbox's folder by whoever asks first, sandbox or product."""

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PRIVATE, PUBLIC = "signing-key.pem", "public-key"

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"


@dataclass(frozen=True)
class SigningKey:
    """The private half, on the curve P-256."""

    private: ec.EllipticCurvePrivateKey

    def sign(self, timestamp: str, body: bytes) -> str:
        """Return the base64 of an ASN.1 ECDSA-SHA-256 signature over the timestamp, then the raw body."""
        return base64.b64encode(
            self.private.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        ).decode()


def keypair(folder: Path) -> SigningKey:
    """Return the key of `folder`, made there (mode 600) if it has none, with its public half beside it."""
    _made_once(folder / PRIVATE, _new_private, 0o600)
    private = serialization.load_pem_private_key((folder / PRIVATE).read_bytes(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{folder / PRIVATE} holds no ECDSA key: remove it and the sandbox makes a new one")
    _made_once(folder / PUBLIC, lambda: _public_line(private), 0o644)
    return SigningKey(private)


def passing_key() -> SigningKey:
    """Return a new key that is kept nowhere: a stranger's."""
    return SigningKey(ec.generate_private_key(ec.SECP256R1()))


def public_key(folder: Path) -> str:
    """Return the verification key as the service shows it: one line, base64 of a DER SubjectPublicKeyInfo."""
    if not (folder / PUBLIC).exists():
        keypair(folder)
    return (folder / PUBLIC).read_text(encoding="ascii").strip()


def _new_private() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_line(private: ec.EllipticCurvePrivateKey) -> bytes:
    encoded = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(encoded) + b"\n"


def _made_once(path: Path, make: Callable[[], bytes], mode: int) -> None:
    """Write beside and link into place: two who start together agree, and neither reads half a file."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key counts
    finally:
        draft.unlink(missing_ok=True)
