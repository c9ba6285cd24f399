"""Orders to misbehave, as JSON: what POST /sandbox/faults takes and GET shows.

    {"rate": 0.3, "kinds": ["429", "503-accepted"], "script": ["well", "silence-accepted+mute"], "seed": "7",
     "limit": 20, "poisoned": 0.001, "webhook": {"lost": 0.1, "forged": 0.2}, "logs": {"lag": 5}}

What is left out is as it is on a good day, so `{}` ends all misbehaviour.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields

from mailer.sandbox.misbehaving import ACCEPTING, Kind, Logs, Misbehaviour, Step
from mailer.sandbox.telling import Telling

_SHARES = frozenset(
    {"rate", "poisoned", "missing"} | {field.name for field in fields(Telling)} - {"lateness", "group"}
)
_MARKS = frozenset({"mute", "early"})


class OrdersError(ValueError):
    """The orders cannot be carried out; the message says what to write instead."""


def read(value: object) -> Misbehaviour:
    """Return the orders in decoded JSON; raise OrdersError."""
    return Misbehaviour(
        **_read(  # type: ignore[arg-type]  # each reader returns what its field holds
            value,
            "",
            _numbers(Misbehaviour)
            | {
                "seed": _text,
                "kinds": lambda given, _: tuple(map(_kind, _listed(given, "kinds"))),
                "script": lambda given, _: tuple(map(step, _listed(given, "script"))),
                "limit": _whole,
                "webhook": lambda given, _: Telling(
                    **_read(given, "webhook.", _numbers(Telling) | {"group": _group})  # type: ignore[arg-type]  # the same
                ),
                "logs": lambda given, _: Logs(**_read(given, "logs.", _numbers(Logs))),  # type: ignore[arg-type]  # the same
            },
        )
    )


def written(orders: Misbehaviour) -> dict[str, object]:
    """Return the orders as JSON has them; `read` makes the same of it."""
    return asdict(orders) | {"kinds": list(orders.kinds), "script": [str(each) for each in orders.script]}


def step(text: object) -> Step:
    """Return the step that a script writes as a kind with `+mute`, `+early` or both."""
    name, *marks = str(text).split("+")
    if unknown := set(marks) - _MARKS:
        raise OrdersError(f"script: {text!r} may end in +mute or +early, not +{min(unknown)}")
    kind = _kind(name)
    if marks and kind not in ACCEPTING:
        raise OrdersError(f"script: {text!r} has no events to tell, for {name} is not accepted: leave out +")
    return Step(kind, mute="mute" in marks, early="early" in marks)


_Reader = Callable[[object, str], object]


def _read(value: object, place: str, readers: Mapping[str, _Reader]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise OrdersError(f"{place.rstrip('.') or 'the orders'}: write a JSON object")
    for name in value:
        if name not in readers:
            raise OrdersError(f"{place}{name}: not known; known are {', '.join(sorted(readers))}")
    return {name: readers[name](given, f"{place}{name}") for name, given in value.items()}


def _numbers(holder: type[Misbehaviour | Telling | Logs]) -> dict[str, _Reader]:
    """Return what reads the fields of `holder` that are numbers."""
    return {
        field.name: _share if field.name in _SHARES else _seconds
        for field in fields(holder)
        if field.type is float
    }


def _share(given: object, name: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise OrdersError(f"{name}: write a share from 0 to 1, not {given!r}")
    return float(given)


def _seconds(given: object, name: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= 0:
        raise OrdersError(f"{name}: write a number of seconds, not {given!r}")
    return float(given)


def _whole(given: object, name: str) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise OrdersError(f"{name}: write a whole number, not {given!r}")
    return given


def _group(given: object, name: str) -> int:
    size = _whole(given, name)
    if not size:
        raise OrdersError(f"{name}: write how many events a post has, at least 1")
    return size


def _text(given: object, name: str) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise OrdersError(f"{name}: write a text, not {given!r}")
    return str(given)


def _listed(given: object, name: str) -> list[object]:
    if not isinstance(given, list):
        raise OrdersError(f"{name}: write a list, not {given!r}")
    return given


def _kind(name: object) -> Kind:
    try:
        return Kind(str(name))
    except ValueError:
        raise OrdersError(f"kinds: {name!r} is none; there are {', '.join(Kind)}") from None
