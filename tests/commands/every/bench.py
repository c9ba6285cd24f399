"""A bench on which commands are tried: fresh copies of a house, and the program that runs lines in them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.commands.conftest import Ran
from tests.commands.every.states import State, state
from tests.commands.every.table import ROWS

ROOT = Path(__file__).resolve().parents[3]
EMPTY, FULL = "empty", "full"


@dataclass(frozen=True)
class House:
    """A database, as Django and as others name it, and the folder in which commands find and leave files."""

    name: str
    address: str
    folder: Path

    def state(self) -> State:
        """Return all that it holds."""
        return state(self.address, self.folder)


class Bench:
    """Makes houses, runs command lines in them, and pulls the plug."""

    def __init__(self, folder: Path, *, server: str, environ: dict[str, str]) -> None:
        """Keep all in `folder`; the databases on the PostgreSQL at `server`, where there is one."""
        self._folder, self._server, self._number = folder, server, 0
        environ = os.environ | environ | {"LOGNAME": "ops", "MAILER_DATA_DIR": str(folder / "data")}
        if server:
            environ["DATABASE_URL"] = self._address("postgres")
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.commands.every.runner"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        empty = self._made("migrated", None)
        self._templates = {EMPTY: empty, FULL: self._made("filled", empty)}
        self._states: dict[str, State] = {}
        self._spare: dict[str, House] = {}
        with self.house() as house:  # what it has done once itself, whatever it forks does in half the time
            self._asked(house, [row.words for row in ROWS if not row.elsewhere], here=True)

    @property
    def on_postgresql(self) -> bool:
        """Return whether its databases are PostgreSQL's."""
        return bool(self._server)

    def close(self) -> None:
        """End the program, and take the templates away."""
        for house in (*self._templates.values(), *self._spare.values()):
            self._remove(house)
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        self._program.wait(timeout=30)
        self._program.stdout.close()

    @contextmanager
    def house(self, kind: str = FULL) -> Iterator[House]:
        """Yield a house that is as it was made; nobody has it afterwards, or finds it changed."""
        house = self._spare.pop(kind, None) or self._copied(self._templates[kind])
        yield house
        # To copy a database of PostgreSQL takes much longer than to look at it.
        if self._server and house.state() == self._as_made(kind):
            self._spare[kind] = house
        else:
            self._remove(house)

    def run(self, house: House, *lines: Sequence[str]) -> list[Ran]:
        """Return what each of these command lines came to, one after another."""
        return [Ran(**ran) for ran in self._asked(house, lines)["ran"]]

    def steps(self, house: House, line: Sequence[str]) -> tuple[Ran, list[str]]:
        """Return what a command line came to, and all that it did to the database and to files."""
        answer = self._asked(house, [line], watched=True)
        return Ran(**answer["ran"][0]), answer["steps"]

    def kill(self, house: House, line: Sequence[str], step: int) -> None:
        """Kill a command line just before one of its steps."""
        answer = self._asked(house, [line], watched=True, kill=step)
        assert answer["killed"], f"{' '.join(line)} did not come to step {step}: {answer}"

    def _as_made(self, kind: str) -> State:
        if kind not in self._states:
            self._states[kind] = self._templates[kind].state()
        return self._states[kind]

    def _asked(
        self,
        house: House,
        lines: Sequence[Sequence[str]] = (),
        *,
        call: str = "",
        here: bool = False,
        watched: bool = False,
        kill: int | None = None,
    ) -> dict[str, Any]:
        job = {
            "database": house.name,
            "folder": str(house.folder),
            "lines": [list(line) for line in lines],
            "call": call,
            "here": here,
            "watched": watched,
            "kill": kill,
        }
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(job) + "\n")
        self._program.stdin.flush()
        answer: dict[str, Any] = json.loads(self._program.stdout.readline())
        assert answer.get("killed") or "ran" in answer, "the runner failed; its traceback is above"
        return answer

    def _made(self, how: str, template: House | None) -> House:
        house = self._copied(template)
        self._asked(house, call=f"tests.commands.every.houses.{how}")
        return house

    def _copied(self, template: House | None) -> House:
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        work = folder / "work"
        if template:
            shutil.copytree(template.folder, work)
        else:
            work.mkdir()
        if self._server:
            name = f"every_{os.getpid()}_{self._number}"
            self._execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template.name}" if template else ""))
            return House(name, self._address(name), work)
        file = folder / "mailer.sqlite3"
        if template:
            shutil.copyfile(template.name, file)
        return House(str(file), str(file), work)

    def _remove(self, house: House) -> None:
        if self._server:
            self._execute(f"DROP DATABASE {house.name} WITH (FORCE)")
        shutil.rmtree(house.folder.parent)

    def _address(self, name: str) -> str:
        return f"{self._server.rpartition('/')[0]}/{name}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(statement)
