"""What an error says at the desk, where nobody types commands."""

import pytest

from mailer.desk.sends.acting import plain


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Send 3 is done: nothing is left to cancel", "Send 3 is done: nothing is left to cancel"),
        (
            "It needs a second person; they say it with `mailer editions approve 3`",
            "It needs a second person",
        ),
        (
            "Nothing of it has left: cancel it with `mailer sends cancel 3`, import it",
            "Nothing of it has left",
        ),
        ("`mailer migrate` first", "`mailer migrate` first"),
    ],
)
def test_a_command_is_no_advice_at_the_desk(said: str, told: str) -> None:
    assert plain(ValueError(said)) == told
