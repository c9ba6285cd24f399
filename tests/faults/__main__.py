"""`python -m tests.faults`: pull every plug, run after run, and show that every reader is accounted for."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from mailer.embedded.keeper import keep
from tests.faults.processes import CLOCK
from tests.servers import postgresql as postgresql_server
from tests.surroundings import FOREIGN, KEYS


def main() -> int:
    """Run what is asked for; return 1 where a run failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--transport", choices=("sendgrid", "smtp"), default="sendgrid")
    parser.add_argument(
        "--family", action="append", help="one of kills, points, ...; all of them if none is named"
    )
    parser.add_argument("--runs", type=int, default=20, help="of each family")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, action="append", help="this one alone")
    parser.add_argument("--results", type=Path, help="a file of JSON lines: what is in it is not run again")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no run after so many")
    parser.add_argument(
        "--break", dest="broken", action="append", default=[], help="with the protocol broken so"
    )
    parser.add_argument(
        "--breaks", action="store_true", help="break it in every way, each until it is caught"
    )
    parser.add_argument("--report", type=Path, help="print the tables of such a file, and run nothing")
    parser.add_argument("--verbose", action="store_true", help="show what the product logs")
    options = parser.parse_args()
    if "clock" in (options.family or ()) and options.family != ["clock"]:
        parser.error(
            "--family clock is asked for alone: its processes run under another clock than all others"
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    memory = Path("/dev/shm")  # noqa: S108 - a disk that needs no waiting for
    temporary = Path(tempfile.mkdtemp(prefix="mailer-faults-", dir=memory if memory.is_dir() else None))
    # Whatever happens to this process, its folder goes with it; its children do (tests.faults.processes).
    keeper = keep(["sleep", "infinity"], remove=temporary)
    with contextlib.closing(keeper.stdin or contextlib.ExitStack()):
        server = None
        if options.database == "postgresql" and not options.report and not os.environ.get("TESTS_POSTGRESQL"):
            server = postgresql_server.start(restarting=True)
            os.environ["TESTS_POSTGRESQL"] = server.url
        try:
            # Where nothing but the family `clock` is asked for, and never else.
            if options.family == ["clock"] and CLOCK not in os.environ:
                return _under_another_clock(temporary / "clock")
            _set_environment(temporary, options.database)
            import django  # noqa: PLC0415 - its settings read the environment just set

            django.setup()
            from tests.faults import campaign  # noqa: PLC0415 - it imports models

            return campaign.run(options, temporary)
        except KeyboardInterrupt:
            return 130
        finally:
            if server:
                server.stop()


def _under_another_clock(clock: Path) -> int:
    """Run this very program under libfaketime: all our processes then have the time of the file `clock`.

    A database server has its own. Ends where the library is missing.
    """
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        sys.exit(
            "tests.faults: the clock needs libfaketime; install it (Debian: faketime), or name other families"
        )
    clock.write_text("+0", encoding="ascii")
    environ = os.environ | {
        "LD_PRELOAD": str(library),
        CLOCK: str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with subprocess.Popen([sys.executable, "-m", "tests.faults", *sys.argv[1:]], env=environ) as again:
        try:
            return again.wait()
        finally:
            again.terminate()


def _set_environment(folder: Path, database: str) -> None:
    for name in list(os.environ):
        if name.startswith(FOREIGN):
            del os.environ[name]
    data = folder / "data"
    data.mkdir()
    os.environ |= {
        **KEYS,
        "MAILER_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "mailer.settings",
        "no_proxy": "127.0.0.1,localhost",
        # Nobody answers there: most runs do without a doorbell.
        "REDIS_URL": "redis://127.0.0.1:9",
    }
    if database == "postgresql":
        os.environ["DATABASE_URL"] = f"{os.environ['TESTS_POSTGRESQL'].rpartition('/')[0]}/mailer"


if __name__ == "__main__":
    sys.exit(main())
