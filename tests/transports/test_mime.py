"""A letter on the wire, read back by the standard library's parser."""

import datetime as dt
import email
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.transports.mime import EnvelopeError, compose, return_path
from mailer.transports.request import Envelope, Reader

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
ENVELOPE = Envelope(
    send=7,
    attempt="0123456789abcdef" * 2,
    list_slug="space-digest",
    list_host="news.example",
    sender_name="Space Digest",
    sender_address="editor@news.example",
    reply_to="desk@news.example",
    subject="Who builds, who buys",
    html="<p>Read it.</p>\n<a href='-leave_url-'>Leave</a> <a href='-preferences_url-'>Choose</a>\n",
    text="Read it.\n\nLeave: <-leave_url->\nChoose: -preferences_url-\n",
    tracked=False,
    content="ab" * 32,
    bounce_address="bounces@b.news.example",
)
ADA = Reader(
    delivery=42,
    address="ada@x.example",
    name="Ada Lovelace",
    leave_url="https://news.example/u/" + "L" * 44,
    preferences_url="https://news.example/preferences/" + "P" * 44,
    bounce_token="b" + "a2" * 16,
    leave_token="u" + "z7" * 16,
)
LANGUAGES = {
    "chinese": ("来自文昌发射场的消息", "文昌发射场今天发射了一枚新型运载火箭。"),
    "russian": ("Вести с космодрома Восточный", "Сегодня стартовала ракета «Союз»."),
    "urdu": ("خلائی مرکز سے خبریں", "آج خلائی مرکز سے ایک نیا راکٹ روانہ ہوا۔"),
    "hindi": ("अंतरिक्ष केंद्र से समाचार", "आज अंतरिक्ष केंद्र से एक नया रॉकेट रवाना हुआ।"),
    "amharic": ("ከጠፈር ማዕከሉ የመጡ ዜናዎች", "ዛሬ ከጠፈር ማዕከሉ አዲስ ሮኬት ተነሳ።"),
}


def written(envelope: Envelope = ENVELOPE, reader: Reader = ADA) -> bytes:
    return compose(envelope, now=NOW).for_reader(reader)


def read(message: bytes) -> EmailMessage:
    assert message.endswith(b"\r\n")
    for line in message.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 998
        assert not line.startswith(b".")
        assert line.isascii()
        assert b"\r" not in line
        assert b"\n" not in line
    found = email.message_from_bytes(message, policy=default)
    assert isinstance(found, EmailMessage)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert isinstance(body, EmailMessage)
    content = body.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")


def with_links(text: str, reader: Reader = ADA) -> str:
    return text.replace("-leave_url-", reader.leave_url).replace("-preferences_url-", reader.preferences_url)


def test_the_fields_of_a_letter() -> None:
    message = read(written())
    assert dict(message.items()) == {
        "To": "Ada Lovelace <ada@x.example>",
        "Message-ID": "<42.0123456789abcdef0123456789abcdef@news.example>",
        "List-Unsubscribe": f"<{ADA.leave_url}>,"
        f" <mailto:bounces+u{'z7' * 16}@b.news.example?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Date": "Tue, 01 Dec 2026 09:00:00 +0000",
        "From": "Space Digest <editor@news.example>",
        "Subject": "Who builds, who buys",
        "Reply-To": "desk@news.example",
        "List-Id": "<space-digest.news.example>",
        "Precedence": "bulk",
        "X-Content-SHA256": "ab" * 32,
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_letter"',
    }
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}


