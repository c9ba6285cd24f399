"""Check the audit log: whether each line is as it was written, in its place, and none is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from subscribers import chaining
from subscribers.models import Change, List, Seal
from subscribers.sealing import Head, head, words

_PORTION = 2_000
_ANOTHER_KEY = " (or MAILER_HASH_KEY is not the one that it was written with)"


@dataclass(frozen=True)
class Fault:
    """The first thing that does not fit; `line` is the id of the line, as `changes ls` has it, if any."""

    line: int | None
    what: str


@dataclass(frozen=True)
class Checked:
    """What a check found: how far the log is sealed and sound, and how many lines wait to be sealed."""

    head: Head
    waiting: int
    fault: Fault | None

    def described(self) -> dict[str, Any]:
        """Return it in the shape of `changes check --json`."""
        return {
            "sound": self.fault is None,
            "sealed": self.head.number,
            "waiting": self.waiting,
            "head": str(self.head) if self.head.number else None,
            "fault": asdict(self.fault) if self.fault else None,
        }


def check(known: Iterable[Head] = ()) -> Checked:
    """Go through the whole log, and change nothing; stop at the first line that does not fit.

    `known` is how far it was sealed at earlier times, as kept elsewhere: each is to be found again.
    """
    walk = _Walk(known)
    fault = next(walk.faults(), None)
    return Checked(walk.head, walk.waiting, fault)


class _Walk:
    """Goes through the lines in the order in which they were sealed, then those that wait for it."""

    def __init__(self, known: Iterable[Head]) -> None:
        # In this order, since the seal only grows: what others seal meanwhile is no fault.
        self._sealed = head()
        noted = Seal.objects.values_list("number", "digest").first() or (0, "")
        self._noted = Head(*noted)
        self._known = [each for each in (*known, self._noted) if each.number]
        self._lists = set(List.objects.values_list("pk", flat=True))
        self.head, self.waiting = Head(0, ""), 0

    def faults(self) -> Iterator[Fault]:
        """Yield what does not fit; whoever has seen one knows nothing of what comes after it."""
        lines = Change.objects.order_by("number", "pk")
        for line in lines.exclude(number=None).iterator(_PORTION):
            yield from self._of_line(line)
            yield from self._of_place(line)
            self.head = Head(self.head.number + 1, line.digest)
            if any(each.number == self.head.number and each != self.head for each in self._known):
                yield Fault(line.pk, f"change {line.pk} is not what was sealed there before")
        last = max((each.number for each in self._known), default=0)
        if gone := max(last - self.head.number, 0):
            yield Fault(None, f"the last {_lines(gone)} missing: it was sealed up to line {last:,}")
        if self._noted.number < self._sealed.number:
            yield Fault(None, "what notes how far it is sealed was set back")
        for line in lines.filter(number=None).order_by("pk").iterator(_PORTION):
            self.waiting += 1
            yield from self._of_line(line)

    def _of_line(self, line: Change) -> Iterator[Fault]:
        """Look at a line alone."""
        if not _is_as_written(line):
            hint = _ANOTHER_KEY if self.head.number == 0 else ""
            yield Fault(line.pk, f"change {line.pk} was altered, or added by a stranger{hint}")
        elif line.list_id != line.list_number and (line.list_id or self._is_there(line.list_number)):
            yield Fault(line.pk, f"change {line.pk} was parted from its list")

    def _of_place(self, line: Change) -> Iterator[Fault]:
        """Look at where a sealed line stands."""
        expected = self.head.number + 1
        if line.number is not None and line.number > expected:
            gone = line.number - expected
            yield Fault(line.pk, f"{_lines(gone)} missing before change {line.pk}")
        elif line.number != expected:
            yield Fault(line.pk, f"change {line.pk} stands where another line stands already")
        elif line.digest != chaining.link(self.head.digest, expected, line.pk, line.mark):
            yield Fault(line.pk, f"change {line.pk} does not follow from the line before it")

    def _is_there(self, number: int | None) -> bool:
        """Return whether a list is there; it may have been removed since the check began."""
        return number in self._lists and List.objects.filter(pk=number).exists()


def _is_as_written(line: Change) -> bool:
    """Return whether a line says what it was written with, but for what an erasure has blanked."""
    if line.mark != words(line).mark or (line.number is None and line.digest):
        return False
    if line.blanked:
        empty = not (line.before or line.after or line.salt or line.subscriber_id)
        return empty and line.blanked == chaining.blanked(line.mark)
    return line.told == chaining.told(line.salt, line.subscriber_id, line.before, line.after)


def _lines(number: int) -> str:
    return "line is" if number == 1 else f"{number:,} lines are"
