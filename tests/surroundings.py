"""What programs under test find around them: a new installation's settings, and the tests' own database."""

import os
from pathlib import Path
from urllib.parse import quote

# Settings of the developer's own installation that must not reach a test.
FOREIGN = ("MAILER_", "SENDGRID_", "SMTP_", "CELERY_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
KEYS = {"MAILER_SECRET_KEY": "s" * 40, "MAILER_HASH_KEY": "h" * 40}
# How the process that was called tells xdist's workers where the PostgreSQL is that it started.
POSTGRESQL = "TESTS_POSTGRESQL"


def fresh(folder: Path) -> dict[str, str]:
    """Return the environment of a new installation where nothing is set but its data directory."""
    foreign = (*FOREIGN, "TESTS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {"MAILER_DATA_DIR": str(folder / "data"), "HOME": str(folder)}


def database() -> str:
    """Return the address of the database that tests write to, for the processes they start."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by then

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    return database_at(os.environ[POSTGRESQL], name)


def database_at(server: str, name: str) -> str:
    """Return the address of a database on a PostgreSQL."""
    return f"{server.rpartition('/')[0]}/{name}"
