"""A program that runs command lines of `mailer`, each set in a process forked for it, and kills it if asked.

It loads everything once and connects to nothing, so that whatever it forks begins clean and at once. A job is
a line of JSON on stdin; what came of it is a line on stdout. The clock stands still, so that what is done
twice can be told from what is done once, and portions are small, so that a small house has several.
"""

import datetime as dt
import functools
import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import typer

NOW = dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC)
CRASHED = 70  # a status of ours for what nobody foresaw; its traceback stands in `err`
# Where portions are cut, so that the house of a dozen people has more than one.
SMALL = {
    "subscribers.enrolling": {"_RANGE_SQLITE": 2, "_RANGE_POSTGRESQL": 2},
    "subscribers.exchanging": {"PORTION_SQLITE": 2, "_PORTION_POSTGRESQL": 2},
    "subscribers.exporting": {"AT_ONCE": 2},
    "subscribers.keeping": {"_MANY": 1},
    "mailer.retention": {"_PEOPLE": 1, "_ROWS": 2},
    "mailer.softbounces": {"_AT_ONCE": 1},
    "mailer.seeding.sowing": {"PEOPLE_SQLITE": 9, "PEOPLE_POSTGRESQL": 9},
    "mailer.transports.sendgrid_suppressions": {"PAGE": 2},
}
LATER = (
    *("mailer.correspondence", "mailer.editions", "mailer.explaining", "mailer.progress", "mailer.reports"),
    *("mailer.retention", "mailer.seeding", "mailer.sends", "mailer.syncing", "mailer.telling"),
    *("mailer.upcoming", *SMALL),
)


class _Meta(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, dt.datetime)


class _Stopped(dt.datetime, metaclass=_Meta):
    """A datetime whose now is always the same; whatever it makes is a plain datetime."""

    def __new__(cls, *args: Any, **options: Any) -> dt.datetime:  # type: ignore[misc]  # noqa: ANN401 - it stands in for the other
        return dt.datetime(*args, **options)  # noqa: DTZ001 - as the caller has it

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]  # the same
        return NOW.astimezone(tz)


class Steps:
    """Counts what a command does to the database and to files, and pulls the plug before one of these."""

    def __init__(self, kill: int | None) -> None:
        self.kill = kill
        self.seen: list[str] = []

    def reach(self, step: str) -> None:
        if len(self.seen) == self.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen.append(step)

    def watch(self) -> None:
        """Be told of each statement, of each commit before and after it, and of each file that changes."""
        from django.db import connection  # noqa: PLC0415 - Django is ready by then

        def execute(run: Callable[..., Any], sql: Any, *rest: Any) -> Any:  # noqa: ANN401 - Django's own shape
            self.reach(" ".join(str(sql).split())[:60])
            return run(sql, *rest)

        commit = connection._commit  # type: ignore[attr-defined]  # all commits go through it

        def committing() -> None:
            if connection.connection is not None:
                self.reach("before COMMIT")
            commit()
            if connection.connection is not None:
                self.reach("after COMMIT")

        connection.execute_wrappers.append(execute)
        connection._commit = committing  # type: ignore[attr-defined]  # the same
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event in {"os.rename", "os.remove"} or (event == "open" and str(args[1] or "")[:1] in {"w", "x"}):
            self.reach(event)


def main() -> None:
    """Do the jobs that come in until there are no more."""
    sys.dont_write_bytecode = True  # a file that is written once would count as a step of the first command
    load()
    asked, answers = sys.stdin, sys.stdout
    for line in asked:
        job = json.loads(line)
        done = _done(job) if job["here"] else _done_by_a_child(job)
        answers.write(json.dumps(done) + "\n")
        answers.flush()


def load() -> None:
    """Load all that a command may need, stop its clock and cut its portions."""
    import django  # noqa: PLC0415 - the environment is set by whoever starts this

    django.setup()
    from django.db import connection  # noqa: PLC0415 - the same
    from django.utils import timezone  # noqa: PLC0415 - the same

    from mailer import logs  # noqa: PLC0415 - the same

    logs.configure("command")
    connection.ops.compiler("SQLCompiler")  # which loads the database's own modules
    timezone.now = lambda: NOW
    for module in _modules():
        if getattr(module, "dt", None) is dt:
            module.dt = _clock()  # type: ignore[attr-defined]  # as the module has it
    for name, sizes in SMALL.items():
        for constant, size in sizes.items():
            assert hasattr(importlib.import_module(name), constant), f"{name}.{constant} is gone"
            setattr(importlib.import_module(name), constant, size)
    # To make the tree of commands takes longer than most of them.
    typer.main.get_command = functools.cache(typer.main.get_command)


def _modules() -> Iterator[ModuleType]:
    """Yield what commands are made of, and what they load when they are asked for."""
    import subscribers  # noqa: PLC0415 - Django is ready by then
    from mailer import commands  # noqa: PLC0415 - the same

    yield from map(importlib.import_module, LATER)
    for package in (commands, subscribers):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name:
                yield importlib.import_module(found.name)


@functools.cache
def _clock() -> ModuleType:
    clock = ModuleType("datetime")
    vars(clock).update(vars(dt) | {"datetime": _Stopped})
    return clock


def _done_by_a_child(job: dict[str, Any]) -> dict[str, Any]:
    """Return what a child says of a job; of one that was killed, nothing but that."""
    hear, tell = os.pipe()
    child = os.fork()
    if not child:
        gc.disable()  # it would touch, and so have copied, all that parent and child share
        try:
            done = json.dumps(_done(job))
            with os.fdopen(tell, "w") as telling:
                telling.write(done)
        except BaseException:  # noqa: BLE001 - it is told, and never goes on as its parent
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(hear) as hearing:
        told = hearing.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"killed": killed, **(json.loads(told) if told else {})}


def _done(job: dict[str, Any]) -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415 - Django is ready by then

    os.chdir(job["folder"])
    connection.settings_dict["NAME"] = job["database"]
    if job["call"]:
        module, _, function = job["call"].rpartition(".")
        getattr(importlib.import_module(module), function)()
    steps = Steps(job["kill"])
    if job["watched"]:
        steps.watch()
    ran = [_ran(words) for words in job["lines"]]
    seen = list(steps.seen)
    connection.close()
    return {"ran": ran, "steps": seen}


def _ran(words: list[str]) -> dict[str, Any]:
    from mailer import commands  # noqa: PLC0415 - Django is ready by then

    sys.stdin, sys.stdout, sys.stderr = streams = [
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(3)
    ]
    try:
        status = commands.run(words)
    except BaseException:  # noqa: BLE001 - whatever it is, the test shows it
        status = CRASHED
        traceback.print_exc()
    texts = []
    for stream in streams[1:]:
        stream.seek(0)
        texts.append(stream.buffer.read().decode("utf-8", "replace"))
    return {"status": status, "out": texts[0], "err": texts[1]}


if __name__ == "__main__":
    main()
