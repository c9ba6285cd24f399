"""Secrets of second factors as the database holds them: encrypted by a key that it does not hold."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from subscribers.errors import SubscribersError


class SecretLostError(SubscribersError):
    """A second factor was kept by a secret key that is not set any more."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "This second factor was kept by a secret key that is gone: set it again among"
            " MAILER_OLD_SECRET_KEYS, or give the user a new start with `mailer users reset`"
        )


def encrypt(text: str) -> str:
    """Return `text` as only the secret key, or one that was replaced and is still known, opens it."""
    return _box().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return what was encrypted. Raises SecretLostError."""
    try:
        return _box().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise SecretLostError from None


def _box() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    # A purpose of its own, so that nothing else that is made of the secret key opens it.
    digest = hashlib.blake2b(secret.encode(), digest_size=32, person=b"second factor").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
