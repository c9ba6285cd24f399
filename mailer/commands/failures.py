"""Errors that were foreseen end a command with their own line and status 1; others with a traceback."""

import errno
import os
from collections.abc import Iterable

# By name, since importing them all would make every command slow; a test finds each.
FORESEEN = frozenset(
    {
        "mailer.audience.FreezeError",
        "mailer.commands.failures.FailedError",
        "mailer.editions.EditionError",
        "mailer.embedded.broker.BrokerError",
        "mailer.embedded.stack.StackError",
        "mailer.embedded.supervisor.SupervisorError",
        "mailer.manuscript.faults.ManuscriptError",
        "mailer.rehearsal.RehearsalError",
        "mailer.rendering.templates.TemplateFault",
        "mailer.sends.errors.SendError",
        "mailer.timetable.TimeError",
        "mailer.webhooks.keys.WebhookKeyError",
        "subscribers.errors.SubscribersError",
    }
)

# What writing ends with; the error then names no file.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class FailedError(Exception):
    """A command cannot do what was asked; the message says why and what to do, in one line."""


def lines_for(error: Exception) -> list[str] | None:
    """Return what to tell a person about `error`, or None if nobody foresaw it."""
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if "mailer.environment.SettingError" in kinds:
        problems: Iterable[str] = getattr(error, "problems", ())
        return list(problems)
    if kinds & FORESEEN:
        return str(error).splitlines()
    if "django.db.utils.DatabaseError" in kinds:
        return _database_lines(error)
    if isinstance(error, OSError) and error.filename:
        return [f"{os.fsdecode(error.filename)}: {error.strerror}"]
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return [f"The output could not be written: {error.strerror}"]
    return None


def _database_lines(error: Exception) -> list[str] | None:
    from django.db import DatabaseError, OperationalError, connection  # noqa: PLC0415 - only when one has failed
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - the same

    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as unreachable:
        return [f"The database cannot be used ({_first_line(unreachable)}); check DATABASE_URL"]
    if missing:
        return [f"The database lacks {len(missing)} migrations: run `mailer migrate`"]
    if isinstance(error, OperationalError):
        return [f"The database did not do it ({_first_line(error)}); try again"]
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip()
