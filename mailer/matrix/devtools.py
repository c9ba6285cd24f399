"""Talk with a browser over a pipe: the DevTools protocol, in the few lines that pictures need.

It listens on no port, and the browser ends when this process does, however that ends, since the pipe is
closed then. Source: https://chromedevtools.github.io/devtools-protocol/.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

# The protocol is spoken on the file numbers 3 and 4.
_SHELL = ("/bin/sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null', "sh")
_END = b"\0"
_ENDS_WITHIN = 5  # seconds


class BrowserError(Exception):
    """The browser did not start, or did not do what it was asked; the message says which."""


class Wire:
    """A browser's process, and what is asked and answered over its pipe."""

    def __init__(self, command: Sequence[str], *, environ: Mapping[str, str], answers_within: float) -> None:
        """Start it; an answer that takes longer than `answers_within` seconds is an error."""
        self._within = answers_within
        self._number, self._heard = 0, b""
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*_SHELL, *command],
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=subprocess.DEVNULL,
                env=environ,
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._to)
            os.close(self._from)
            raise BrowserError(f"the browser did not start: {error.strerror}") from error
        finally:
            os.close(theirs_in)
            os.close(theirs_out)

    def ask(self, method: str, session: str = "", **parameters: object) -> Any:  # noqa: ANN401 - whatever it answers
        """Return the answer to one request. Raises BrowserError."""
        self._number += 1
        request: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        until = time.monotonic() + self._within
        self._write(orjson.dumps(request) + _END)
        while (answer := self._read(until)).get("id") != self._number:
            pass  # what happens meanwhile is told too, and nobody here listens
        if "error" in answer:
            raise BrowserError(f"the browser refused {method}: {answer['error'].get('message')}")
        return answer["result"]

    def close(self) -> None:
        """End the browser: it goes when its pipe is closed, or is made to."""
        os.close(self._to)
        os.close(self._from)
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # a group of its own: nobody else is in it
            self._process.wait()

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._to, data) :]
        except OSError as error:
            raise BrowserError("the browser ended by itself") from error

    def _read(self, until: float) -> dict[str, Any]:
        while _END not in self._heard:
            ready, _, _ = select.select([self._from], [], [], max(until - time.monotonic(), 0))
            if not ready:
                raise BrowserError(f"the browser did not answer within {self._within:g} seconds")
            said = os.read(self._from, 1 << 20)
            if not said:
                raise BrowserError("the browser ended by itself")
            self._heard += said
        one, _, self._heard = self._heard.partition(_END)
        message: dict[str, Any] = orjson.loads(one)
        return message
