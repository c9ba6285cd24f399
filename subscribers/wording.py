"""What is kept as data in evidence and in the audit log, in words that a person reads."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson


def plain(value: object) -> str:
    """Return a value as a person reads it."""
    match value:
        case None | "" | []:
            return "none"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(plain, value))
        case dict():
            return fields(value)
        case _:
            return str(value)


def fields(values: Mapping[str, Any]) -> str:
    """Return fields in one line: "name: Nina; locale: none"."""
    return "; ".join(f"{name}: {plain(value)}" for name, value in values.items())


def evidence(detail: Mapping[str, Any]) -> str:
    """Return what a line of evidence says of the change: "interests: africa (before: everything)"."""
    before = detail.get("before", {})
    parts = [
        f"{name}: {plain(value)}" + (f" (before: {plain(before[name])})" if name in before else "")
        for name, value in detail.items()
        if name != "before"
    ]
    parts += [f"{name} before: {plain(value)}" for name, value in before.items() if name not in detail]
    return "; ".join(parts)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line of the audit log for each field: `name: Space Digest -> Moon Digest`."""
    for field in dict.fromkeys((*before, *after)):
        name = field.replace("_", " ")
        if field not in after:
            yield f"{name} was {_value(before[field])}"
        elif field not in before:
            yield f"{name}: {_value(after[field])}"
        else:
            yield f"{name}: {_value(before[field])} -> {_value(after[field])}"


def _value(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case str():
            return value or "nothing"
        case list():
            return ", ".join(map(_value, value)) or "nothing"
        case _:
            return orjson.dumps(value).decode()
