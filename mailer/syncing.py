"""Suppressions brought up to date: what SendGrid's own lists say, and soft bounces.

A webhook may have been down; SendGrid's lists are the net beneath it. Whoever is in them gets nothing from
SendGrid whatever we do, and each try costs a credit.

Each page is written by itself, and writing it again changes nothing: whoever kills this runs it again.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction

from mailer import softbounces
from mailer.environment import Configuration
from mailer.softbounces import AUDITED_AS
from mailer.transports.chosen import SANDBOX_KEY
from mailer.transports.sendgrid_suppressions import (
    Entry,
    NobodyThereError,
    Page,
    SuppressionListError,
    SuppressionLists,
    wait,
)
from subscribers import changes
from subscribers.addresses import AddressError, address_key, parse
from subscribers.errors import SubscribersError
from subscribers.leaving import unsubscribe
from subscribers.models import Change, Subscription, Suppression
from subscribers.suppressions import Report, suppress_keys
from subscribers.vocabulary import Status, Suppressed

log = structlog.get_logger()

BY_TIMETABLE = "the timetable"
# What came into a list late, or by another clock than ours, is met the next time.
OVERLAP = dt.timedelta(days=1)

# SendGrid's lists: what it means to be in one, and what evidence calls it. Blocks are about letters.
LISTS = {
    "bounces": (Suppressed.BOUNCED, "bounce list"),
    "invalid_emails": (Suppressed.BOUNCED, "list of invalid addresses"),
    "spam_reports": (Suppressed.COMPLAINED, "list of spam reports"),
    "unsubscribes": (Suppressed.UNSUBSCRIBED, "list of global unsubscribes"),
}

Progress = Callable[[str, int, int | None], None]


class SyncError(SubscribersError):
    """SendGrid's lists could not be read to their end; what was read before that is written."""


@dataclass(frozen=True)
class Account:
    """Whose lists are asked: what is known of another account's says nothing of them."""

    transport: str  # sendgrid or sandbox
    host: str
    mark: str  # a hash of the key, which itself stands nowhere

    @property
    def who(self) -> str:
        """Return what people call it."""
        return "The sandbox" if self.transport == "sandbox" else "SendGrid"


@dataclass(frozen=True)
class Read:
    """What one of SendGrid's lists held: items, suppressions that are new, items that name no address."""

    list: str
    reason: Suppressed
    read: int = 0
    new: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Synced:
    """What came of it; `since` None: from the beginning. No `lists`: the transport has none."""

    transport: str
    since: dt.datetime | None
    until: dt.datetime
    lists: tuple[Read, ...]
    soft_bounces: int
    dry_run: bool

    def described(self) -> dict[str, Any]:
        """Return it in the shape of `suppressions sync --json`."""
        return asdict(self)


def sync(
    *,
    by: str,
    now: dt.datetime,
    since: dt.datetime | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    pause: Callable[[float], object] = wait,
) -> Synced:
    """Suppress whom soft bounces and SendGrid's lists tell of, and note it in the audit log.

    `since` None: from a day before the last complete sync, or else from the beginning. A dry run asks as
    much and writes nothing. `pause` waits so many seconds. Raises SyncError.
    """
    configuration = settings.CONFIGURATION
    until = now.replace(microsecond=0)
    soft = softbounces.count(by=by, now=now, dry_run=dry_run)
    if configuration.smtp.relay:
        return Synced("smtp", since, until, (), soft, dry_run)
    account = _account(configuration)
    covered = _covered(account, until)
    # What is left out by --since would be left out for good if the next sync went on from this one.
    complete = since is None or since.timestamp() <= 0 or (covered is not None and since <= covered)
    if since is None and covered is not None:
        since = covered - OVERLAP
    asked = SuppressionLists(
        configuration.sendgrid_api_key or SANDBOX_KEY,
        configuration.transport_url,
        configuration.timings.answer_timeout,
        who=account.who,
        pause=pause,
    )
    line = changes.Growing(AUDITED_AS, by=by, at=now, subject=account.host)

    def note(read: Iterable[Read], *, complete: bool = False) -> None:
        line.write(
            {
                "account": account.mark,
                "since": since.isoformat() if since else None,
                "until": until.isoformat(),
                "complete": complete,
                "new": dict.fromkeys(LISTS, 0) | {each.list: each.new for each in read},
            }
        )

    writing = _Writing(account, note, dry_run=dry_run)
    try:
        read = tuple(
            writing.take(name, asked.pages(name, since=since, until=until), progress) for name in LISTS
        )
    except SuppressionListError as error:
        hint = "; is `mailer up` or `mailer sandbox` running?"
        absent = account.transport == "sandbox" and isinstance(error, NobodyThereError)
        raise SyncError(f"{error}{hint if absent else ''}") from error
    if not dry_run:
        note(read, complete=complete)
    return Synced(account.transport, since, until, read, soft, dry_run)


