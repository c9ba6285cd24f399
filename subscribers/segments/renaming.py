"""The same tree with other slugs for its interests."""

from collections.abc import Mapping
from dataclasses import replace

from subscribers.segments.conditions import All, Any, Chose, Condition, Not


def renamed(condition: Condition, names: Mapping[str, str]) -> Condition:
    """Return the tree with each interest under its name in `names`; one that is not there keeps its own."""
    match condition:
        case All(of) | Any(of):
            return replace(condition, of=tuple(renamed(part, names) for part in of))
        case Not(of):
            return Not(renamed(of, names))
        case Chose(how, interests):
            return Chose(how, tuple(names.get(slug, slug) for slug in interests))
        case leaf:
            return leaf
