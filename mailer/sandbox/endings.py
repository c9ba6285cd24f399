"""How a request ends when it gets no ordinary answer: with the connection itself.

Each of these raises ConnectionError once it is done, which tells the server that nobody is to be answered.
"""

import os
import selectors
import socket
import struct
import threading
from enum import StrEnum
from typing import NoReturn

# The beginning of a TLS handshake, as a port that expects TLS might answer.
GARBAGE = b"\x15\x03\x03\x00\x02\x02\x16 no HTTP \xff\xfe\r\n\r\n"
LOOK = 0.05  # seconds between looks at whether the client is still there


class Ending(StrEnum):
    """What becomes of the connection."""

    ANSWERED = "answered"
    LATE = "late"  # answered after a while
    SILENCE = "silence"
    RESET = "reset"
    GARBAGE = "garbage"
    EMPTY = "empty"


def end(ending: Ending, connection: socket.socket, patience: float, stopping: threading.Event) -> None:
    """Do to `connection` what `ending` says; return where an answer is to follow.

    Waits at most `patience` seconds, or until `stopping` is set.
    """
    if ending is Ending.LATE:
        stopping.wait(patience)
    elif ending is Ending.SILENCE:
        _keep_silent(connection, patience, stopping)
    elif ending is Ending.RESET:
        _reset(connection)
    elif ending is Ending.GARBAGE:
        connection.sendall(GARBAGE)
    if ending not in {Ending.ANSWERED, Ending.LATE}:
        _closed()


def _keep_silent(connection: socket.socket, patience: float, stopping: threading.Event) -> None:
    """Say nothing until the client goes, or patience ends."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        for _ in range(int(patience / LOOK) + 1):
            if stopping.is_set() or selector.select(LOOK):
                return


def _reset(connection: socket.socket) -> None:
    """Close at once with RST: SO_LINGER of 0 throws away what is under way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The server's own reader holds the socket open: only its descriptor can be closed now.
    os.close(connection.detach())


def _closed() -> NoReturn:
    raise ConnectionAbortedError("closed on purpose")
