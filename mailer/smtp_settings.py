"""The settings of letters by SMTP: the relay, the mailbox for what comes back, the signature."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailer.transports.headers import is_address
from mailer.transports.relay import Dkim, Relay, RelayUrlError, parse

# What is left of 64 octets (RFC 5321 §4.5.3.1.1) beside the plus and a token of mailer.verp.
LONGEST_BOUNCE_NAME = 30
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
)


@dataclass(frozen=True)
class SmtpSettings:
    """How letters leave by SMTP. `relay` None: they do not."""

    relay: Relay | None = None
    bounce_address: str = ""  # takes bounces and unsubscribes by mail; '' = the sender gets them
    dkim: Dkim | None = None  # None = the relay signs


def read_smtp(
    environ: Mapping[str, str], secret: Callable[[str], str], problems: list[str], *, sendgrid: bool
) -> SmtpSettings:
    """Return the settings; add a line to `problems` for each that is missing or wrong."""
    url = secret("SMTP_URL")
    relay = None
    if url and sendgrid:
        problems.append("SMTP_URL and SENDGRID_API_KEY are both set: choose one, and unset the other")
    try:
        relay = parse(url) if url else None
    except RelayUrlError as error:
        problems.append(f"SMTP_URL {error}")
    bounce_address = environ.get("MAILER_BOUNCE_ADDRESS", "").strip()
    if bounce_address and not _can_take_tokens(bounce_address):
        problems.append(
            f"MAILER_BOUNCE_ADDRESS must be an address whose name has at most {LONGEST_BOUNCE_NAME}"
            " characters and no plus, for example bounces@b.example.org"
        )
    return SmtpSettings(relay, bounce_address, _dkim(environ, secret, problems))


def _can_take_tokens(address: str) -> bool:
    name = address.rpartition("@")[0]
    return is_address(address) and len(name) <= LONGEST_BOUNCE_NAME and "+" not in name


def _dkim(environ: Mapping[str, str], secret: Callable[[str], str], problems: list[str]) -> Dkim | None:
    names = ("MAILER_DKIM_DOMAIN", "MAILER_DKIM_SELECTOR")
    domain, selector = (environ.get(name, "").strip() for name in names)
    key = secret("MAILER_DKIM_KEY")
    if not (domain or selector or key):
        return None
    if not environ.get("MAILER_DKIM_KEY_FILE") and not key:
        problems.append("MAILER_DKIM_KEY is missing: a private RSA key in PEM form, or MAILER_DKIM_KEY_FILE")
    for name, value in zip(names, (domain, selector), strict=True):
        if not _DOMAIN.fullmatch(value):
            problems.append(f"{name} must be set beside MAILER_DKIM_KEY: letters, digits, dots and dashes")
    dkim = Dkim(domain, selector, key)
    if key:
        from mailer.transports.dkim import DkimKeyError, Signer  # noqa: PLC0415 - slow; only a key needs it

        try:
            Signer(dkim)
        except DkimKeyError as error:
            problems.append(f"MAILER_DKIM_KEY {error}")
    return dkim
