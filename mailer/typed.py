"""What people and strangers write into addresses and forms, as values."""

LARGEST = 2**63 - 1  # what a column of numbers can hold


def whole(written: str, largest: int = LARGEST) -> int | None:
    """Return the whole number that somebody wrote, from 1 to `largest`; None where it is none."""
    if not (written.isascii() and written.isdecimal() and len(written) <= len(str(largest))):
        return None
    number = int(written)
    return number if 0 < number <= largest else None
