"""Everything of one installation on this machine, as one context: `with Stack(os.environ) as stack:`.

What the environment names is used; what it leaves out is embedded: without REDIS_URL a broker,
without SENDGRID_API_KEY the sandbox.
"""

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO
from urllib.parse import urlsplit

from mailer import environment, privacy
from mailer.embedded import broker, readiness
from mailer.embedded.supervisor import Program, Supervisor, SupervisorError

# As long as a stack that was killed needs, at most, to take its programs with it.
TURNOVER = 10.0
# Seconds until a database that does not answer is given up.
CONNECT_TIMEOUT = 5
# How a command begins the line that says all there is to say.
FORESEEN = "mailer: "


class StackError(Exception):
    """The stack cannot start here; the message says what stands in its way."""


class Stack:
    """Broker, sandbox, web, worker and scheduler, started in this order and ended in the reverse.

    `environ` is the environment of an installation; `workers` says how many processes send; a
    port of 0 takes any free one, and a sandbox port left out is that of MAILER_SANDBOX_URL.
    `sandbox_options` go to `mailer sandbox` (seed, pace). `output` hears every line the programs
    write, headed by the program's name; without it each writes DATA_DIR/logs/NAME.log.

    Entering brings the database up to date, starts all and returns once each is ready; it raises
    SettingError, BrokerError, StackError or SupervisorError. What dies later is started again.
    Leaving ends all, the worker after the task it is at; killing this process ends all too.

    Once entered, `environ` is complete: it suits every further program of the installation, and
    Django in this process.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        workers: int = 2,
        port: int = 8000,
        sandbox_port: int | None = None,
        sandbox_options: Sequence[str] = (),
        output: TextIO | None = None,
    ) -> None:
        """Read the environment; nothing is started before the context is entered."""
        configuration = environment.read(environ)
        self.data_dir: Path = configuration.data_dir
        self.sandboxed: bool = configuration.sandboxed
        self._embeds_broker = not configuration.redis_url
        self._broker_url = configuration.redis_url or broker.url(configuration.data_dir)
        self._workers = workers
        self._answer_timeout = configuration.timings.answer_timeout
        self._sandbox_options = tuple(sandbox_options)
        self._output = output
        self._files: dict[str, TextIO] = {}
        self._writing = threading.Lock()
        self._supervisor: Supervisor | None = None
        self._lock = -1

        self._port = port
        wanted = urlsplit(configuration.sandbox_url).port if sandbox_port is None else sandbox_port
        self._sandbox_port = wanted or 0
        self.environ: dict[str, str] = dict(environ)

    @property
    def base_url(self) -> str:
        """Return where this installation's pages are."""
        return self.environ["MAILER_BASE_URL"]

    @property
    def sandbox_url(self) -> str:
        """Return where the sandbox and its inbox are; '' when letters really leave."""
        return self.environ["MAILER_SANDBOX_URL"] if self.sandboxed else ""

    def __enter__(self) -> Self:
        """Start all; end what has been started if one of them fails."""
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all."""
        self._end()

    def check(self) -> None:
        """Raise SupervisorError if one of the programs died so often that it was left alone."""
        if self._supervisor:
            self._supervisor.check()

    def wait(self) -> None:
        """Wait as long as all goes well; raises SupervisorError like `check`."""
        if self._supervisor:
            self._supervisor.wait()

    def _start(self) -> None:
        privacy.data_folder(self.data_dir)
        self._lock = _hold(self.data_dir / "up.lock")
        self._check_broker()
        self._complete_environ()
        self._supervisor = Supervisor(self.environ, self._say, inherit=(self._lock,))
        if self._embeds_broker:
            self._supervisor.start(self._broker())
        self._migrate()
        self._supervisor.wait_until_ready()
        if self.sandboxed:
            self._supervisor.start(self._sandbox())
        for program in (self._web(), self._worker(), self._scheduler()):
            self._supervisor.start(program)
        self._supervisor.wait_until_ready()

    def _end(self) -> None:
        if self._supervisor:
            self._supervisor.stop()
            self._supervisor = None
            if self._embeds_broker:
                broker.tidy(self.data_dir)
        for file in self._files.values():
            file.close()
        self._files.clear()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _complete_environ(self) -> None:
        """Name to all programs what the environment left out."""
        self._port = _free_port(self._port, "--port")
        given = self.environ
        given["MAILER_DATA_DIR"] = str(self.data_dir)
        given["MAILER_BASE_URL"] = given.get("MAILER_BASE_URL") or f"http://127.0.0.1:{self._port}"
        given.setdefault("PYTHONUNBUFFERED", "1")
        given["REDIS_URL"] = self._broker_url
        if self.sandboxed:
            self._sandbox_port = _free_port(self._sandbox_port, "MAILER_SANDBOX_URL")
            given["MAILER_SANDBOX_URL"] = f"http://127.0.0.1:{self._sandbox_port}"
        # The sandbox is on this machine: a proxy has no business between it and the rest.
        for name in ("no_proxy", "NO_PROXY"):
            given[name] = ",".join(filter(None, [given.get(name, ""), "127.0.0.1", "localhost"]))

    def _check_broker(self) -> None:
        """Raise StackError if the broker that is set does not answer: the programs would try for ever."""
        if not self._embeds_broker and (reason := readiness.broker_fault(self._broker_url)):
            raise StackError(f"the broker does not answer ({reason}): check REDIS_URL, and that it runs")

    def _migrate(self) -> None:
        # A host that drops what it is sent would otherwise be waited for minutes (libpq's own setting).
        environ = {"PGCONNECT_TIMEOUT": str(CONNECT_TIMEOUT), **self.environ}
        done = subprocess.run(
            _mailer("migrate"), env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            if lines and lines[-1].startswith(FORESEEN):
                raise StackError(lines[-1].removeprefix(FORESEEN))
            raise SupervisorError("migrate", "failed; its last lines:", lines[-5:])

    def _broker(self) -> Program:
        ready = partial(readiness.broker_answers, broker.socket_path(self.data_dir))
        return Program("broker", broker.command(self.data_dir), ready)

    def _sandbox(self) -> Program:
        command = _mailer("sandbox", "--port", str(self._sandbox_port), *self._sandbox_options)
        return Program("sandbox", command, partial(readiness.web_answers, self._sandbox_port, "/"))

    def _web(self) -> Program:
        command = _mailer("web", "--port", str(self._port))
        return Program("web", command, partial(readiness.web_answers, self._port, "/healthz"), grace=15)

    def _worker(self) -> Program:
        node = f"up-{self._port}@{socket.gethostname()}"
        command = _mailer("worker", "--concurrency", str(self._workers), "--hostname", node)
        ready = partial(readiness.worker_answers, self._broker_url, node)
        # A request under way is given its time: ended half-way, its readers would be in doubt.
        return Program("worker", command, ready, grace=self._answer_timeout + 10)

    def _scheduler(self) -> Program:
        # Nobody asks it anything: it rings or it dies, and then `check` says so.
        return Program("scheduler", _mailer("scheduler"), ready=lambda: True)

    def _say(self, name: str, line: str) -> None:
        with self._writing:
            if self._output:
                print(f"{name:<9} | {line}", file=self._output, flush=True)
                return
            if name not in self._files:
                folder = self.data_dir / "logs"
                privacy.private_folder(folder)
                self._files[name] = (folder / f"{name}.log").open("w", encoding="utf-8")
            print(line, file=self._files[name], flush=True)


def _mailer(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "mailer", *words)


def _free_port(wanted: int, setting: str) -> int:
    """Return `wanted`, or any free port for 0; raises StackError if somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise StackError(f"port {wanted} is taken: choose another with {setting}") from error
        port: int = probe.getsockname()[1]
        return port


def _hold(path: Path) -> int:
    """Return the descriptor of the lock that keeps a data directory to one stack.

    The programs' keepers hold it as well, so a stack that was killed is waited for.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + TURNOVER
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(lock)
                raise StackError(
                    f"another mailer runs with {path.parent}: stop it, or set MAILER_DATA_DIR"
                ) from None
            threading.Event().wait(0.1)
        else:
            return lock
