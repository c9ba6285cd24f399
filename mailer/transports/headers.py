"""Header fields of a letter: ASCII, folded where that is legal, and no way to begin another field.

Encoded words are RFC 2047's: at most 75 characters each, in lines of at most 76, no character split.
"""

import binascii
import re
from urllib.parse import quote

_LINE = 76  # of a line that holds an encoded word: RFC 2047 §2
_WORD_FRAME = len("=?utf-8?b??=")
_PRINTABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# What could end a line, a text or a message; tabs and their like are spaces to whoever reads.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_IN_URI = re.compile(r"[^!#-;=?-~]")
# An address that can stand in a command and in a header as it is: no quotes, no brackets, ASCII alone.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, without the brackets of a path


def is_address(text: str) -> bool:
    """Return whether `text` is an address that SMTP takes without extensions."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def unstructured(name: str, text: str) -> bytes:
    """Return a field of plain words, such as Subject."""
    text = plain(text)
    field = f"{name}: {text}"
    if (text and not _PRINTABLE.fullmatch(text)) or "=?" in text or "  " in text or len(field) > _LINE:
        field = f"{name}: {encoded_words(text, len(name) + 2)}"
    return f"{field}\r\n".encode("ascii")


def mailbox(field: str, name: str, address: str) -> bytes:
    """Return a field of one address with its owner's name, which may be ''."""
    phrase = _phrase(plain(name), len(field) + 2)
    if not phrase:
        return f"{field}: {address}\r\n".encode("ascii")
    line = f"{field}: {phrase} <{address}>"
    if len(line) > _LINE or "=?" in phrase:
        line = f"{field}: {phrase}\r\n <{address}>"
    return f"{line}\r\n".encode("ascii")


def plain(text: str) -> str:
    """Return `text` on one line, without control characters and without half a surrogate pair."""
    return _CONTROLS.sub(" ", text).strip().encode("utf-8", "replace").decode()


def uri(text: str) -> str:
    """Return an address of the web that can stand between angle brackets: whatever cannot is escaped."""
    if not _NOT_IN_URI.search(text):
        return text
    return _NOT_IN_URI.sub(lambda found: quote(found[0].encode("utf-8", "replace"), safe=""), text)


def host(text: str) -> str:
    """Return a domain as it stands in headers: its A-label, of a domain's characters alone."""
    try:
        text = text.encode("idna").decode("ascii")
    except UnicodeError:
        text = text.encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.-]", "", text) or "localhost"


def token(text: str) -> str:
    """Return what of `text` can stand inside an identifier."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", text)


def encoded_words(text: str, used: int) -> str:
    """Return `text` as encoded words, one on a line; `used` characters stand before the first."""
    words: list[str] = []
    octets = bytearray()
    room = _octets_in(_LINE - used)
    for character in text:
        more = character.encode()
        if len(octets) + len(more) > room:
            words.append(_word(octets))
            octets = bytearray()
            room = _octets_in(_LINE - 1)
        octets += more
    if octets:
        words.append(_word(octets))
    return "\r\n ".join(words)


def _phrase(name: str, used: int) -> str:
    """Return a name as RFC 5322 §3.2.5 wants it: atoms, a quoted string, or encoded words."""
    short = used + len(name) < _LINE - 4 and "=?" not in name
    if short and _ATOMS.fullmatch(name):
        return name
    if short and _PRINTABLE.fullmatch(name):
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return encoded_words(name, used)


def _octets_in(room: int) -> int:
    """Return how many octets an encoded word of at most `room` and 75 characters holds."""
    return (min(room, _LINE - 1) - _WORD_FRAME) // 4 * 3


def _word(octets: bytes | bytearray) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(octets, newline=False).decode('ascii')}?="
