"""Commands that run the product, called as a person calls them."""

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import mailer
from mailer.embedded import readiness
from mailer.sandbox.signing import public_key
from tests.waiting import until

NOTICE = "nothing leaves this machine"


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mailer", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def start(environ: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mailer", *words]
    return subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, bufsize=1
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stderr
    heard = ""
    for line in process.stderr:
        heard += line
        if words in line:
            return heard
    pytest.fail(f"never said {words!r}: {heard}")


@pytest.mark.parametrize("command", ["up", "web", "worker", "scheduler", "sandbox", "migrate", "version"])
def test_each_command_shows_an_example(fresh_environ: dict[str, str], command: str) -> None:
    told = run(fresh_environ, command, "--help")
    assert told.returncode == 0
    assert f"Example: mailer {command}" in told.stdout


def test_version_says_what_it_is_and_that_nothing_leaves(fresh_environ: dict[str, str]) -> None:
    told = run(fresh_environ, "version")
    assert told.returncode == 0
    assert told.stdout.startswith(f"mailer {mailer.__version__} (Python ")
    assert "database: sqlite; transport: sandbox" in told.stdout
    assert NOTICE in told.stdout


def test_version_can_be_read_by_scripts(fresh_environ: dict[str, str], tmp_path: Path) -> None:
    key = public_key(tmp_path)
    told = run(
        fresh_environ | {"SENDGRID_API_KEY": "SG.key", "SENDGRID_WEBHOOK_KEYS": key}, "version", "--json"
    )
    facts = json.loads(told.stdout)
    assert facts["version"] == mailer.__version__
    assert facts["transport"] == "sendgrid"
    assert set(facts) == {"version", "python", "django", "celery", "database", "transport"}


def test_migrate_makes_the_database_and_may_be_repeated(fresh_environ: dict[str, str]) -> None:
    first, again = run(fresh_environ, "migrate"), run(fresh_environ, "migrate")
    assert (first.returncode, again.returncode) == (0, 0)
    assert "mailer.0001_initial... OK" in first.stdout
    assert "No migrations to apply." in again.stdout
    assert (Path(fresh_environ["MAILER_DATA_DIR"]) / "mailer.sqlite3").exists()


def test_up_runs_all_says_where_and_ends_all(fresh_environ: dict[str, str], free_port: int) -> None:
    fresh_environ["MAILER_SANDBOX_URL"] = "http://127.0.0.1:0"
    with start(fresh_environ, "up", "--workers", "1", "--port", str(free_port)) as up:
        heard = read_until(up, "What it took: ")
        assert f"Ready at http://127.0.0.1:{free_port};" in heard
        assert NOTICE in heard
        assert readiness.web_answers(free_port, "/healthz")
        up.send_signal(signal.SIGTERM)
        _, rest = up.communicate()
    assert up.returncode == 0
    assert "Traceback" not in rest
    assert "[tasks]" not in heard + rest, "Celery's banner"
    assert not readiness.web_answers(free_port, "/healthz")


def test_up_without_its_broker_says_so_at_once_in_one_line(
    fresh_environ: dict[str, str], free_port: int
) -> None:
    told = run(fresh_environ | {"REDIS_URL": f"redis://:hunter2@127.0.0.1:{free_port}/0"}, "up")
    assert told.returncode == 1
    (line,) = told.stderr.splitlines()
    assert line.startswith("mailer: the broker does not answer (")
    assert line.endswith("): check REDIS_URL, and that it runs")
    assert "hunter2" not in line


def test_up_without_its_database_says_so_in_one_line(fresh_environ: dict[str, str], free_port: int) -> None:
    keys = {"MAILER_SECRET_KEY": "s" * 32, "MAILER_HASH_KEY": "h" * 32}
    address = f"postgresql://mailer:hunter2@127.0.0.1:{free_port}/mailer"
    sandbox = {"MAILER_SANDBOX_URL": "http://127.0.0.1:0"}
    told = run(fresh_environ | keys | sandbox | {"DATABASE_URL": address}, "up", "--port", str(free_port))
    assert told.returncode == 1
    (line,) = [line for line in told.stderr.splitlines() if not line.startswith("broker ")]
    assert line.startswith("mailer: ")
    assert "DATABASE_URL" in line
    assert "hunter2" not in line


