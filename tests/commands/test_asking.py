"""What cannot be undone asks first."""

import io

import pytest

from mailer.commands.asking import ask
from mailer.commands.failures import FailedError


class Terminal(io.StringIO):
    """A person's keyboard."""

    def isatty(self) -> bool:
        return True


def test_who_has_said_yes_is_not_asked() -> None:
    ask("Sink the ship?", yes=True)


def test_where_nobody_can_answer_yes_is_wanted() -> None:
    with pytest.raises(FailedError, match=r"^Sink the ship\? .*--yes$"):
        ask("Sink the ship?", yes=False)


def test_a_person_may_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    ask("Sink the ship?", yes=False)


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_a_person_who_does_not_agree_changes_nothing(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    with pytest.raises(FailedError, match="Nothing was changed"):
        ask("Sink the ship?", yes=False)
