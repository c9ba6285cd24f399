"""What every test stands on: a clean environment, real servers, and a cast of fixtures.

Redis runs for every test run, PostgreSQL where it is asked for; both are started once, by the
process that was called, and end with it even when it is killed. What is missing is a failure.
"""

import logging
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
import redis
from pytest_django import DjangoDbBlocker

from tests.servers import postgresql
from tests.servers import redis as redis_server
from tests.servers.kept import Server, ServerError
from tests.surroundings import FOREIGN, KEYS, POSTGRESQL, database, database_at, fresh

WELCOME = ("MAILER_CHROMIUM",)
STRAIGHT = {"no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost"}
# The shell of Chromium has no windows of its own to draw, and takes a third less time.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# Marks that a file says itself, for each of its tests or for all.
KINDS = ("browser", "database")
# How the process that was called tells xdist's workers what it started.
FOLDER, REDIS = "TESTS_FOLDER", "TESTS_REDIS"

_servers: list[Server] = []

# Where bytecode is not kept, each of the hundreds of processes that tests start compiles the product anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# In the background a shell has SIGINT ignored, and what is started from there inherits that: programs under
# test could not be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="what database tests run on"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    worker: str = getattr(config, "workerinput", {}).get("workerid", "")
    on_postgresql = config.getoption("--database") == "postgresql"
    if not worker:
        _start_servers(postgresql_too=on_postgresql)
    _set_environment(Path(os.environ[FOLDER]) / (worker or "main"), worker, on_postgresql=on_postgresql)
    import django  # noqa: PLC0415 - its settings read the environment just set
    from django.conf import settings  # noqa: PLC0415 - the same

    # On disk, so that the threads and processes a test starts see what it sees.
    if not on_postgresql:
        # Added to what is there: whoever looked at the settings before has filled it with defaults.
        default = cast("dict[str, Any]", settings.DATABASES["default"])
        default.setdefault("TEST", {})["NAME"] = str(settings.DATA_DIR / "test.sqlite3")
    django.setup()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files that have no test of the kind asked for: reading all takes longer than some kinds."""
    kind = str(config.option.markexpr).partition(" ")[0]
    if kind not in KINDS or not collection_path.name.startswith("test_"):
        return None
    return f"mark.{kind}" not in collection_path.read_text(encoding="utf-8") or None


def pytest_unconfigure() -> None:
    while _servers:
        _servers.pop().stop()


def _start_servers(*, postgresql_too: bool) -> None:
    folder = redis_server.new_folder()
    os.environ[FOLDER] = str(folder)
    try:
        _servers.append(redis_server.start(folder))
        os.environ[REDIS] = _servers[-1].url
        if postgresql_too:
            _servers.append(postgresql.start())
            os.environ[POSTGRESQL] = _servers[-1].url
            _leave_unknown(_servers[-1].url)
    except ServerError as error:
        pytest.exit(str(error), returncode=1)


def _leave_unknown(server: str) -> None:
    """Keep the planner from learning that a table is empty, in the moment between two tests when it is.

    It would take many pages for no rows, and compare each row of the next test with all others.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")


def _set_environment(folder: Path, worker: str, *, on_postgresql: bool) -> None:
    for name in list(os.environ):
        if name.startswith(FOREIGN) and name not in WELCOME:
            del os.environ[name]
    data_dir = folder / "data"
    data_dir.mkdir(parents=True)
    number = int(worker.removeprefix("gw") or 0)
    os.environ |= KEYS | STRAIGHT
    os.environ["DJANGO_SETTINGS_MODULE"] = "mailer.settings"
    os.environ["MAILER_DATA_DIR"] = str(data_dir)
    os.environ["REDIS_URL"] = f"{os.environ[REDIS]}/{number}"
    if on_postgresql:
        os.environ["DATABASE_URL"] = database_at(os.environ[POSTGRESQL], "mailer")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:  # noqa: ARG001 - this one comes after it
    """Let a test's rows be removed after it quickly, and the audit log's too, which on SQLite refuses it."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by then
    from django.test import TransactionTestCase  # noqa: PLC0415 - the same

    from tests import emptying  # noqa: PLC0415 - the same

    TransactionTestCase._fixture_teardown = lambda _: emptying.empty()  # type: ignore[attr-defined]  # there is no other place

    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER change_not_removed")


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Undo what a test, or a command that is run within it, does to this process's log."""
    import structlog  # noqa: PLC0415 - not before Django is set up

    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def redis_url() -> str:
    """A real Redis, empty."""
    url = os.environ["REDIS_URL"]
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL, whichever database the tests run on."""
    if running := os.environ.get(POSTGRESQL):
        yield running
        return
    server = postgresql.start()
    yield server.url
    server.stop()


@pytest.fixture
def postgres_url(postgresql_server: str) -> Iterator[str]:
    """A database of its own on a real PostgreSQL."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield database_at(postgresql_server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(transactional_db: None) -> str:  # noqa: ARG001 - rows must be committed to be seen from outside
    """The database this test writes to, for the processes it starts."""
    return database()


@pytest.fixture
def fresh_environ(tmp_path: Path) -> dict[str, str]:
    """The environment of a new installation where nothing is set but its data directory."""
    return fresh(tmp_path)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of this machine, or the one `make test-browser` fetched."""
    asked = os.environ.get("MAILER_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if asked:
        return asked
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import, and only browsers need it

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    assert Path(path).exists(), (
        "no Chromium: install one, name it in MAILER_CHROMIUM, or run make test-browser"
    )
    return path


@pytest.fixture
def canary() -> str:
    """An address that must turn up in no log, broker message, metric or page address."""
    return f"canary+{secrets.token_hex(8)}@example.org"
