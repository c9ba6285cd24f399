"""Children to be killed: forked from a process that holds no connection, and gone when it is gone."""

import ctypes
import faulthandler
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
CLOCK = "FAKETIME_TIMESTAMP_FILE"  # where libfaketime reads the time that a process is to have
_PRCTL = ctypes.CDLL(None).prctl


# Between time.monotonic() and the time as it truly is; a child that is forked later has it too.
_BEGAN = time.time() - time.monotonic()


def true_time() -> float:
    """Return the unix seconds that nobody has set back or forward since this program began."""
    return _BEGAN + time.monotonic()


class PulledError(Exception):
    """A plug was pulled by way of an exception."""


def pause(seconds: float) -> None:
    """Wait; unlike time.sleep, under libfaketime too."""
    select.select([], [], [], seconds)


def fork(work: Callable[[], object], seed: str, crashes: Path | None = None) -> int:
    """Run `work` in a child that is killed when this process dies; return its number.

    Whatever draws lots in it begins at `seed`, or all children of a run would draw the same. An exception
    that ends it is written to `crashes`, or else told in full.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        _PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        faulthandler.register(signal.SIGUSR1)
        random.seed(seed)
        work()
        status = 0
    except PulledError:
        pass
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException as error:  # noqa: BLE001 - told, and the child ends here whatever it was
        if crashes is None or "TESTS_FAULTS_VERBOSE" in os.environ:
            traceback.print_exc()
            sys.stderr.flush()
        if crashes is not None:
            place = traceback.extract_tb(error.__traceback__)[-1]
            with crashes.open("a", encoding="utf-8") as lines:
                lines.write(f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})\n")
    finally:
        os._exit(status)


@dataclass
class Crew:
    """The children of one run by what they are; whoever dies is followed by another."""

    seed: str
    work: dict[str, Callable[[], object]]
    crashes: Path
    alive: dict[int, str] = field(default_factory=dict)
    stopped: dict[int, float] = field(default_factory=dict)  # until when, time.monotonic()
    born: int = 0
    kills: int = 0
    stops: int = 0
    deaths: int = 0  # by themselves: at a fault point, or of an exception

    def start(self, who: str) -> int:
        """Fork one of `who`."""
        self.born += 1
        child = fork(self.work[who], f"{self.seed} {who} {self.born}", self.crashes)
        self.alive[child] = who
        return child

    def kill(self, who: str, chance: random.Random) -> None:
        """SIGKILL one of `who`, wherever it is, and start another."""
        found = self._of(who)
        if found:
            self._end(chance.choice(found))
            self.kills += 1
            self.start(who)

    def stop(self, who: str, chance: random.Random, seconds: float) -> None:
        """SIGSTOP one of `who`; it goes on after `seconds`. Another takes its place meanwhile."""
        found = [child for child in self._of(who) if child not in self.stopped]
        if found:
            child = chance.choice(found)
            os.kill(child, signal.SIGSTOP)
            self.stopped[child] = time.monotonic() + seconds
            self.stops += 1

    def wake(self) -> None:
        """SIGCONT whoever has been stopped long enough."""
        for child, until in list(self.stopped.items()):
            if time.monotonic() >= until:
                del self.stopped[child]
                if child in self.alive:
                    os.kill(child, signal.SIGCONT)

    def reap(self, again: frozenset[str]) -> list[tuple[str, bool]]:
        """Return who ended, and whether well; those named in `again` are started anew."""
        ended = []
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not child:
                break
            who = self.alive.pop(child, None)
            self.stopped.pop(child, None)
            if who is None:
                continue
            ended.append((who, status == 0))
            if status:
                self.deaths += 1
            if who in again:
                self.start(who)
        return ended

    def end(self, *who: str) -> None:
        """SIGKILL all of these, and nobody follows."""
        for child in [child for child, name in self.alive.items() if name in who]:
            self._end(child)

    def _end(self, child: int) -> None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        del self.alive[child]
        self.stopped.pop(child, None)

    def _of(self, who: str) -> list[int]:
        return [child for child, name in self.alive.items() if name == who]
