"""Seal the audit log, and keep how far outside of the database: who cuts its end off has to find this too.

Each host that seals keeps its own, in a file of the data directory. It is a word like 1204:9f2c…: the number
of the last sealed line and its digest, which tells a stranger nothing.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import structlog
from django.conf import settings

from subscribers import auditing, sealing
from subscribers.auditing import Checked
from subscribers.errors import SubscribersError
from subscribers.sealing import Head, HeadError

log = structlog.get_logger()

_FILE = "audit-log-sealed"


class KeptError(SubscribersError):
    """What this host keeps of the audit log cannot be read."""


def seal() -> None:
    """Seal what has been written since the last time; what stands in the way is logged and stops nobody."""
    try:
        now, kept = sealing.seal(), _kept()
        if kept is not None and not sealing.holds(kept):
            # What proves it stays: `mailer changes check` tells of it.
            log.error("the audit log is not what was sealed", sealed=kept.number, ends=now.number)
        elif now.number > (kept.number if kept else 0):  # else another process here was quicker
            _keep(now)
    except SubscribersError as error:
        log.error("the audit log cannot be sealed", why=str(error))  # noqa: TRY400 - the line says it all
    except OSError as error:
        log.warning("how far the audit log is sealed stands in the database alone", why=error.strerror)


def check(known: Iterable[Head] = ()) -> Checked:
    """Check the audit log against itself, what this host has kept, and what else is `known`.

    Raises KeptError.
    """
    kept = _kept()
    return auditing.check([*known, kept] if kept else known)


def _path() -> Path:
    return Path(settings.DATA_DIR) / _FILE


def _kept() -> Head | None:
    """Return how far this host has seen it sealed; None: it never has. Raises KeptError."""
    try:
        return Head.of(_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, HeadError) as error:
        raise KeptError(
            f"{_path()} does not say how far the audit log was sealed ({type(error).__name__}): put back what"
            f" it held, or remove it, and ask who changed it"
        ) from error


def _keep(head: Head) -> None:
    """Write it down, all or nothing."""
    draft = _path().with_name(f"{_FILE}.{os.getpid()}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{head}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(_path())
