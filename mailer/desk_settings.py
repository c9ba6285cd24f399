"""The settings of signing in to the desk: whose second factor is asked for, and OpenID Connect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SECOND_FACTORS = ("senders", "all", "none")
LONGEST_NAME = 60  # characters on a button
# Of no width, yet words of some languages are written with them.
_JOINERS = {0x200C: None, 0x200D: None}
_HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Oidc:
    """A provider of OpenID Connect: its issuer's address, what we are to it, and its name on our button."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "your organisation"


@dataclass(frozen=True)
class DeskSettings:
    """How one signs in. `oidc` None: by password and passkey alone."""

    second_factor: str = "senders"  # who must have one: all | senders (and admins) | none
    oidc: Oidc | None = None


def read_desk(environ: Mapping[str, str], secret: Callable[[str], str], problems: list[str]) -> DeskSettings:
    """Return the settings; add a line to `problems` for each that is missing or wrong."""
    rule = environ.get("MAILER_SECOND_FACTOR", "").strip() or "senders"
    if rule not in SECOND_FACTORS:
        problems.append(f"MAILER_SECOND_FACTOR must be one of {', '.join(SECOND_FACTORS)}, not {rule!r}")
    return DeskSettings(rule, _oidc(environ, secret, problems))


def _oidc(environ: Mapping[str, str], secret: Callable[[str], str], problems: list[str]) -> Oidc | None:
    url = environ.get("MAILER_OIDC_URL", "").strip()
    client_id, client_secret = secret("MAILER_OIDC_CLIENT_ID"), secret("MAILER_OIDC_CLIENT_SECRET")
    if not (url or client_id or client_secret):
        return None
    if not _is_sound(url):
        problems.append(
            "MAILER_OIDC_URL must be the https address of the provider, as it calls itself (its issuer,"
            " without /.well-known/…), for example https://id.example.org/realms/news"
        )
    for name, value in (("MAILER_OIDC_CLIENT_ID", client_id), ("MAILER_OIDC_CLIENT_SECRET", client_secret)):
        if not value and not environ.get(f"{name}_FILE"):
            problems.append(f"{name} is missing: set it beside MAILER_OIDC_URL, as the provider gave it")
    name = environ.get("MAILER_OIDC_NAME", "").strip() or Oidc.name
    if len(name) > LONGEST_NAME or not name.translate(_JOINERS).isprintable():
        problems.append(
            f"MAILER_OIDC_NAME must be at most {LONGEST_NAME} printable characters: a button says it,"
            " Sign in by …"
        )
    # OpenID Connect Discovery 4.1: a slash at the end goes before what is asked there.
    return Oidc(url.rstrip("/"), client_id, client_secret, name)


def _is_sound(url: str) -> bool:
    """Return whether it is an address by https, or on this machine, where rehearsals live.

    Host, port and path alone: OpenID Connect Discovery 3 has it so.
    """
    if not url.isascii() or not url.isprintable() or " " in url or "/.well-known/" in url:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return (
        bool(host)
        and not (parts.query or parts.fragment or "@" in parts.netloc)
        and (parts.scheme == "https" or (parts.scheme == "http" and host in _HERE))
    )
