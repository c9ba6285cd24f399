"""Start programs, see each of them ready, start again what dies, and end all in order."""

import contextlib
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from mailer.embedded.keeper import GRACE, keep

# A program that ends this soon after its start, in seconds, never really ran.
SHORT_LIFE = 10.0
# So many short lives in a row, and it is left alone.
SHORT_LIVES = 5
KEPT_LINES = 20
# How long, in seconds, all programs together may take until each is ready.
START_TIMEOUT = 60.0


@dataclass(frozen=True)
class Program:
    """One program to keep running; `ready` states the fact that it does its work.

    `grace` is how long, in seconds, it may take to finish what it has begun when told to stop.
    """

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    grace: float = 10


class SupervisorError(Exception):
    """A program that does not run: `program` is its name, `lines` the last it said."""

    def __init__(self, program: str, what: str, lines: Sequence[str]) -> None:
        """Say `what` happened to it."""
        self.program = program
        self.lines = list(lines)
        super().__init__("\n".join([f"{program} {what}", *(f"    {line}" for line in lines)]))


def pause_after(lives: Sequence[float]) -> float | None:
    """Return how long to wait, in seconds, before a program that lived so long each time starts again.

    None: give up.
    """
    short = len(list(takewhile(lambda life: life < SHORT_LIFE, reversed(lives))))
    if short >= SHORT_LIVES:
        return None
    return 0.0 if short == 0 else min(0.25 * 2 ** (short - 1), 5.0)


class Supervisor:
    """Programs that run together; each has one thread that reads its output and waits for its end."""

    def __init__(
        self, environ: Mapping[str, str], say: Callable[[str, str], None], *, inherit: Sequence[int] = ()
    ) -> None:
        """Give every program `environ`; `say(name, line)` hears each line it writes.

        `inherit` are descriptors that stay open until the last program has ended, even when this
        process is killed.
        """
        self._environ = environ
        self._say = say
        self._inherit = inherit
        self._runs: list[_Run] = []
        self._gave_up = threading.Event()

    def start(self, program: Program) -> None:
        """Start `program` and return at once; `wait_until_ready` sees to the rest."""
        run = _Run(program, self._environ, self._say, self._inherit, self._gave_up)
        self._runs.append(run)
        run.start()

    def wait_until_ready(self, timeout: float = START_TIMEOUT) -> None:
        """Wait until every program is ready; raises SupervisorError if one is not in `timeout` seconds."""
        deadline = time.monotonic() + timeout
        for run in self._runs:
            while not run.program.ready():
                self.check()
                if time.monotonic() > deadline:
                    raise SupervisorError(run.program.name, f"is not ready after {timeout:g} s", run.lines)
                self._gave_up.wait(0.05)

    def check(self) -> None:
        """Raise SupervisorError if a program ended so often that it was left alone."""
        for run in self._runs:
            if run.gave_up:
                what = f"ended {SHORT_LIVES} times within {SHORT_LIFE:g} s of its start; its last lines:"
                raise SupervisorError(run.program.name, what, run.lines)

    def wait(self) -> None:
        """Wait as long as all goes well; raises SupervisorError when a program is left alone."""
        self._gave_up.wait()
        self.check()

    def stop(self) -> None:
        """End the programs one after the other, the last started first."""
        while self._runs:
            self._runs[-1].stop()
            self._runs.pop()


class _Run(threading.Thread):
    """One program, through all its lives."""

    def __init__(
        self,
        program: Program,
        environ: Mapping[str, str],
        say: Callable[[str, str], None],
        inherit: Sequence[int],
        gave_up: threading.Event,
    ) -> None:
        super().__init__(name=program.name, daemon=True)
        self.program = program
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.gave_up = False
        self._environ = environ
        self._say = say
        self._inherit = inherit
        self._tell = gave_up
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._keeper: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start it again whenever it ends, until told to stop or it is hopeless."""
        lives: deque[float] = deque(maxlen=SHORT_LIVES)
        while True:
            began = time.monotonic()
            status = self._live_once()
            if self._stopping.is_set():
                return
            lives.append(time.monotonic() - began)
            pause = pause_after(lives)
            if pause is None:
                self.gave_up = True
                self._tell.set()
                return
            self._note(f"ended with status {status}; starting it again")
            self._stopping.wait(pause)

    def stop(self) -> None:
        """Tell the program to finish, give it its grace, then end it."""
        with self._starting:
            self._stopping.set()
            keeper = self._keeper
        if not keeper:
            return
        keeper.send_signal(signal.SIGTERM)
        self.join(self.program.grace)
        if keeper.stdin:
            with contextlib.suppress(BrokenPipeError):
                keeper.stdin.close()
        self.join(GRACE + 5)

    def _live_once(self) -> int:
        with self._starting:
            if self._stopping.is_set():
                return 0
            self._keeper = keeper = keep(
                self.program.command, environ=self._environ, output=subprocess.PIPE, inherit=self._inherit
            )
        with keeper:
            for line in keeper.stdout or ():
                self._note(line.decode(errors="replace").rstrip())
        return keeper.returncode

    def _note(self, line: str) -> None:
        self.lines.append(line)
        self._say(self.program.name, line)
