import pytest

from subscribers.list_fields import ListError, Sender, parse_days, parse_sender


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("Space Digest <news@example.org>", Sender("Space Digest", "news@example.org")),
        ('"Doe, Jane" <jane@example.org>', Sender("Doe, Jane", "jane@example.org")),
        ("Doe, Jane <jane@example.org>", Sender("Doe, Jane", "jane@example.org")),
        ("  Дайджест   <news@Example.ORG> ", Sender("Дайджест", "news@example.org")),
    ],
)
def test_a_sender_is_a_name_and_an_address(text: str, sender: Sender) -> None:
    assert parse_sender(text) == sender


@pytest.mark.parametrize(
    "text",
    [
        "news@example.org",
        "<news@example.org>",
        "Space Digest",
        "",
        'Space "Digest <a@b.org>',
        "A <a@b.org> <c@d.org>",
    ],
)
def test_a_sender_written_otherwise_is_told_how(text: str) -> None:
    with pytest.raises(ListError, match=r"must be written as Name <address>"):
        parse_sender(text)


@pytest.mark.parametrize("text", ["Space <nobody>", "Space\nBcc: x <news@example.org>"])
def test_a_sender_with_a_fault_in_it_is_told_which(text: str) -> None:
    with pytest.raises(ListError, match=r"cannot be used"):
        parse_sender(text)


@pytest.mark.parametrize(("text", "days"), [("30", 30), (" 1 ", 1), ("36500", 36_500), ("Never", None)])
def test_days_are_a_number_or_never(text: str, days: int | None) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "0", "-1", "36501", "thirty", "1.5", "٣٠", "9" * 5_000, "²"])
def test_days_that_are_no_number_are_told_what_is(text: str) -> None:
    with pytest.raises(ListError, match="from 1 to 36,500, or never"):
        parse_days(text)
