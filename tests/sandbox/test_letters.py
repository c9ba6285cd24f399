"""What a request says of each of its copies."""

from mailer.sandbox.letters import (
    Recipient,
    arguments,
    headers,
    hidden_links,
    letter,
    one_click_address,
    recipients,
    tracked_links,
)

BODY = {
    "personalizations": [
        {"to": [{"email": "amina@example.org"}], "bcc": [{"email": "archive@example.org"}]},
        {
            "to": [{"email": "li@example.org"}],
            "subject": "For -name-",
            "headers": {"list-unsubscribe": "<https://news.example/u/li>"},
            "substitutions": {
                "-name-": "Li & Co",
                "-name_short-": "Li",
                "-leave_url-": "https://news.example/u/li",
            },
            "custom_args": {"delivery": "2"},
        },
    ],
    "from": {"email": "news@example.org", "name": "Space Digest"},
    "reply_to": {"email": "desk@example.org"},
    "subject": "For all",
    "headers": {"List-Unsubscribe": "<https://news.example/u/-name-/all>", "X-Edition": "7"},
    "custom_args": {"delivery": "1", "edition": "7"},
    "content": [
        {"type": "text/plain", "value": "Hello -name_short-, leave: -leave_url-"},
        {"type": "text/html", "value": "<p>Hello -name-, -unknown-</p>%pixel%"},
    ],
    "tracking_settings": {"open_tracking": {"enable": True, "substitution_tag": "%pixel%"}},
}


def test_each_recipient_is_one_copy_numbered_in_the_order_sent() -> None:
    assert list(recipients(BODY)) == [
        Recipient(0, 0, "amina@example.org"),
        Recipient(1, 0, "archive@example.org"),
        Recipient(2, 1, "li@example.org"),
    ]


def test_a_reader_sees_their_own_values_unescaped_and_an_unknown_mark_as_it_is() -> None:
    seen = letter(BODY, Recipient(2, 1, "li@example.org"))
    assert seen.subject == "For Li & Co"
    assert seen.html == "<p>Hello Li & Co, -unknown-</p>"
    assert seen.text == "Hello Li, leave: https://news.example/u/li"
    assert (seen.sender, seen.reply_to) == ("Space Digest <news@example.org>", "desk@example.org")


def test_own_headers_override_the_message_whatever_their_case() -> None:
    assert headers(BODY, 1) == {"X-Edition": "7", "list-unsubscribe": "<https://news.example/u/li>"}


def test_marks_in_headers_and_arguments_stay() -> None:
    assert headers(BODY, 0)["List-Unsubscribe"] == "<https://news.example/u/-name-/all>"


def test_own_arguments_override_the_message() -> None:
    assert arguments(BODY, 0) == {"delivery": "1", "edition": "7"}
    assert arguments(BODY, 1) == {"delivery": "2", "edition": "7"}


def test_only_quoted_absolute_links_that_are_not_exempt_are_counted() -> None:
    html = """
    <a class="t" href="https://news.example/one?a=1&amp;b=2">one</a> <A HREF='http://news.example/two'>two</A>
    <a clicktracking=off href="https://news.example/leave">leave</a> <a href="-leave_url-">leave</a>
    <a href=https://news.example/bare>bare</a> <a href="mailto:desk@example.org">mail</a>
    <a href="https://news.example/one?a=1&amp;b=2">one again</a>
    """
    one = "https://news.example/one?a=1&b=2"
    assert tracked_links(html) == (one, "http://news.example/two", one)


def test_a_link_that_is_not_shown_is_counted_and_known_to_be_hidden() -> None:
    html = """<a href="https://a.example/">a</a> <a hidden href="https://b.example/">b</a>
    <a href="https://c.example/" style="color:red;display: none"></a> <a href="https://d.example/none">d</a>"""
    assert len(tracked_links(html)) == 4
    assert hidden_links(html) == {1, 2}


def test_one_click_needs_both_headers_and_a_web_address() -> None:
    link = {"List-Unsubscribe": "<mailto:leave@example.org>, <https://news.example/u/1>"}
    post = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert one_click_address(link | post) == "https://news.example/u/1"
    assert one_click_address(link) == ""
    assert one_click_address({"List-Unsubscribe": "<mailto:leave@example.org>"} | post) == ""
