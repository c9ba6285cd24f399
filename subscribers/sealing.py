"""Seal the audit log: give lines that were committed their number and a digest over the one before.

Lines are sealed after their transactions, not within them. Who records would otherwise hold the end of the
chain until they commit: an import's portion for minutes, with everybody behind it, and two who hold rows
that the other wants in a ring. So to record waits for nobody; one at a time seals what it finds committed,
in a short transaction that waits for no line. Up to then a line has its mark alone, which shows that it was
altered or made by a stranger, but not that it is gone.
"""

import re
from dataclasses import dataclass

from django.db import connection, transaction

from subscribers import chaining
from subscribers.errors import SubscribersError
from subscribers.models import Change, Seal

_HEAD = re.compile(rf"[1-9][0-9]{{0,17}}:[0-9a-f]{{{chaining.WRITTEN}}}")
_MOST = 5_000  # lines of one transaction

_BEGIN = """
    INSERT INTO change_seal (id, number, digest) VALUES (1, 0, '') ON CONFLICT DO NOTHING
"""

_SEAL = """
    UPDATE change SET number = %s, digest = %s WHERE id = %s
"""


class SealError(SubscribersError):
    """The end of the audit log is not what was sealed last; nothing more is sealed until somebody looks."""

    def __init__(self, sealed: int, there: int) -> None:
        """Take the number that was sealed last, and that of the last line there is."""
        self.sealed, self.there = sealed, there
        super().__init__(
            f"The audit log was sealed up to line {sealed:,} and ends at line {there:,}, or ends otherwise:"
            f" `mailer changes check` says where"
        )


class HeadError(SubscribersError):
    """What should say how far the audit log was sealed does not."""

    def __init__(self, word: str) -> None:
        """Take what was given."""
        super().__init__(
            f"{word.strip()[:60]!r} does not say how far the audit log was sealed: that is a number, a colon"
            f" and {chaining.WRITTEN} digits, as `mailer changes check` prints it"
        )


@dataclass(frozen=True)
class Head:
    """The last line that is sealed: its number and digest; 0 and '' where none is."""

    number: int
    digest: str

    def __str__(self) -> str:
        """Return it as one word, to be kept elsewhere."""
        return f"{self.number}:{self.digest}"

    @classmethod
    def of(cls, word: str) -> "Head":
        """Read such a word. Raises HeadError."""
        number, _, digest = word.strip().partition(":")
        if not _HEAD.fullmatch(word.strip()):
            raise HeadError(word)
        return cls(int(number), digest)


def seal() -> Head:
    """Seal what has been committed since; return how far the log is sealed then. Raises SealError.

    A line whose mark does not fit stays as it is, for a check to name.
    """
    after = 0
    while numbers := list(_waiting(after)):
        after = numbers[-1]
        _seal(numbers)
    return head()


def head() -> Head:
    """Return how far the log is sealed, as its lines have it."""
    last = Change.objects.exclude(number=None).order_by("-number").values_list("number", "digest").first()
    return Head(last[0] or 0, last[1]) if last else Head(0, "")


def holds(known: Head) -> bool:
    """Return whether the log has that very line in that very place."""
    return Change.objects.filter(number=known.number, digest=known.digest).exists()


def _waiting(after: int) -> list[int]:
    waiting = Change.objects.filter(number=None, pk__gt=after).order_by("pk")
    return list(waiting.values_list("pk", flat=True)[:_MOST])


@transaction.atomic
def _seal(numbers: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN)
    sealed = Seal.objects.select_for_update().get()
    last = head()
    if (sealed.number, sealed.digest) != (last.number, last.digest):
        raise SealError(sealed.number, last.number)
    number, digest, rows = last.number, last.digest, []
    # Whoever blanks a line at this moment holds it; it is sealed the next time.
    for line in Change.objects.select_for_update(skip_locked=True).filter(pk__in=numbers).order_by("pk"):
        if line.number is not None or line.mark != words(line).mark:
            continue
        number += 1
        digest = chaining.link(digest, number, line.pk, line.mark)
        rows.append((number, digest, line.pk))
    with connection.cursor() as cursor:
        cursor.executemany(_SEAL, rows)
    Seal.objects.update(number=number, digest=digest)


def words(line: Change) -> chaining.Words:
    """Return what a line says, as its mark is made of it."""
    return chaining.Words(line.at, line.who, line.what, line.list_number, line.work, line.subject, line.told)
