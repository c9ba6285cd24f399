"""What is wrong with a text, each fault with the place to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend; `line` and `column` count from 1 in the whole file."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Return the fault as an editor reads it."""
        return f"line {self.line}, column {self.column}: {self.message}"


class ManuscriptError(Exception):
    """A text is no edition: all its faults, in the order of its lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults as `faults`."""
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotText(ManuscriptError):  # noqa: N818 - says what the bytes are not, as its base says what the text is not
    """Bytes are no text that could be read."""

    def __init__(self, reason: str) -> None:
        """Keep the reason as the only fault, at the beginning of the file."""
        super().__init__([Fault(1, 1, reason)])


@dataclass(frozen=True, order=True)
class Remark:
    """Something an editor should look at, which is no fault; `line` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        """Return the remark as an editor reads it."""
        return f"line {self.line}: {self.message}"


def invisible(line: int, offset: int, character: str) -> Fault:
    """Return the fault of a character that nobody sees, at `offset` counted from 0."""
    return Fault(line, offset + 1, f"an invisible character, U+{ord(character):04X}: delete it")


def quoted(text: str, most: int = 60) -> str:
    """Return `text` in quotation marks, shortened to about `most` characters."""
    return f"“{text}”" if len(text) <= most else f"“{text[:most].rstrip()}…”"
