"""Commands as whoever installed this runs them, each a process of its own, with what it took."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOOK_AGAIN, READY_WITHIN = 0.2, 60  # seconds


class CommandError(Exception):
    """A command failed, or did not say what it ought to."""


@dataclass(frozen=True)
class Step:
    """One command: its wall time, its process's peak memory, its exit status, and what came of it."""

    command: str
    seconds: float
    rss_mb: int
    status: int
    found: str = ""

    def with_(self, found: str) -> "Step":
        """Return the same, with what its checked words said."""
        return replace(self, found=found)


@dataclass
class Ended:
    """How a process ended, once it has."""

    status: int = -1
    rss_mb: int = 0


@dataclass(frozen=True)
class Installation:
    """An installation of its own; `folder` is where what its commands print is put for a while."""

    environ: Mapping[str, str]
    folder: Path

    def run(self, *words: str) -> tuple[str, Step]:
        """Run a command; return what it printed, and what it took. Raises CommandError where it fails."""
        out, err = self.folder / "stdout", self.folder / "stderr"
        began = time.perf_counter()
        with out.open("wb") as stdout, err.open("wb") as stderr:
            ended = _waited_for(self._start(*words, stdout=stdout, stderr=stderr))
        took = time.perf_counter() - began
        command = " ".join(("mailer", *words[: 1 if words[0] in {"explain", "migrate"} else 2]))
        if ended.status:
            last = err.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise CommandError(f"{command}: status {ended.status} after {took:.1f} s: {' '.join(last)}")
        return out.read_text(encoding="utf-8"), Step(command, round(took, 2), ended.rss_mb, ended.status)

    def asked(self, *words: str) -> Any:
        """Return what a command prints for scripts, whatever it took."""
        return json.loads(self.run(*words, "--json")[0])

    @contextmanager
    def up(self, port: int) -> Iterator[Ended]:
        """Have `mailer up` run meanwhile: web, a worker, the scheduler, the broker, the sandbox.

        Raises CommandError where it does not start.
        """
        log, ended, pause = self.folder / "up", Ended(), threading.Event()
        with log.open("wb") as output:
            process = self._start("up", "--workers", "1", "--port", str(port), stdout=output, stderr=output)
        try:
            began = time.perf_counter()
            while b"Ready at" not in log.read_bytes():
                if process.poll() is not None or time.perf_counter() - began > READY_WITHIN:
                    raise CommandError(f"mailer up did not start: {log.read_text(errors='replace')[-500:]}")
                pause.wait(LOOK_AGAIN)
            yield ended
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                vars(ended).update(vars(_waited_for(process)))

    def _start(self, *words: str, **files: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "mailer", *words]
        return subprocess.Popen(command, cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, **files)


def _waited_for(process: subprocess.Popen[bytes]) -> Ended:
    """Wait for a process; its memory is its peak, or that of its largest child.

    Linux counts what the parent held when it started the process, so the parent has to stay small itself.
    """
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Ended(process.returncode, round(used.ru_maxrss / unit))