def test_an_address_to_leave_by_is_never_folded() -> None:
    raw = written(reader=replace(ADA, leave_url="https://news.example/u/" + "L" * 400)).decode()
    assert f"List-Unsubscribe: <https://news.example/u/{'L' * 400}>,\r\n <mailto:" in raw


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("length", [1, 60])
def test_both_parts_arrive_byte_for_byte_with_the_readers_links(language: str, length: int) -> None:
    title, sentence = LANGUAGES[language]
    envelope = replace(
        ENVELOPE,
        subject=title,
        sender_name=title,
        text=f"{title}\n\n" + f"{sentence}\n" * length + ENVELOPE.text + sentence + "\n",
        # As MJML makes it: a single line of many kilobytes.
        html=f"<h1>{title}</h1>" + f"<p>{sentence}</p>" * length + ENVELOPE.html + f"<p>{sentence}</p>\n",
    )
    reader = replace(ADA, name=title)
    raw = written(envelope, reader)
    message = read(raw)
    assert message["Subject"] == title
    # Decoded by the older parser: the newer leaves a space between two encoded words of a name.
    old = email.message_from_bytes(raw)
    assert [str(make_header(decode_header(old[name]))) for name in ("From", "To")] == [
        f"{title} <editor@news.example>",
        f"{title} <ada@x.example>",
    ]
    assert part(message, "plain") == with_links(envelope.text)
    assert part(message, "html") == with_links(envelope.html)
    _, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76


def test_each_reader_has_their_own_and_nothing_of_the_others() -> None:
    letter = compose(ENVELOPE, now=NOW)
    bo = replace(ADA, delivery=43, address="bo@x.example", name="", leave_url="https://news.example/u/BO")
    first, second = letter.for_reader(ADA), letter.for_reader(bo)
    assert b"ada@" not in second
    assert b"L" * 44 not in second
    assert part(read(second), "plain") == with_links(ENVELOPE.text, bo)
    assert letter.for_reader(ADA) == first


def test_a_letter_of_text_alone_is_one_part() -> None:
    message = read(written(replace(ENVELOPE, html="")))
    assert message.get_content_type() == "text/plain"
    assert part(message, "plain") == with_links(ENVELOPE.text)


def test_a_notice_is_of_no_list() -> None:
    message = read(written(replace(ENVELOPE, automatic=True)))
    assert message["Auto-Submitted"] == "auto-generated"
    assert not [name for name in message if name.startswith("List-") or name == "Precedence"]


def test_without_a_mailbox_for_it_nobody_leaves_by_mail() -> None:
    for envelope, reader in (
        (replace(ENVELOPE, bounce_address=""), ADA),
        (ENVELOPE, replace(ADA, leave_token="")),
        (replace(ENVELOPE, bounce_address="b" * 60 + "@b.news.example"), ADA),
    ):
        assert read(written(envelope, reader))["List-Unsubscribe"] == f"<{ADA.leave_url}>"


def test_a_bounce_comes_back_to_the_copys_own_address() -> None:
    assert return_path(ENVELOPE, ADA) == f"bounces+b{'a2' * 16}@b.news.example"
    assert return_path(replace(ENVELOPE, bounce_address=""), ADA) == "editor@news.example"
    assert return_path(ENVELOPE, replace(ADA, bounce_token="")) == "editor@news.example"


def test_a_list_without_a_proper_sender_is_told_so() -> None:
    nasty = "editor@\r\nBcc: x@y.example"
    for envelope in (replace(ENVELOPE, sender_address=nasty), replace(ENVELOPE, reply_to=nasty)):
        with pytest.raises(EnvelopeError, match="change it on the list"):
            compose(envelope, now=NOW)
    with pytest.raises(EnvelopeError, match="has no sender"):
        compose(replace(ENVELOPE, sender_address=""), now=NOW)


NASTY = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(["\r\n", "\n", "\r", "\0", "Bcc: x@y.example", ".", "\u2028", "a", ">"])).map(
        "".join
    ),
)


@settings(deadline=None)
@given(*[NASTY] * 8)
def test_no_value_can_add_a_field_or_end_the_letter(
    subject: str, sender: str, slug: str, host: str, attempt: str, name: str, url: str, token: str
) -> None:
    envelope = replace(
        ENVELOPE, subject=subject, sender_name=sender, list_slug=slug, list_host=host, attempt=attempt
    )
    reader = replace(
        ADA, name=name, leave_url=f"https://n.example/{url}", preferences_url=url, leave_token=token
    )
    raw = written(envelope, reader)
    message = email.message_from_bytes(raw, policy=default)
    assert sorted(message.keys()) == sorted(read(written()).keys())
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw)
    assert not [line for line in raw.split(b"\r\n") if line.startswith(b".")]
    assert len(list(message.iter_parts())) == 2
