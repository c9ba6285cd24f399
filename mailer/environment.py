"""Read the environment into one value; every missing or wrong setting is one clear line.

Pure: a mapping in, a `Configuration` out. Three variables take it from laptop to production,
DATABASE_URL, REDIS_URL and SENDGRID_API_KEY or SMTP_URL; nothing else has to change.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from mailer.desk_settings import DeskSettings, read_desk
from mailer.rates import Rates, read_rates
from mailer.smtp_settings import SmtpSettings, read_smtp

BASE_URL = "http://127.0.0.1:8000"
SANDBOX_URL = "http://127.0.0.1:8026"
SENDGRID_URL = "https://api.sendgrid.com"
DATABASE_SCHEMES = ("sqlite", "postgresql", "postgres")
BROKER_SCHEMES = ("redis", "rediss", "redis+socket")
SHORTEST_SECRET = 32
SHORTEST_WAIT = 0.1  # seconds
DAY, TEN_YEARS = 86_400, 315_360_000  # seconds
# Days: SendGrid tells again for one, and what is in doubt is decided about within the first.
SHORTEST_KEEPING, LONGEST_KEEPING = 30, 36_500
# What a socket or a timetable waits for; the others only shift a moment.
LONGEST_WAITS = {"sweep": DAY, "lease": DAY, "answer_timeout": DAY}

# Paths are appended to it and it stands in headers and letters: no query, no user, nothing to escape.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(/[A-Za-z0-9._~%/-]*)?")


_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


class SettingError(Exception):
    """Settings that are missing or wrong, one line each: name, what is wrong, what to write instead."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the lines as `problems`."""
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class Timings:
    """How long things wait, in seconds; defaults as in the protocol."""

    sweep: float = 15
    lease: float = 60
    answer_timeout: float = 60
    unknown_wait: float = 1800
    useful_life: float = 86_400
    missed_after: float = 21_600


@dataclass(frozen=True)
class Configuration:
    """Everything an installation is told from outside."""

    data_dir: Path
    database_url: str = field(repr=False)  # '' = SQLite in the data directory
    redis_url: str = field(repr=False)  # '' = the embedded broker
    sendgrid_api_key: str = field(repr=False)  # '' = the sandbox
    sendgrid_api_url: str
    sendgrid_webhook_keys: tuple[str, ...]
    sandbox_url: str
    base_url: str
    secret_key: str = field(repr=False)  # '' = made in the data directory
    old_secret_keys: tuple[str, ...] = field(repr=False)
    hash_key: str = field(repr=False)  # '' = made in the data directory
    timings: Timings
    rates: Rates
    smtp: SmtpSettings
    keep_events: int | None = None  # days; None = for ever
    old_hosts: tuple[str, ...] = ()  # where it was before: links in old letters still lead there
    templates: str = ""  # the folder of the installation's own; '' = none
    desk: DeskSettings = field(default_factory=DeskSettings)
    metrics_token: str = field(default="", repr=False)  # '' = /metrics answers this machine alone

    @property
    def sandboxed(self) -> bool:
        """Return whether the transport is the sandbox, so that nothing leaves this machine."""
        return not self.sendgrid_api_key and not self.smtp.relay

    @property
    def transport_url(self) -> str:
        """Return the address the SendGrid library is pointed at."""
        return self.sandbox_url if self.sandboxed else self.sendgrid_api_url


def read(environ: Mapping[str, str]) -> Configuration:
    """Return the configuration `environ` describes.

    Raises SettingError with one line for each setting that is missing or wrong.
    """
    problems: list[str] = []
    secret = _secrets(environ, problems)
    database_url = secret("DATABASE_URL")
    redis_url = secret("REDIS_URL")
    api_key = secret("SENDGRID_API_KEY")
    webhook_keys = secret("SENDGRID_WEBHOOK_KEYS")
    hash_key = secret("MAILER_HASH_KEY")
    secret_key = secret("MAILER_SECRET_KEY")
    _check_scheme("DATABASE_URL", database_url, DATABASE_SCHEMES, problems)
    _check_scheme("REDIS_URL", redis_url, BROKER_SCHEMES, problems)
    if database_url and not hash_key:
        problems.append(
            "MAILER_HASH_KEY is missing: with DATABASE_URL it must be set, since every host has to make the"
            " same address keys; write 32 or more random characters and keep them as long as the data"
        )
    if database_url and not secret_key:
        problems.append(
            "MAILER_SECRET_KEY is missing: with DATABASE_URL it must be set, so that links in letters work on"
            " every host; write 32 or more random characters"
        )
    metrics_token = secret("MAILER_METRICS_TOKEN")
    for name, value in (
        ("MAILER_HASH_KEY", hash_key),
        ("MAILER_SECRET_KEY", secret_key),
        ("MAILER_METRICS_TOKEN", metrics_token),
    ):
        if value and len(value) < SHORTEST_SECRET:
            problems.append(
                f"{name} has {len(value)} characters: write at least {SHORTEST_SECRET} random ones"
            )
    _check_webhook_keys(_several(webhook_keys), problems)
    smtp = read_smtp(environ, secret, problems, sendgrid=bool(api_key))
    if api_key and not webhook_keys and not environ.get("SENDGRID_WEBHOOK_KEYS_FILE"):
        problems.append(
            "SENDGRID_WEBHOOK_KEYS is missing: with SENDGRID_API_KEY it must be set, or no event could be"
            " trusted; copy the verification key of the signed Event Webhook"
        )
    base_url, api_url, sandbox_url = (
        _address(environ, name, default, problems)
        for name, default in (
            ("MAILER_BASE_URL", BASE_URL),
            ("SENDGRID_API_URL", SENDGRID_URL),
            ("MAILER_SANDBOX_URL", SANDBOX_URL),
        )
    )
    timings = _timings(environ, problems)
    rates = read_rates(environ, problems)
    keep_events = _keep_events(environ, problems)
    old_hosts = _hosts(environ, "MAILER_OLD_HOSTS", problems)
    templates = _folder(environ, "MAILER_TEMPLATES", problems)
    desk = read_desk(environ, secret, problems)
    if problems:
        raise SettingError(problems)
    return Configuration(
        data_dir=Path(environ.get("MAILER_DATA_DIR") or "data").expanduser().absolute(),
        database_url=database_url,
        redis_url=redis_url,
        sendgrid_api_key=api_key,
        sendgrid_api_url=api_url,
        sendgrid_webhook_keys=_several(webhook_keys),
        sandbox_url=sandbox_url,
        base_url=base_url,
        secret_key=secret_key,
        old_secret_keys=_several(secret("MAILER_OLD_SECRET_KEYS")),
        hash_key=hash_key,
        timings=timings,
        rates=rates,
        smtp=smtp,
        keep_events=keep_events,
        old_hosts=old_hosts,
        templates=templates,
        desk=desk,
        metrics_token=metrics_token,
    )


