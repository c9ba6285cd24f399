"""The servers of a test run end with it, even when nobody was left to end them."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from mailer.embedded.keeper import keep
from tests.servers import postgresql
from tests.servers.kept import Server, ServerError, until_ready
from tests.waiting import until

OWNER = """
import signal
from tests.servers import postgresql, redis
servers = [redis.start(redis.new_folder()), postgresql.start()]
for server in servers:
    print(next(word for word in server.keeper.args if "/mailer-" in str(word)), flush=True)
signal.pause()
"""


def test_a_killed_test_run_leaves_no_server_and_no_directory() -> None:
    root = Path(__file__).parents[2]
    # The servers' logs go to their directories, so this output closes with its owner.
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=root, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout
        folders = [Path(owner.stdout.readline().strip()) for _ in range(2)]
        assert all(folder.is_dir() for folder in folders)
        owner.kill()
    until(lambda: not any(folder.exists() for folder in folders))


def test_the_postgresql_inside_the_wheel_serves_where_the_machine_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = postgresql._package()
    assert package
    only = sorted(package.glob("pginstall*/bin"), reverse=True)
    monkeypatch.setattr(postgresql, "_candidates", lambda: iter(only))
    server = postgresql.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_machine_without_any_postgresql_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "_candidates", lambda: iter([Path("/nonexistent")]))
    with pytest.raises(ServerError, match="no PostgreSQL server on this machine"):
        postgresql.start()


def test_a_server_that_dies_at_its_start_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        keeper = keep(["sh", "-c", "echo no room; exit 1"], output=output)
    with pytest.raises(ServerError, match="did not start / no room"):
        until_ready(Server("nowhere://", keeper), lambda: False, log)
