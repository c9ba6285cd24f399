import errno
import importlib

import pytest
from django.db import DatabaseError, OperationalError

from mailer.commands.failures import FORESEEN, FailedError, lines_for
from mailer.environment import SettingError
from subscribers.lists import ListError


@pytest.mark.parametrize("name", sorted(FORESEEN))
def test_every_foreseen_error_exists(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), kind), Exception)


def test_each_wrong_setting_has_its_own_line() -> None:
    assert lines_for(SettingError(["A is missing", "B is wrong"])) == ["A is missing", "B is wrong"]


def test_an_error_of_a_family_is_foreseen() -> None:
    assert lines_for(ListError("There is no list")) == ["There is no list"]
    assert lines_for(FailedError("two\nlines")) == ["two", "lines"]


def test_what_nobody_foresaw_keeps_its_traceback() -> None:
    assert lines_for(RuntimeError("a bug")) is None


def test_a_file_that_cannot_be_opened_is_named() -> None:
    assert lines_for(PermissionError(13, "Permission denied", "/etc/shadow")) == [
        "/etc/shadow: Permission denied"
    ]


@pytest.mark.database
@pytest.mark.usefixtures("db")
def test_a_busy_database_is_worth_another_try() -> None:
    assert lines_for(OperationalError("database is locked")) == [
        "The database did not do it (database is locked); try again"
    ]
    assert lines_for(DatabaseError("a bug of ours")) is None


def test_a_full_disk_is_foreseen_though_the_error_names_no_file() -> None:
    assert lines_for(OSError(errno.ENOSPC, "No space left on device")) == [
        "The output could not be written: No space left on device"
    ]
    assert lines_for(OSError(errno.EBADF, "Bad file descriptor")) is None
