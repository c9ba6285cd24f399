"""Rules of images, as far as they can be told without fetching one."""

import re
from collections.abc import Callable, Iterator

from mailer.manuscript.faults import quoted
from mailer.preflight.values import Found, Letter, Matter

_IN_TEXT = re.compile(r"(?<!\\)!\[(?P<alt>(?:[^\\\[\]]|\\.)*)\]\([^)]*\)")
_IMAGE = re.compile(r"<img\s[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"\salt\s*=", re.IGNORECASE)
_SOURCE = re.compile(r"\ssrc\s*=\s*[\"']?(?P<url>[^\"'\s>]*)", re.IGNORECASE)


def left_out(matter: Matter) -> Iterator[Found]:
    """Find images in the text: of one, letters carry the words alone."""
    for line in matter.page.lines:
        for found in _IN_TEXT.finditer(line.text):
            words = f"its words {quoted(found['alt'])}" if found["alt"] else "nothing"
            said = f"Letters show {words} of the image here, since they carry none"
            yield Found(f"{said}: delete it, or link to it", line.place(found.start()))


def without_alt(matter: Matter) -> Iterator[Found]:
    """Find images of a template that say nothing to who does not see them."""
    yield from _of_letters(
        matter,
        lambda tag: not _ALT.search(tag),
        'has no alt text: write what it shows, or alt="" for an ornament',
    )


def insecure(matter: Matter) -> Iterator[Found]:
    """Find images of a template that mail programs do not fetch."""
    yield from _of_letters(
        matter,
        lambda tag: not _url(tag).startswith("https://"),
        "does not come by https, so mail programs do not show it: host it at an https address",
    )


def _of_letters(matter: Matter, is_faulty: Callable[[str], bool], said: str) -> Iterator[Found]:
    named: dict[str, list[Letter]] = {}
    for letter in matter.letters:
        for tag in dict.fromkeys(_IMAGE.findall(letter.rendered.html)):
            if is_faulty(tag):
                named.setdefault(_url(tag), []).append(letter)
    for url, letters in named.items():
        names = tuple(dict.fromkeys(letter.name for letter in letters))
        yield Found(f"The image {quoted(url)} {said}", variants=names)


def _url(tag: str) -> str:
    source = _SOURCE.search(tag)
    return source["url"] if source else ""