def _secrets(environ: Mapping[str, str], problems: list[str]) -> Callable[[str], str]:
    """Return a reader of NAME or, where that is unset, of the file that NAME_FILE names."""

    def secret(name: str) -> str:
        if value := environ.get(name, "").strip():
            return value
        path = environ.get(f"{name}_FILE", "").strip()
        if not path:
            return ""
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{name}_FILE cannot be read ({error.__class__.__name__}): {path}")
            return ""
        if not value:
            problems.append(f"{name}_FILE is empty: {path}")
        return value

    return secret


def _check_scheme(name: str, value: str, allowed: tuple[str, ...], problems: list[str]) -> None:
    parts = _parts(value)
    if value and (not parts or parts.scheme not in allowed or "://" not in value):
        problems.append(
            f"{name} must be an address that begins with one of {', '.join(f'{s}://' for s in allowed)}"
        )


def _address(environ: Mapping[str, str], name: str, default: str, problems: list[str]) -> str:
    value = environ.get(name, "").strip() or default
    parts = _parts(value)
    if not parts or not parts.hostname or not _PLAIN_ADDRESS.fullmatch(value):
        problems.append(
            f"{name} must be an http or https address of host, port and path alone,"
            " for example https://news.example.org"
        )
    return value.rstrip("/")


def _hosts(environ: Mapping[str, str], name: str, problems: list[str]) -> tuple[str, ...]:
    """Return names of hosts, without a scheme and a port."""
    hosts = _several(environ.get(name, "").strip().lower())
    problems += (
        f"{name} must be names of hosts, such as old.example.org, and {host!r} is none"
        for host in hosts
        if not _HOST.fullmatch(host)
    )
    return hosts


def _folder(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    """Return a folder that must be there, '' where none is named."""
    written = environ.get(name, "").strip()
    folder = Path(written).expanduser().absolute()
    if written and not folder.is_dir():
        problems.append(f"{name} must be a folder of templates, and there is none at {folder}")
    return str(folder) if written else ""


def _check_webhook_keys(keys: tuple[str, ...], problems: list[str]) -> None:
    if not keys:
        return
    from mailer.webhooks.keys import WebhookKeyError, load_key  # noqa: PLC0415 - slow; only keys need it

    for place, key in enumerate(keys, 1):
        try:
            load_key(key, place)
        except WebhookKeyError as error:
            problems.append(str(error))


def _parts(value: str) -> SplitResult | None:
    """Return the parts of an address, or None where even its port or brackets are wrong."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - is read to be checked
    except ValueError:
        return None
    return parts


def _several(value: str) -> tuple[str, ...]:
    """Split keys set apart by commas or white space."""
    return tuple(value.replace(",", " ").split())


def _timings(environ: Mapping[str, str], problems: list[str]) -> Timings:
    values: dict[str, float] = {}
    for name, default in vars(Timings()).items():
        variable = f"MAILER_{name.upper()}"
        written = environ.get(variable, "").strip()
        try:
            values[name] = float(written) if written else float(default)
        except ValueError:
            values[name] = -1
        longest = LONGEST_WAITS.get(name, TEN_YEARS)
        if not SHORTEST_WAIT <= values[name] <= longest:
            problems.append(
                f"{variable} must be a number of seconds from {SHORTEST_WAIT:g} to {longest}, not {written!r}"
            )
            values[name] = float(default)
    timings = Timings(**values)
    # Until then a request may still be under way, and calling it undecided could make a second copy.
    if timings.unknown_wait <= timings.lease + timings.answer_timeout:
        problems.append(
            "MAILER_UNKNOWN_WAIT must be longer than MAILER_LEASE and MAILER_ANSWER_TIMEOUT together"
        )
    return timings


def _keep_events(environ: Mapping[str, str], problems: list[str]) -> int | None:
    written = environ.get("MAILER_KEEP_EVENTS", "").strip()
    if not written:
        return None
    days = int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0  # noqa: PLR2004 - more digits than any number of days has
    if not SHORTEST_KEEPING <= days <= LONGEST_KEEPING:
        problems.append(
            f"MAILER_KEEP_EVENTS must be a whole number of days from {SHORTEST_KEEPING} to {LONGEST_KEEPING},"
            f" or unset to keep events for ever, not {written!r}"
        )
    return days
