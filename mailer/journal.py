"""What this process is about to send, and what it heard: one append-only file, locked for its life.

A line before T2, a line before a letter's first byte where letters leave one by one, a line after the
answer. Nothing is synced to disk: against kill -9 the kernel keeps what was written, and after a power
cut only answers are believed. Another process reads the file once it holds its lock: then this one is dead.

A line ends with " ." or it was cut short, and is nothing.
"""

import fcntl
import functools
import os
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import structlog

from mailer import privacy
from mailer.transports.answers import (
    Accepted,
    AddressRefused,
    Answer,
    NotAccepted,
    Partly,
    Refused,
    Unknown,
)

log = structlog.get_logger()

SUFFIX = ".journal"
_WHOLE, _BY_READER = "whole", "by-reader"
_REFUSALS = {kind.kind.value: kind for kind in (NotAccepted, Refused, Unknown)}


@dataclass
class Entry:
    """What a journal says of one request. `same_boot`: nothing that was written can be missing."""

    attempt: uuid.UUID
    batch: int
    by_reader: bool
    same_boot: bool
    begun: list[int] = field(default_factory=list)
    ended: dict[int, str] = field(default_factory=dict)
    heard: Answer | None = None

    def answer(self) -> Answer | None:
        """Return what is certain of a request whose process has died; None where nothing is."""
        if self.heard is not None:
            return self.heard
        if not self.by_reader:
            return Unknown("the process that sent it ended before it heard an answer")
        if not self.same_boot:
            return None
        said: dict[str, list[int]] = {"accepted": [], "rejected": [], "deferred": [], "unknown": []}
        for delivery in self.begun:
            said[self.ended.get(delivery, "unknown")].append(delivery)
        words = "told by the journal of a process that ended"
        return Partly(
            accepted=tuple(said["accepted"]),
            unknown=tuple(said["unknown"]),
            rejected=dict.fromkeys(said["rejected"], words),
            deferred=dict.fromkeys(said["deferred"], words),
            detail=words,
        )


class Journal:
    """The journal of this process; threads share it."""

    def __init__(self, folder: Path) -> None:
        """Begin a file in `folder`; nobody sees it before it is locked."""
        privacy.private_folder(folder)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(6)}{SUFFIX}"
        draft = self.path.with_suffix(".draft")
        self._file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._lock = threading.RLock()
        self._open: set[uuid.UUID] = set()
        self._torn = False
        self._write("boot", boot())
        draft.rename(self.path)

    def fire(self, attempt: uuid.UUID, batch: int, *, by_reader: bool) -> None:
        """Note that this request may leave. Raises OSError where that cannot be written: then it must not."""
        with self._lock:
            self._write("fire", attempt.hex, str(batch), _BY_READER if by_reader else _WHOLE)
            self._open.add(attempt)

    def begin(self, attempt: uuid.UUID, delivery: int) -> None:
        """Note that the first byte of this copy leaves now. Raises OSError: then it must not."""
        self._write("begin", attempt.hex, str(delivery))

    def end(self, attempt: uuid.UUID, delivery: int, said: str) -> None:
        """Note what was said of this copy; unwritten, it is in doubt if this process dies now."""
        with suppress(OSError):
            self._write("end", attempt.hex, str(delivery), said)

    def answer(self, attempt: uuid.UUID, answer: Answer) -> None:
        """Note the answer; unwritten, it is in doubt if this process dies before it is in the database."""
        with suppress(OSError):
            self._write("answer", attempt.hex, orjson.dumps(_packed(answer)).hex())

    def settled(self, attempt: uuid.UUID) -> None:
        """Note that all this is in the database; an empty journal begins anew."""
        with self._lock, suppress(OSError):
            self._open.discard(attempt)
            if not self._open:
                os.ftruncate(self._file, 0)
                self._write("boot", boot())
            else:
                self._write("settled", attempt.hex)

    def close(self) -> None:
        """End the file; it goes if nothing in it is open."""
        if not self._open:
            self.path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, *words: str) -> None:
        line = f"{' '.join(words)} .\n".encode()
        with self._lock:
            # What a full disk cut short is closed off, so that it spoils no other line.
            data = b"\n" + line if self._torn else line
            self._torn = True
            written = os.write(self._file, data)
            self._torn = written != len(data)
        if self._torn:
            raise OSError(f"the journal {self.path.name} could not be written in full")


def mine(folder: Path) -> Journal:
    """Return the journal of this very process, begun at the first call; a fork begins its own."""
    return _of_process(folder, os.getpid())


@functools.lru_cache(maxsize=8)
def _of_process(folder: Path, _process: int) -> Journal:
    return Journal(folder)


