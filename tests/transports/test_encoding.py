"""Bodies encoded in pieces: whatever is spliced in, what arrives is the text, in lines that may travel."""

import base64
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.transports.encoding import Body, encoded

MARKS = ("-leave_url-", "-preferences_url-")
VALUES = {"-leave_url-": "https://n.example/u/" + "tö=k." * 30, "-preferences_url-": "."}
TEXTS = {
    "english": "A launch from Wenchang = a first.\n",
    "chinese": "文昌发射场今天发射了一枚新型运载火箭。\n",
    "russian": "Сегодня с космодрома Восточный стартовала ракета.\n",
    "urdu": "آج خلائی مرکز سے ایک نیا راکٹ روانہ ہوا۔\n",
    "hindi": "आज अंतरिक्ष केंद्र से एक नया रॉकेट रवाना हुआ।\n",
    "amharic": "ዛሬ ከጠፈር ማዕከሉ አዲስ ሮኬት ተነሳ።\n",
}


def decoded(body: Body, values: dict[str, str] = VALUES) -> str:
    written = b"".join(body.parts(values))
    for line in written.split(b"\r\n"):
        assert len(line) <= 76, line
        assert not line.startswith((b".", b"From "))
        assert line.isascii()
        assert not {*b"\r\n\0"} & {*line}
    return (quopri.decodestring if body.encoding == "quoted-printable" else base64.b64decode)(
        written
    ).decode()


def filled(text: str) -> str:
    for mark, value in VALUES.items():
        text = text.replace(mark, value)
    return text


def as_mail(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if text.endswith("\n") else f"{text}\n").replace("\n", "\r\n")


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("times", [0, 1, 3, 40])
def test_a_text_arrives_as_it_was_written(language: str, times: int) -> None:
    text = TEXTS[language] * times + "[1] <-leave_url->\n-preferences_url- " + TEXTS[language] * times + "."
    body = encoded(text, MARKS)
    assert decoded(body) == filled(as_mail(text))


def test_the_shorter_encoding_is_taken() -> None:
    ways = {language: encoded(text * 20, MARKS).encoding for language, text in TEXTS.items()}
    assert ways.pop("english") == "quoted-printable"
    assert set(ways.values()) == {"base64"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        ".\n..\n.x\n",
        "From me\nFrom \n",
        "a \nb\t\n \n",
        "=" * 200,
        "x" * 75 + "\n" + "x" * 76 + "\n" + "x" * 77,
        "x" * 75 + "é" * 3,
        "x" * 76 + ".y",
        "x" * 75 + "-leave_url-" + "x" * 76 + "-leave_url--preferences_url-",
        "-leave_url- \n",
        "\r\n\r-leave_url-\r\n",
        "half of one \ud800 is a question mark".encode("utf-8", "replace").decode(),
    ],
)
def test_what_mail_servers_trip_over_arrives(text: str) -> None:
    assert decoded(encoded(text, MARKS)) == filled(as_mail(text))


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["-leave_url-", "-preferences_url-", "\n", ".", "From ", "=", " ", "\t"]),
            st.text(max_size=90),
            st.text(st.characters(min_codepoint=0x900, max_codepoint=0x97F), max_size=90),
        ),
        max_size=12,
    )
)
def test_any_text_arrives(pieces: list[str]) -> None:
    text = "".join(pieces)
    body = encoded(text, MARKS)
    written = b"".join(body.parts(VALUES))
    assert all(len(line) <= 76 for line in written.split(b"\r\n"))
    assert decoded(body) == filled(as_mail(text))


@settings(deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=6), st.text(max_size=9), st.text(max_size=9))
def test_base64_is_whole_wherever_values_begin_and_end(pieces: list[str], one: str, other: str) -> None:
    """Pieces and values of any length leave 0, 1 or 2 octets over, and none may be lost or padded."""
    cut = ["文" * 60 + piece.replace("-", "").replace("\r", "").replace("\n", "") for piece in pieces]
    cut[len(cut) // 2] = cut[len(cut) // 2][-3:].strip()
    text = "-leave_url--preferences_url-".join(cut) + "文" * 60 + "-leave_url-x"
    body = encoded(text, MARKS)
    assert body.encoding == "base64"
    values = {"-leave_url-": one, "-preferences_url-": other}
    expected = as_mail(text)
    written = base64.b64decode(b"".join(body.parts(values)), validate=False).decode()
    halves = expected.split("-leave_url-")
    assert written == one.join(half.replace("-preferences_url-", other) for half in halves)
