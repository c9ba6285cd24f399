"""Wrong usage, in our own words."""

import os

import pytest

from tests.commands.conftest import Mailer


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sends pause abc", "Invalid value for 'SEND': write a whole number, not 'abc'"),
        ("sends show 1.5", "Invalid value for 'SEND': write a whole number, not '1.5'"),
        ("sends ls --limit 0", "Invalid value for '--limit': 1 is the least, not 0"),
        ("sends ls --limit 1001", "Invalid value for '--limit': 1,000 is the most, not 1001"),
        ("health --patience soon", "Invalid value for '--patience': write a number, like 0.5, not 'soon'"),
        ("health --patience 1e9", "Invalid value for '--patience': 31,536,000 is the most, not 1e9"),
        ("completion cmd", "Invalid value for 'shell': 'cmd' is not one of 'bash', 'zsh', 'fish'."),
        (
            "suppressions sync --since 24.3.2026",
            "Invalid value for '--since': write a day as 2026-03-24, not '24.3.2026'",
        ),
        ("lists nonsense", "No such command 'nonsense'."),
        ("lists show", "Missing argument 'LIST'."),
        ("lists show x --nonsense", "No such option: --nonsense"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_below_how_it_is_used(mailer: Mailer, line: str, said: str) -> None:
    wrong = mailer(*line.split())
    assert (wrong.status, wrong.out) == (2, "")
    usage, hint, _, error = wrong.err.splitlines()
    assert usage.startswith("Usage: mailer ")
    assert hint.startswith("Try 'mailer ")
    assert error == f"Error: {said}"


@pytest.mark.parametrize(
    "line",
    [
        ["sends", "schedule", "1", "--segment", ""],
        ["sends", "schedule", "1", "--at", " "],
        ["subscribers", "suppress", "nina@example.org", "--reason", "asked", "--list", ""],
        ["subscribers", "lift", "nina@example.org", "--reason", "asked", "--list", ""],
        ["subscribers", "unsubscribe", "nina@example.org", "--everywhere", "--list", ""],
        ["subscribers", "export", "space-digest", "--segment", ""],
        ["subscribers", "ls", "--list", ""],
        ["stats", ""],
        ["segments", "ls", ""],
    ],
    ids=" ".join,
)
def test_a_variable_that_a_script_forgot_to_set_does_not_mean_everybody(
    mailer: Mailer, line: list[str]
) -> None:
    wrong = mailer(*line)
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err.endswith(": it is empty; leave it out where none is meant\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 1_001, "longer than 1,000 characters"),
        ("two\nlines", "holds a line break or a control character"),
        ("\u202ebackwards", "holds an invisible character that turns the direction of writing"),
    ],
)
def test_what_is_kept_as_evidence_is_one_line_that_can_be_read(mailer: Mailer, text: str, why: str) -> None:
    for line in (
        ("subscribers", "suppress", "nina@example.org", "--reason", text),
        ("subscribers", "add", "space-digest", "nina@example.org", "--consent", text),
        ("subscribers", "import", "space-digest", "people.csv", "--consent", text),
        ("sends", "pause", "1", "--reason", text),
    ):
        wrong = mailer(*line)
        assert (wrong.status, wrong.out) == (2, "")
        assert wrong.err.endswith(f": the text cannot be kept: {why}\n")


def test_what_no_text_holds_is_told_at_once(mailer: Mailer) -> None:
    wrong = mailer("lists", "show", "a\0b")
    assert (wrong.status, wrong.err) == (2, "mailer: A NUL can be in no name and no text: 'a\\x00b'\n")
    wrong = mailer("lists", "show", os.fsdecode(b"caf\xe9"))
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err.startswith("mailer: This is not UTF-8: b'caf\\xe9'")


def test_who_says_no_word_is_shown_the_help(mailer: Mailer) -> None:
    helped = mailer("lists")
    assert helped.status == 2
    assert "Commands:" in helped.out + helped.err


def test_a_book_is_not_repeated(mailer: Mailer) -> None:
    wrong = mailer("sends", "show", "x" * 10_000)
    assert wrong.status == 2
    assert len(wrong.err.splitlines()[-1]) < 2_100
    assert " … " in wrong.err
