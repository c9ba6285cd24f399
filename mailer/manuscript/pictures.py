"""How a text names a picture that is kept here: `![What it shows](picture:<hash>-1072x603.jpg)`.

The name says the size, so that a letter is set without looking at the picture.
"""

import re
from dataclasses import dataclass

SCHEME = "picture:"
_NAME = re.compile(r"[0-9a-f]{32}-(?P<width>[1-9]\d{0,3})x(?P<height>[1-9]\d{0,3})\.(?:jpg|png)", re.ASCII)


@dataclass(frozen=True)
class Picture:
    """A picture by its name; width and height in its own pixels."""

    name: str
    width: int
    height: int

    @property
    def reference(self) -> str:
        """Return it as a text refers to it."""
        return f"{SCHEME}{self.name}"


def picture(name: str) -> Picture | None:
    """Return the picture of this name, None where that is no name of a picture."""
    found = _NAME.fullmatch(name)
    return Picture(name, int(found["width"]), int(found["height"])) if found else None


def names_in(text: str) -> frozenset[str]:
    """Return the names of pictures that a text refers to, anywhere."""
    return frozenset(found[0] for found in _NAME.finditer(text) if text.endswith(SCHEME, 0, found.start()))


def referred(reference: str) -> Picture | None:
    """Return the picture that a text refers to, None where it refers to something else."""
    return picture(reference.removeprefix(SCHEME)) if reference.startswith(SCHEME) else None