@contextmanager
def of_the_dead(folder: Path) -> Iterator[Iterator[list[Entry]]]:
    """Hold, one after the other, the journals whose process has ended; each yields its open entries.

    A journal goes when the next is asked for, or at the end of the block: so if settling raises, it stays
    for the next time.
    """
    held: list[tuple[int, Path]] = []

    def entries() -> Iterator[list[Entry]]:
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                held.append((_locked(path), path))
                data = path.read_bytes()
            except (FileNotFoundError, BlockingIOError):
                continue
            except OSError as error:  # one that cannot be read keeps nobody from the others, or from work
                _complain(path, error.strerror)
                continue
            yield read(data)
            file, _ = held.pop()
            with suppress(OSError):
                path.unlink(missing_ok=True)
            os.close(file)

    try:
        yield entries()
    finally:
        for file, _ in held:
            os.close(file)


@functools.cache
def _complain(path: Path, reason: str) -> None:
    """Say it once, not at every sweep: until it is mended, what that journal tells of stays in doubt."""
    log.error(
        "a journal cannot be read; give the file to the user who runs workers", file=str(path), reason=reason
    )


def _locked(path: Path) -> int:
    """Return a descriptor that holds the lock of a journal; raises BlockingIOError while it is written."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        gone = os.fstat(file).st_ino != path.stat().st_ino
    except BaseException:
        os.close(file)
        raise
    if gone:  # another process has read and removed it a moment ago
        os.close(file)
        raise FileNotFoundError(path)
    return file


def read(data: bytes) -> list[Entry]:
    """Return the entries of a journal that are not settled; lines that were cut short are nothing."""
    entries: dict[str, Entry] = {}
    same_boot = False
    for line in data.decode("ascii", "replace").split("\n"):
        # What a power cut made of a line must not keep the others from being read.
        with suppress(ValueError, KeyError, TypeError):
            same_boot = _read_line(line.split(" "), entries, same_boot=same_boot)
    return list(entries.values())


def _read_line(words: list[str], entries: dict[str, Entry], *, same_boot: bool) -> bool:
    """Add one line to `entries`; return whether what follows it was written since this machine started."""
    match words:
        case ["boot", name, "."]:
            return name == boot()
        case ["fire", attempt, batch, kind, "."]:
            entries[attempt] = Entry(uuid.UUID(attempt), int(batch), kind == _BY_READER, same_boot)
        case ["begin", attempt, delivery, "."] if attempt in entries:
            entries[attempt].begun.append(int(delivery))
        case ["end", attempt, delivery, said, "."] if attempt in entries:
            entries[attempt].ended[int(delivery)] = said
        case ["answer", attempt, packed, "."] if attempt in entries:
            entries[attempt].heard = _unpacked(orjson.loads(bytes.fromhex(packed)))
        case ["settled", attempt, "."]:
            entries.pop(attempt, None)
    return same_boot


@functools.cache
def boot() -> str:
    """Return what tells this run of the machine from the one before a power cut."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _packed(answer: Answer) -> dict[str, object]:
    """Return an answer as JSON holds it."""
    said: dict[str, object] = {
        "kind": answer.kind.value,
        "status": answer.status,
        "detail": answer.detail,
        "message_id": answer.message_id,
        "wait": getattr(answer, "wait", None),
    }
    match answer:
        case AddressRefused():
            said["delivery"] = answer.delivery
        case Partly():
            said |= {
                "accepted": list(answer.accepted),
                "unknown": list(answer.unknown),
                "rejected": list(answer.rejected.items()),
                "deferred": list(answer.deferred.items()),
                "pause": answer.pause,
            }
        case _:
            pass
    return said


def _unpacked(said: dict[str, object]) -> Answer:
    """Return the answer that JSON holds."""
    kind, status, detail = str(said["kind"]), int(str(said["status"])), str(said["detail"])
    wait = None if said["wait"] is None else float(str(said["wait"]))
    if kind == Accepted.kind:
        return Accepted(status, str(said["message_id"]), detail)
    if kind == AddressRefused.kind:
        return AddressRefused(detail, status, int(str(said["delivery"])))
    if kind == Partly.kind:
        return Partly(
            accepted=tuple(said["accepted"]),  # type: ignore[arg-type]  # as _packed wrote it
            unknown=tuple(said["unknown"]),  # type: ignore[arg-type]  # as _packed wrote it
            rejected=dict(said["rejected"]),  # type: ignore[call-overload]  # as _packed wrote it
            deferred=dict(said["deferred"]),  # type: ignore[call-overload]  # as _packed wrote it
            status=status,
            detail=detail,
            message_id=str(said["message_id"]),
            wait=wait,
            pause=str(said["pause"]),
        )
    return _REFUSALS[kind](detail, status, wait)
