"""A sandbox for own templates, with an end: a loop without one is a fault, and hangs nobody."""

import threading
from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

# Far beyond any letter, and no more than a moment of work.
MOST_TURNS = 200_000  # of all loops that one part of a letter is made with
LONGEST = 1_000_000  # characters or items that a multiplication may make


class _Turns(threading.local):
    left = MOST_TURNS


_turns = _Turns()


def begin() -> None:
    """Count anew: call it before each letter."""
    _turns.left = MOST_TURNS


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox in which loops are counted and nothing is multiplied beyond measure."""

    intercepted_binops = frozenset({"*", "**"})

    def _generate(self, source: nodes.Template, *values: Any, **named: Any) -> str:  # noqa: ANN401 - Jinja2's own hook
        """Let every loop go through what counts its turns."""
        for loop in source.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        return super()._generate(source, *values, **named)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - whatever a template multiplies
        """Return the product, or refuse one that is too large to be meant."""
        if (
            operator == "**"
            or _length(left) * _number(right) > LONGEST
            or _length(right) * _number(left) > LONGEST
        ):
            raise SecurityError("a multiplication that makes more than any letter holds")
        return super().call_binop(context, operator, left, right)


def counted(items: Iterable[Any]) -> Iterator[Any]:
    """Yield the items, until all loops of this letter have had too many turns."""
    for item in items:
        _turns.left -= 1
        if _turns.left < 0:
            raise SecurityError(f"loops that turn more than {MOST_TURNS:,} times")
        yield item


def _length(value: object) -> int:
    return len(value) if isinstance(value, (str, list, tuple)) else 0


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