def nightly(*, now: dt.datetime) -> None:
    """Do what the timetable asks; what stands in the way is logged, and tried again the next night."""
    try:
        synced = sync(by=BY_TIMETABLE, now=now)
    except SyncError as error:
        log.error("suppressions were not synced", why=str(error))  # noqa: TRY400 - the line says it all
        return
    new = {each.list: each.new for each in synced.lists}
    log.info("suppressions synced", transport=synced.transport, soft_bounces=synced.soft_bounces, **new)


def _account(configuration: Configuration) -> Account:
    key = configuration.sendgrid_api_key or SANDBOX_KEY
    secret = blake2b(settings.HASH_KEY.encode()).digest()
    mark = blake2b(key.encode(), key=secret, digest_size=6, person=b"account").hexdigest()
    transport = "sandbox" if configuration.sandboxed else "sendgrid"
    return Account(transport, urlsplit(configuration.transport_url).netloc, mark)


def _covered(account: Account, until: dt.datetime) -> dt.datetime | None:
    """Return up to when all is known here that came into the account's lists; None: nothing is."""
    lines = Change.objects.filter(what=AUDITED_AS, subject=account.host, after__account=account.mark)
    last = lines.filter(after__complete=True).order_by("-pk").first()
    # A clock that was ahead does not keep the lists unread until its time has come.
    return min(until, dt.datetime.fromisoformat(last.after["until"])) if last else None


class _Writing:
    """Puts pages of an account's lists into our rows, each in a transaction of its own."""

    def __init__(self, account: Account, note: Callable[[Iterable[Read]], None], *, dry_run: bool) -> None:
        """Tell `note` what has been read so far, in the transaction of each page that held something new."""
        self._account, self._note, self._dry_run = account, note, dry_run
        self._read: list[Read] = []
        # Nothing that a dry run writes tells it that it has met an address in another list.
        self._met: set[tuple[Suppressed, str]] = set()

    def take(self, name: str, pages: Iterable[Page], progress: Progress | None) -> Read:
        """Write a list, and return what was in it."""
        reason, called = LISTS[name]
        source = f"{self._account.who}'s {called}"
        read = Read(name, reason)
        for page in pages:
            reports = [report for entry in page.entries if (report := _report(entry, reason, source))]
            items = len(page.entries) + page.unreadable
            read = replace(read, read=read.read + items, unreadable=read.unreadable + items - len(reports))
            read = replace(read, new=read.new + self._write(reports, read, source))
            if progress:
                progress(name.replace("_", " "), read.read, None)
        self._read.append(read)
        return read

    def _write(self, reports: list[Report], read: Read, source: str) -> int:
        """Write a page; return how many addresses were not suppressed for that reason, and are now."""
        reason = read.reason
        # In one order, so that nobody who suppresses the same people waits in a ring.
        reports = sorted(reports, key=lambda report: (report.address_key, report.at))
        latest = {report.address_key: report.at for report in reports}
        with transaction.atomic():
            known = _in_force(latest, reason)
            suppress_keys(reports)
            new = _in_force(latest, reason) - known
            if self._dry_run:
                transaction.set_rollback(True)
            elif new:
                if reason is Suppressed.UNSUBSCRIBED:
                    _end_subscriptions({key: latest[key] for key in new}, source)
                self._note([*self._read, replace(read, new=read.new + len(new))])
        if self._dry_run:
            new -= {key for met, key in self._met if met is reason}
            self._met |= {(reason, key) for key in new}
        return len(new)


def _report(entry: Entry, reason: Suppressed, source: str) -> Report | None:
    """Return what an entry says of an address; None where it names none that a letter could go to."""
    try:
        key = address_key(parse(entry.address).canonical)
    except AddressError:
        return None
    return Report(key, reason, entry.at, f"{source}: {entry.words}" if entry.words else source)


def _in_force(keys: Collection[str], reason: Suppressed) -> set[str]:
    """Return which of these addresses are suppressed everywhere for that reason."""
    rows = Suppression.objects.filter(address_key__in=keys, reason=reason, list=None, lifted_at=None)
    return set(rows.values_list("address_key", flat=True))


def _end_subscriptions(left: dict[str, dt.datetime], how: str) -> None:
    """Let those go who left through SendGrid, from every list, as any other reader who leaves."""
    standing = Subscription.objects.filter(subscriber__address_key__in=left)
    standing = standing.exclude(status=Status.UNSUBSCRIBED).order_by("pk")
    for subscription, key in list(standing.values_list("pk", "subscriber__address_key")):
        unsubscribe(subscription, how, left[key])
