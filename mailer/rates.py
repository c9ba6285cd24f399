"""How fast letters may leave: what the settings say, and the bucket that every payment goes through.

Pure: text and numbers in, values out. The rows, and who wins them, are `mailer.pace`.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SECOND, HOUR = 1, 3600  # in seconds
FASTEST = 1_000_000  # messages a second
SLOWEST = {SECOND: 0.001, HOUR: 1}  # messages in so many seconds
# One payment is worth at most so many seconds of its bucket, so that a slow pace trickles.
AT_ONCE = 10.0
# Who asks at most so many seconds late has not lost them: more than a sweep, or a pace that is
# asked for once a sweep would fall short of itself. Whoever comes later was idle, and saves nothing up.
LATE = 30.0

# SendGrid's automated warm-up: messages an hour of an address that is so many days old.
WARM_UP = (
    *(20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810),
    *(1_000, 1_587, 2_222, 3_111, 4_356, 6_098, 8_583, 11_953, 16_734, 23_427, 32_798, 45_917),
    *(64_284, 89_998, 125_997, 176_395, 246_953, 345_735, 484_029, 677_640, 948_696),
    *(1_328_175, 1_859_444, 2_603_222),
)

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_SINCE = re.compile(r"warm-up\s+([0-9]{4}-[0-9]{2}-[0-9]{2})")
_DOMAIN_CAP = re.compile(r"((?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z0-9-]*[a-z][a-z0-9-]*)=([0-9.]+)/([sh])")


@dataclass(frozen=True)
class Bucket:
    """One pace by the generic cell rate algorithm; `spent_until` and `now` are unix seconds."""

    name: str
    rate: float  # messages a second
    at_once: float = AT_ONCE  # one payment's most, in seconds

    @property
    def most(self) -> int:
        """Return how many messages one payment may be for."""
        return max(1, int(self.rate * self.at_once))

    def cost(self, n: int) -> float:
        """Return the seconds that `n` messages take."""
        return n / self.rate

    def free_at(self, spent_until: float, now: float) -> float:
        """Return the moment from which a payment is taken; `now` or before it: at once.

        No payment reaches further than its own cost. What is spent beyond that was paid when the
        clock was ahead: waiting until it comes true would stand still for as long as it was set back.
        """
        explained = now + max(self.at_once, self.cost(1)) + LATE
        return now if spent_until > explained else spent_until

    def pay(self, spent_until: float, n: int, now: float) -> float | None:
        """Return until when it is spent once `n`, at most `most`, are paid; None if it still is.

        What is owed for being a little late is made up; after a pause, or a leap of the clock,
        counting begins afresh.
        """
        if self.free_at(spent_until, now) > now:
            return None
        begun = spent_until if now - LATE <= spent_until <= now else now
        return begun + self.cost(n)


@dataclass(frozen=True)
class Rates:
    """How fast an installation may send; what is unset has no limit."""

    per_second: float | None = None
    per_hour: float | None = None
    # The day the sending address began to be warmed up; goes before `per_hour`.
    warm_up: dt.date | None = None
    # Recipient domains, lower case, with messages a second.
    domains: tuple[tuple[str, float], ...] = ()
    at_once: float = AT_ONCE

    def hourly(self, now: dt.datetime) -> float | None:
        """Return the messages an hour that may leave at `now`; days begin in UTC."""
        if self.warm_up is None:
            return self.per_hour
        age = max(0, (now.astimezone(dt.UTC).date() - self.warm_up).days)
        return float(WARM_UP[age]) if age < len(WARM_UP) else None

    def buckets(self, transport: str, now: dt.datetime) -> tuple[Bucket, ...]:
        """Return what every message of `transport` is paid from, in the order it is paid."""
        found = []
        if self.per_second is not None:
            found.append(Bucket(transport, self.per_second, self.at_once))
        if (hourly := self.hourly(now)) is not None:
            found.append(Bucket(f"{transport}/hour", hourly / HOUR, self.at_once))
        return tuple(found)

    def of_domains(self, transport: str, domains: Iterable[str]) -> dict[str, Bucket]:
        """Return the buckets of those of `domains` that have a cap, in the order they are paid."""
        capped = dict(self.domains)
        return {
            domain: Bucket(f"{transport}/{domain}", capped[domain], self.at_once)
            for domain in sorted(set(domains) & capped.keys())
        }


def read_rates(environ: Mapping[str, str], problems: list[str]) -> Rates:
    """Return the rates that `environ` describes; add a line to `problems` for each that is wrong."""
    warm_up, per_hour = _per_hour(environ.get("MAILER_PACE_PER_HOUR", "").strip(), problems)
    return Rates(
        per_second=_per_second(environ.get("MAILER_PACE", "").strip(), problems),
        per_hour=per_hour,
        warm_up=warm_up,
        domains=_domains(environ.get("MAILER_PACE_DOMAINS", "").strip(), problems),
    )


def _per_second(written: str, problems: list[str]) -> float | None:
    rate = _rate(written, SECOND)
    if written and rate is None:
        problems.append(
            f"MAILER_PACE must be a number of messages a second from {SLOWEST[SECOND]} to {FASTEST},"
            f" not {written!r}"
        )
    return rate


def _per_hour(written: str, problems: list[str]) -> tuple[dt.date | None, float | None]:
    """Return the day a warm-up began, or the number of messages an hour."""
    if since := _SINCE.fullmatch(written):
        try:
            return dt.date.fromisoformat(since[1]), None
        except ValueError:
            problems.append(f"MAILER_PACE_PER_HOUR: there is no day {since[1]}; write warm-up 2026-11-01")
            return None, None
    rate = _rate(written, HOUR)
    if written and rate is None:
        problems.append(
            f"MAILER_PACE_PER_HOUR must be a number of messages an hour from {SLOWEST[HOUR]} to"
            f" {FASTEST * HOUR}, or warm-up and the day it began, for example warm-up 2026-11-01,"
            f" not {written!r}"
        )
    return None, None if rate is None else float(written)


def _domains(written: str, problems: list[str]) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {}
    for item in written.lower().replace(",", " ").split():
        parts = _DOMAIN_CAP.fullmatch(item)
        rate = _rate(parts[2], HOUR if parts[3] == "h" else SECOND) if parts else None
        if parts is None or rate is None:
            problems.append(
                "MAILER_PACE_DOMAINS must be domains with what each may get in an hour or a second, for"
                f" example gmail.com=20000/h yahoo.com=5/s, not {item!r}"
            )
        elif parts[1] in found:
            problems.append(f"MAILER_PACE_DOMAINS names {parts[1]} twice: keep the one that is meant")
        else:
            found[parts[1]] = rate
    return tuple(sorted(found.items()))


def _rate(written: str, seconds: int) -> float | None:
    """Return messages a second; None where `written`, in so many seconds, is no pace to send at."""
    number = float(written) if _NUMBER.fullmatch(written) else 0.0
    return number / seconds if SLOWEST[seconds] <= number <= FASTEST * seconds else None
