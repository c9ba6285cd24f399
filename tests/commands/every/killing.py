"""Which moments of a command are worth a pulled plug, and what may be there afterwards."""

from collections.abc import Sequence

from tests.commands.every.states import State

# Around these something becomes lasting: each command is killed there first.
TELLING = frozenset({"before COMMIT", "after COMMIT", "os.rename", "os.remove"})


def moments(steps: Sequence[str], most: int) -> list[int]:
    """Return the numbers of the steps before which to kill: around what lasts, and spread over all else."""
    telling = [number for number, step in enumerate(steps) if step in TELLING]
    others = [number for number, step in enumerate(steps) if step not in TELLING]
    first = _spread(telling, most * 2 // 3)
    return sorted({*first, *_spread(others, most - len(first))})


def _spread(numbers: Sequence[int], most: int) -> list[int]:
    """Return so many of the numbers, the first and the last among them."""
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[place * (len(numbers) - 1) // max(most - 1, 1)] for place in range(most)]


def unfinished(before: State, between: State, after: State) -> list[str]:
    """Return what is there after a kill that was there neither before nor would be after it all."""
    seen = without_parts(between)
    if seen in (without_parts(before), without_parts(after)):
        return []
    return [*before.differences(seen), "and not:", *seen.differences(after)]


def without_parts(state: State) -> State:
    """Return a state without the hidden parts of files that are not whole yet."""
    whole = {name: told for name, told in state.files.items() if not name.endswith(".part")}
    return State(state.tables, whole)
