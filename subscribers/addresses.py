"""An address as a person wrote it, as it is compared, as a keyed hash, and as a stranger may see it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from subscribers.errors import SubscribersError

LONGEST = 254  # octets: RFC 5321 4.5.3.1, a path of 256 with its brackets
LONGEST_LOCAL = 64
LONGEST_LABEL = 63
# Samples and tests live under .test (RFC 6761), which the library refuses by default.
REFUSED_ENDINGS = frozenset(SPECIAL_USE_DOMAIN_NAMES) - {"test"}

_GMAIL = ("gmail.com", "googlemail.com")  # two names of one house

# What nearly every address looks like. The library takes 40 µs for one, an import a million of them;
# a test holds both to the same answer.
_ORDINARY = re.compile(
    r"(?P<local>[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)"
    r"@(?P<domain>(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+(?P<ending>[A-Za-z]{2,}))"
)


class AddressError(SubscribersError):
    """The text is no address that letters can be sent to; `reason` says why without repeating it."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a sentence."""
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Address:
    """One address: `written` for sending, `canonical` for telling people apart."""

    written: str  # the local part as typed, the domain as a lower-case A-label
    canonical: str


def parse(text: str) -> Address:
    """Return the address that `text` is.

    An internationalised domain becomes its A-label (IDNA 2008); a local part outside ASCII is refused, since
    it needs SMTPUTF8 on every hop (RFC 6531) and SendGrid does not promise it. Nothing is looked up.
    Raises AddressError.
    """
    text = text.strip()
    if (ordinary := _ORDINARY.fullmatch(text)) and _fits(ordinary):
        written = f"{ordinary['local']}@{ordinary['domain'].lower()}"
    else:
        written = _validated(text)
    return Address(written, unicodedata.normalize("NFC", written).lower())


def mailbox(canonical: str) -> str:
    """Return the address that several spellings of one mailbox share, as far as anybody can tell.

    What stands behind a plus is a sub-address (RFC 5233), and Gmail reads no dots. For brakes alone: people
    are told apart by what they wrote.
    """
    local, _, domain = canonical.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        return f"{local.replace('.', '')}@{_GMAIL[0]}"
    return f"{local}@{domain}"


def _fits(ordinary: re.Match[str]) -> bool:
    return (
        len(ordinary.string) <= LONGEST
        and len(ordinary["local"]) <= LONGEST_LOCAL
        and all(len(label) <= LONGEST_LABEL for label in ordinary["domain"].split("."))
        and ordinary["ending"].lower() not in REFUSED_ENDINGS
    )


def _validated(text: str) -> str:
    if not text:
        raise AddressError("There is no address.")
    # The library's name for "domains under .test exist"; asked for plainly, it would also take a bare "test".
    sample = text.lower().endswith(".test")
    try:
        address = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=sample
        ).ascii_email
    except EmailNotValidError as error:
        if not text.rpartition("@")[0].isascii():
            raise AddressError(
                "The part before the @-sign holds letters outside a-z; mail services cannot deliver that yet."
            ) from None
        raise AddressError(str(error)) from None
    if address is None or len(address) > LONGEST:
        raise AddressError(f"The address is longer than {LONGEST} characters.")
    return address


def address_key(canonical: str) -> str:
    """Return the keyed hash of a canonical address: 32 hexadecimal digits.

    It outlives the person in ledgers and suppressions; without settings.HASH_KEY nobody can try addresses
    against it.
    """
    digest = _keyed(settings.HASH_KEY).copy()
    digest.update(canonical.encode())
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _keyed(secret: str) -> blake2b:
    """Return a hasher whose key is already mixed in: copying it halves the work for each address."""
    key = blake2b(secret.encode()).digest()
    return blake2b(key=key, digest_size=16, person=b"address")


def masked(address: str) -> str:
    """Return the address so that its owner knows it and a stranger does not: n•••a@example.org."""
    local, _, domain = address.rpartition("@")
    last = local[-1] if len(local) > 2 else ""  # noqa: PLR2004 - the first and the last of two would be all
    return f"{local[:1]}•••{last}@{domain}"
