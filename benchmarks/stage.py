"""A database of its own with a list, its readers and an edition, for one run."""

import datetime as dt
import logging
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django
import structlog
from django.core.management import call_command

if TYPE_CHECKING:
    from mailer.models import Send


@contextmanager
def database() -> Iterator[None]:
    """Begin Django on a fresh SQLite file, or on DATABASE_URL, which must be empty and ours to fill."""
    with tempfile.TemporaryDirectory(prefix="mailer-bench-") as folder:
        os.environ["MAILER_DATA_DIR"] = folder
        os.environ.setdefault("MAILER_HASH_KEY", secrets.token_hex(32))
        os.environ.setdefault("MAILER_SECRET_KEY", secrets.token_hex(32))
        os.environ["DJANGO_SETTINGS_MODULE"] = "mailer.settings"
        django.setup()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        call_command("migrate", verbosity=0)
        yield


def a_send(size: int) -> "Send":
    """Return a send of the sample edition that is due, to `size` readers over all sets of interests."""
    from mailer import editions, rehearsal, sends  # noqa: PLC0415 - models need Django, which starts with the run
    from mailer.models import Send  # noqa: PLC0415 - the same
    from mailer.timetable import Instant  # noqa: PLC0415 - the same

    now = dt.datetime.now(dt.UTC)
    owner = rehearsal.sample_list()
    rehearsal.enrol(owner, size)
    text = (rehearsal.SAMPLES / "edition.md").read_bytes()
    edition = editions.import_text(owner, text, author="bench", now=now).edition
    send = sends.schedule(edition, Instant(now), by="bench", now=now)
    Send.objects.filter(pk=send.pk).update(status="preparing")
    return sends.find(send.pk)
