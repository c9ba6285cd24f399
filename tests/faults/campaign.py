"""Run after run, each under its seed, and what came of them kept line by line."""

import argparse
import contextlib
import gc
import importlib
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from django.core.wsgi import get_wsgi_application
from django.db import connections

from mailer.manuscript.arriving import arrive
from mailer.rendering.sets import render_sets
from mailer.rendering.values import InterestLook, Look, Reading
from tests import stage
from tests.faults import breaks, families, house, report
from tests.faults.chaos import Scenario
from tests.faults.processes import fork, pause
from tests.faults.templates import Templates

SILENT = logging.CRITICAL


def run(options: argparse.Namespace, folder: Path) -> int:
    """Run what `options` ask for; return 1 if any run failed."""
    if options.verbose:
        os.environ["TESTS_FAULTS_VERBOSE"] = "1"
    else:
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(SILENT))
    if options.report:
        return report.show(options.report)
    known = _known(options.results)
    house_of = Stage(folder, postgresql=options.database == "postgresql")
    if options.breaks:
        return _break_all(house_of, options)
    failed = 0
    began = time.monotonic()
    for scenario in _asked(options):
        key = _key(options, scenario)
        if key in known:
            failed += known[key]
            continue
        if time.monotonic() - began > options.seconds:
            break
        result = key_of(key) | house_of.run(scenario)
        _keep(options.results, result)
        failed += bool(result["violations"])
        _tell(result, scenario)
    return 1 if failed else 0


def _break_all(house_of: "Stage", options: argparse.Namespace) -> int:
    """Break the protocol in every way, each until the suite has caught it; return 1 where one escapes."""
    escaped = 0
    caught = {key[-1] for key in _known(options.results)}
    for name, broken in breaks.BREAKS.items():
        if name in caught or (options.broken and name not in options.broken):
            continue
        for seed in range(options.first, options.first + options.runs):
            smtp = broken.transport == "smtp"
            scenario = families.drawn(
                broken.family, seed, smtp=smtp, postgresql=options.database == "postgresql"
            )
            scenario = broken.of(name, scenario)
            result = key_of(_key(options, scenario)) | house_of.run(scenario)
            if any(
                not violation.startswith(("the observer", "the house")) for violation in result["violations"]
            ):
                _keep(options.results, result)
                report.tell(
                    f"{name:22} caught after {seed - options.first + 1} runs, by {result['violations'][0]}",
                )
                report.tell(f"{'':22} {command(result)}")
                break
        else:
            escaped += 1
            report.tell(f"{name:22} NOT CAUGHT in {options.runs} runs: {broken.rule}")
    return 1 if escaped else 0


class Stage:
    """Where runs take place, one after the other."""

    def __init__(self, folder: Path, *, postgresql: bool) -> None:
        self._folder = folder
        self._templates = Templates(folder, postgresql=os.environ["TESTS_POSTGRESQL"] if postgresql else "")
        self._application = get_wsgi_application()
        _warm_up()
        self._clock = (
            Path(os.environ["FAKETIME_TIMESTAMP_FILE"]) if "FAKETIME_TIMESTAMP_FILE" in os.environ else None
        )

    def run(self, scenario: Scenario) -> dict[str, Any]:
        """Live through one scenario in a process of its own; return what came of it."""
        with tempfile.TemporaryDirectory(prefix="run-", dir=self._folder, ignore_cleanup_errors=True) as made:
            place_of = Path(made)
            kept = place_of / "kept.json"
            with self._templates.copy(
                scenario.readers, place_of, f"run_{os.getpid()}_{scenario.seed}"
            ) as place:
                child = fork(
                    lambda: house.live(
                        scenario,
                        place,
                        self._application,
                        self._clock,
                        lambda result: kept.write_text(json.dumps(result)),
                    ),
                    scenario.name,
                )
                try:
                    _wait(child)
                finally:
                    if self._clock:
                        self._clock.write_text("+0", encoding="ascii")
            if kept.exists():
                result: dict[str, Any] = json.loads(kept.read_text())
                return result
            return {"violations": ["the house fell down before there was a result"]}


def _warm_up() -> None:
    """Import and compile once what each child would else do for itself; nothing is connected."""
    interests = tuple(
        InterestLook(slug, name, colour) for colour, (slug, name) in enumerate(stage.INTERESTS.items())
    )
    look = Look("space-digest", "Space Digest", "1 Orbit Road, Nairobi", interests)
    arrival = arrive(stage.EDITION, list_slug="space-digest", interests=stage.INTERESTS, extra_gazetteer={})
    render_sets(arrival.document, look, [Reading(), Reading(text_only=True)])
    importlib.import_module("mailer.transports.smtp")
    for name in ("introspection", "schema", "_functions"):
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(f"{type(connections['default']).__module__.rpartition('.')[0]}.{name}")
    gc.freeze()


def _wait(child: int) -> None:
    deadline = time.monotonic() + house.LONGEST + 15
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        pause(0.005)


def _asked(options: argparse.Namespace) -> Iterator[Scenario]:
    """Yield the scenarios in turns, so that a short campaign has seen every family."""
    asked = options.family or [name for name in families.FAMILIES if name not in families.ON_THEIR_OWN]
    smtp = options.transport == "smtp"
    seeds = options.seed or range(options.first, options.first + options.runs)
    for seed in seeds:
        for family in asked:
            if not (smtp and family in families.WITHOUT_SMTP):
                scenario = families.drawn(
                    family, seed, smtp=smtp, postgresql=options.database == "postgresql"
                )
                if not options.broken:
                    yield scenario
                for name in options.broken:
                    yield breaks.BREAKS[name].of(name, scenario)


Key = tuple[str, str, str, int, str]


def _key(options: argparse.Namespace, scenario: Scenario) -> Key:
    return (
        options.database,
        "smtp" if scenario.smtp else "sendgrid",
        scenario.family,
        scenario.seed,
        scenario.broken,
    )


def key_of(key: Key) -> dict[str, Any]:
    """Return the key of a result as it stands in its line."""
    return dict(zip(("database", "transport", "family", "seed", "broken"), key, strict=True))


def _known(path: Path | None) -> dict[Key, bool]:
    """Return what has been run, and whether it failed: that counts until its line is taken out."""
    if path is None or not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        (line["database"], line["transport"], line["family"], line["seed"], line["broken"]): bool(
            line["violations"]
        )
        for line in lines
    }


def _keep(path: Path | None, result: dict[str, Any]) -> None:
    if path:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(result) + "\n")


def _tell(result: dict[str, Any], scenario: Scenario) -> None:
    name = f"{result['family']:9} {result['database']:10} {result['transport']:8} seed {result['seed']:<5}"
    figures = " ".join(
        f"{word} {result.get(word, '-')}"
        for word in ("took", "settle", "kills", "deaths", "stops", "requests", "copies")
    )
    report.tell(f"{name} {figures} {'FAILED' if result['violations'] else 'ok'}")
    for violation in result["violations"][:8]:
        report.tell(f"    {violation}")
    if result["violations"]:
        report.tell(f"    replay: {command(result)}")
    del scenario


def command(result: dict[str, Any]) -> str:
    """Return the command that replays a result's seed."""
    broken = f" --break {result['broken']}" if result["broken"] else ""
    return (
        f"python -m tests.faults --database {result['database']} --transport {result['transport']}"
        f" --family {result['family']} --seed {result['seed']}{broken}"
    )


if __name__ == "__main__":
    sys.exit("run python -m tests.faults")
