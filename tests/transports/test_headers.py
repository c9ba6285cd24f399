"""Header fields: what is read is what was meant, in lines that may travel, and never one field more."""

from email.parser import BytesParser
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.transports import headers

SUBJECTS = [
    "Who builds, who buys, who listens",
    "谁建造、谁购买、谁在听:来自文昌发射场的消息,以及更多关于运载火箭的消息",
    "Кто строит, кто покупает, кто слушает: вести с космодрома Восточный и не только",
    "کون بناتا ہے، کون خریدتا ہے، کون سنتا ہے: خلائی مرکز سے خبریں اور بہت کچھ",
    "कौन बनाता है, कौन खरीदता है, कौन सुनता है: अंतरिक्ष केंद्र से समाचार और बहुत कुछ",
    "ማን ይሠራል፣ ማን ይገዛል፣ ማን ያዳምጣል፦ ከጠፈር ማዕከሉ የመጡ ዜናዎች እና ሌሎችም",
    "🚀" * 60,
    "=?utf-8?q?not_a_word?= but these characters",
    "two  spaces   stay",
    "x" * 300,
    "",
]


def read(field: bytes, name: str) -> str:
    message = BytesParser(policy=default).parsebytes(field + b"\r\n")
    assert message.keys() == [name]
    return str(message[name])


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    field = headers.unstructured("Subject", subject)
    assert read(field, "Subject") == subject
    assert all(len(line) <= 76 for line in field.split(b"\r\n"))


def test_no_encoded_word_splits_a_character() -> None:
    field = headers.unstructured("Subject", "é文🚀" * 40).decode()
    words = field.removeprefix("Subject: ").split()
    assert len(words) > 3
    for word in words:
        assert len(word) <= 75
        assert "�" not in read(f"Subject: {word}\r\n".encode(), "Subject")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("", "To: ada@x.example"),
        ("Ada Lovelace", "To: Ada Lovelace <ada@x.example>"),
        ("Lovelace, Ada", 'To: "Lovelace, Ada" <ada@x.example>'),
        ('Ada "the first" \\', 'To: "Ada \\"the first\\" \\\\" <ada@x.example>'),
        ("Ada\r\nBcc: all@x.example", 'To: "Ada Bcc: all@x.example" <ada@x.example>'),
    ],
)
def test_a_name_stands_before_its_address(name: str, field: str) -> None:
    assert headers.mailbox("To", name, "ada@x.example") == f"{field}\r\n".encode()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_name_is_a_name_and_nothing_else(name: str) -> None:
    field = headers.mailbox("To", name, "ada@x.example")
    message = BytesParser(policy=default).parsebytes(field + b"\r\n")
    assert message.keys() == ["To"]
    (found,) = message["To"].addresses
    assert found.addr_spec == "ada@x.example"
    assert all(len(line) <= 76 for line in field.split(b"\r\n"))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_subject_is_one_field(subject: str) -> None:
    field = headers.unstructured("Subject", subject)
    assert read(field, "Subject").strip() == headers.plain(subject)
    assert field.endswith(b"\r\n")
    assert all(len(line) <= 76 for line in field.split(b"\r\n"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ada@x.example", True),
        ("ada+news@x-y.example", True),
        ("a" * 64 + "@x.example", True),
        ("a" * 65 + "@x.example", False),
        ("ada@" + "x" * 250, True),
        ("ada@" + "x" * 251, False),
        ("ada@x.example\r\nDATA", False),
        ("ada@x.example\n", False),
        ("<ada@x.example>", False),
        ("ada@x.example SIZE=1", False),
        ("ädä@x.example", False),
        ("ada", False),
        ('"ada"@x.example', False),
    ],
)
def test_an_address_is_one_that_can_stand_in_a_command(text: str, *, is_one: bool) -> None:
    assert headers.is_address(text) is is_one


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://n.example/u/abc_-=?x&y", "https://n.example/u/abc_-=?x&y"),
        ("https://n.example/>\r\nBcc: x", "https://n.example/%3E%0D%0ABcc:%20x"),
        ("https://n.example/é<", "https://n.example/%C3%A9%3C"),
    ],
)
def test_an_address_of_the_web_cannot_leave_its_brackets(text: str, written: str) -> None:
    assert headers.uri(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("news.example", "news.example"),
        ("räume.example", "xn--rume-loa.example"),
        ("a>\r\nb.example", "ab.example"),
        ("", "localhost"),
        ("x" * 70, "x" * 70),
    ],
)
def test_a_host_holds_nothing_but_a_host(text: str, written: str) -> None:
    assert headers.host(text) == written
