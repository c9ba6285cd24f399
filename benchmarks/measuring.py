"""Measure a thing and its limit in one run, and say how near the one is to the other."""

import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured thing. `limit` is what the bare parts take in the same run, in the same unit.

    `ratio` is value to limit: 1 is the machine's own speed. `rss_mb` is the process's peak memory.
    """

    name: str
    value: float
    unit: str
    limit: float
    ratio: float
    rss_mb: float

    def as_json(self) -> dict[str, Any]:
        """Return the figure as `--json` writes it."""
        return {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def figure(name: str, unit: str, value: float, limit: float) -> Figure:
    """Return a figure with its ratio and this process's peak memory so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Figure(name, value, unit, limit, value / limit, megabytes)


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Return the median time of `runs` runs."""
    return statistics.median(once(work) for _ in range(runs))


def once(work: Callable[[], object]) -> float:
    """Return the time of one run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