def test_nobody_else_may_look_at_what_is_kept(fresh_environ: dict[str, str]) -> None:
    run(fresh_environ, "migrate")
    data_dir = Path(fresh_environ["MAILER_DATA_DIR"])
    assert _mode(data_dir) == 0o700
    assert _mode(data_dir / "mailer.sqlite3") == 0o600


def test_a_directory_that_was_there_keeps_its_mode_and_what_is_in_it_is_narrowed(
    fresh_environ: dict[str, str],
) -> None:
    data_dir = Path(fresh_environ["MAILER_DATA_DIR"])
    data_dir.mkdir()
    data_dir.chmod(0o755)
    run(fresh_environ, "migrate")
    assert _mode(data_dir / "mailer.sqlite3") == 0o600, "as it is made"
    (data_dir / "mailer.sqlite3").chmod(0o644)
    run(fresh_environ, "migrate")
    assert _mode(data_dir / "mailer.sqlite3") == 0o600, "as it is found"
    assert _mode(data_dir) == 0o755


@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGINT])
def test_a_demonstration_that_is_told_to_stop_leaves_nothing_behind(
    fresh_environ: dict[str, str], tmp_path: Path, farewell: signal.Signals
) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    with start(fresh_environ | {"TMPDIR": str(folder)}, "demo", "--exit") as demo:
        until(lambda: list(folder.glob("mailer-demo-*/logs")))
        demo.send_signal(farewell)
        _, said = demo.communicate()
    assert demo.returncode != 0
    assert "Traceback" not in said
    assert not list(folder.glob("mailer-demo-*"))


def test_up_on_a_port_that_is_taken_is_one_line(fresh_environ: dict[str, str], redis_url: str) -> None:
    taken = redis_url.rpartition(":")[2].partition("/")[0]
    told = run(fresh_environ, "up", "--port", taken)
    assert told.returncode == 1
    assert told.stderr == f"mailer: port {taken} is taken: choose another with --port\n"


def test_web_alone_says_that_nothing_leaves_and_keeps_no_record_of_addresses(
    fresh_environ: dict[str, str], free_port: int
) -> None:
    run(fresh_environ, "migrate")
    with start(fresh_environ, "web", "--port", str(free_port)) as web:
        read_until(web, NOTICE)
        while not readiness.web_answers(free_port, "/healthz"):
            assert web.poll() is None
        readiness.web_answers(free_port, "/u/a-token-nobody-may-see")
        web.terminate()
        _, rest = web.communicate()
    assert web.returncode == 0
    assert "a-token-nobody-may-see" not in rest


@pytest.mark.parametrize("command", ["worker", "scheduler", "web", "up", "sandbox", "migrate"])
def test_a_wrong_setting_stops_each_command_with_one_line(
    fresh_environ: dict[str, str], command: str
) -> None:
    told = run(fresh_environ | {"MAILER_SWEEP": "soon"}, command)
    assert told.returncode == 1
    assert told.stderr == "mailer: MAILER_SWEEP must be a number of seconds from 0.1 to 86400, not 'soon'\n"


@pytest.mark.parametrize("command", ["worker", "scheduler", "web", "migrate"])
def test_a_data_directory_that_cannot_be_used_is_one_line_too(
    fresh_environ: dict[str, str], command: str
) -> None:
    Path(fresh_environ["MAILER_DATA_DIR"]).write_text("a file in its place")
    told = run(fresh_environ, command)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert fresh_environ["MAILER_DATA_DIR"] in told.stderr.splitlines()[-1]


def test_the_worker_hands_every_further_word_to_celery(fresh_environ: dict[str, str]) -> None:
    told = run(fresh_environ, "worker", "--no-such-option")
    assert told.returncode == 2
    assert "No such option" in told.stderr


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
