"""`python -m tests.tallies.permutations`: a send's events in any order, some several times, leave one state.

Played through `events.take` on a real database, each run committed: rows, traces, sums, and the report.
"""

import argparse
import contextlib
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.servers import postgresql
from tests.surroundings import FOREIGN, KEYS

EVENTS, SEED = 40, 8


def main() -> int:
    """Play what is asked for; return 1 where two orders left two states."""
    parser = argparse.ArgumentParser(prog="python -m tests.tallies.permutations", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=EVENTS, help="of the send")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108 - a disk that needs no waiting for
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None))
        url = ""
        if options.database == "postgresql":
            server = postgresql.start()
            stack.callback(server.stop)
            url = server.url
        _set_environment(Path(folder), url)
        states = _played(options)
    told = f"{options.runs:,} orders of {options.events} events on {options.database}: {states} state(s)"
    print(told)  # noqa: T201 - to its caller
    return 0 if states == 1 else 1


def _set_environment(folder: Path, url: str) -> None:
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    os.environ |= {
        **KEYS,
        "MAILER_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "mailer.settings",
        "REDIS_URL": "redis://127.0.0.1:9",
    }
    if url:
        os.environ["DATABASE_URL"] = url


def _played(options: argparse.Namespace) -> int:
    import django  # noqa: PLC0415 - its settings read the environment just set

    django.setup()
    import structlog  # noqa: PLC0415 - after it is configured
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up by then

    from mailer.tallies import folding  # noqa: PLC0415 - it imports models
    from tests.tallies import cast as stage  # noqa: PLC0415 - the same

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    call_command("migrate", verbosity=0)
    cast = stage.a_cast()
    chance = random.Random(options.seed)  # noqa: S311 - a seed, so that a failure can be seen again
    told = stage.chosen(cast, chance, options.events)
    states = set()
    began = time.monotonic()
    for run in range(1, options.runs + 1):
        stage.apply(stage.shuffled(told, chance), chance)
        if run % 3 == 0:
            folding.fold()
        states.add(stage.state(cast.send))
        stage.forget()
        if run % 500 == 0:
            print(f"{run:>7,} {len(states)} {time.monotonic() - began:6.0f} s", file=sys.stderr)  # noqa: T201 - how far it is
    return len(states)


if __name__ == "__main__":
    sys.exit(main())
