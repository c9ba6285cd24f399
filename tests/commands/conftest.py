import json
from dataclasses import dataclass
from typing import Any, Protocol

import pytest


@dataclass(frozen=True)
class Ran:
    """What a command printed, and the status it ended with."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - a list or an object, as the command promises
        return json.loads(self.out)


class Mailer(Protocol):
    def __call__(self, *words: str) -> Ran: ...


@pytest.fixture
def mailer(capsys: pytest.CaptureFixture[str]) -> Mailer:
    """Run the command line in this process, on this test's database; output is a pipe, as scripts see it."""
    from mailer.commands import run  # noqa: PLC0415 - Django is set up by then

    def call(*words: str) -> Ran:
        capsys.readouterr()
        status = run(words)
        return Ran(status, *capsys.readouterr())

    return call
