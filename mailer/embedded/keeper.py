"""Run one program, and end it when the lifeline closes.

A keeper is a small process between a program and whoever started it. Its standard input is the
lifeline: when that closes, on purpose or because its owner was killed without a word, the keeper
ends the program and removes the directory it worked in; a keeper that is killed takes the program
with it. SIGTERM is passed on and leaves the
program all the time it needs. It runs by path and imports little, so that it is there in no time.
"""

import argparse
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

# How long, in seconds, a program may take to end by itself once the lifeline has closed.
GRACE = 5.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def keep(
    command: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: int | IO[bytes] | None = None,
    user: str = "",
    stop_signal: str = "TERM",
    remove: Path | None = None,
    grace: float = GRACE,
    inherit: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` under a keeper in a session of its own; return the keeper.

    Close its `stdin` to end the program within `grace` seconds, or send the keeper SIGTERM to
    let it finish. Its exit status is the program's, 128 + N if signal N ended it. `output` takes
    both output and errors; `user` is whom a root process lends the program to; `remove` is a
    directory that goes with it; `inherit` are descriptors the keeper holds as long as it lives.
    """
    options = ["--stop-signal", stop_signal, "--grace", str(grace)]
    options += ["--user", user] if user else []
    options += ["--remove", str(remove)] if remove else []
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__).resolve()), *options, "--", *command],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=environ,
        cwd=cwd,
        start_new_session=True,
        pass_fds=inherit,
    )


class _Keeper:
    """The program, and what ends it."""

    def __init__(self, stop_signal: signal.Signals, grace: float) -> None:
        self.stop_signal = stop_signal
        self.grace = grace
        self.process: subprocess.Popen[bytes] | None = None
        self.asked = False

    def run(self, command: Sequence[str], user: str) -> int:
        """Run `command` to its end; return its status as a shell would."""
        signal.signal(signal.SIGTERM, lambda *_: self.ask())
        account = pwd.getpwnam(user) if user else None
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_bound_to(os.getpid()),  # noqa: PLW1509 - no other thread runs yet
        )
        if self.asked:  # while it was being started
            self.ask()
        threading.Thread(target=self.watch_lifeline, daemon=True).start()
        status = self.process.wait()
        self.kill()  # what it started and left behind
        return status if status >= 0 else 128 - status

    def ask(self) -> None:
        """Ask the program itself, not its children, to stop: it knows how to end those."""
        self.asked = True
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, self.stop_signal)

    def kill(self) -> None:
        """End every process of the program's session."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def watch_lifeline(self) -> None:
        """Wait until the lifeline closes, then end the program."""
        while os.read(0, 1024):
            pass
        self.ask()
        timer = threading.Timer(self.grace, self.kill)
        timer.daemon = True
        timer.start()


def _bound_to(keeper: int) -> Callable[[], None] | None:
    """Return what a program does before it begins, so that it is killed when its keeper is (prctl(2)).

    KILL, since the next one may be about to start: a server that took its time would still hold, and then
    remove, the socket of its successor. Linux alone offers this; None elsewhere.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found before the fork, after which as little as can be is done

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != keeper:  # it died before it was asked
            os._exit(128 + signal.SIGKILL)

    return bind


def main() -> int:
    """Keep the program on the command line."""
    parser = argparse.ArgumentParser(prog="keeper")
    parser.add_argument("--stop-signal", default="TERM")
    parser.add_argument("--grace", type=float, default=GRACE)
    parser.add_argument("--user", default="")
    parser.add_argument("--remove", type=Path)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    keeper = _Keeper(signal.Signals[f"SIG{options.stop_signal}"], options.grace)
    try:
        return keeper.run(options.command, options.user)
    except OSError as error:
        sys.stderr.write(f"keeper: {options.command[0]}: {error.strerror}\n")
        return 127
    finally:
        if options.remove:
            shutil.rmtree(options.remove, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
