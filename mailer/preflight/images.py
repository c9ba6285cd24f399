"""Rules of images, as far as they can be told without fetching one."""

import re
from collections.abc import Callable, Iterator
from html import unescape

from mailer.manuscript.faults import quoted
from mailer.manuscript.pictures import referred
from mailer.preflight.images_in_text import images
from mailer.preflight.values import Found, Letter, Matter

_IMAGE = re.compile(r"<img\s[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"\salt\s*=", re.IGNORECASE)
_SOURCE = re.compile(r"\ssrc\s*=\s*[\"']?(?P<url>[^\"'\s>]*)", re.IGNORECASE)


def left_out(matter: Matter) -> Iterator[Found]:
    """Find images from elsewhere in the text: of one, letters carry the words alone."""
    for image in images(matter.page.lines):
        if referred(image.url):
            continue
        words = f"its words {quoted(image.alt)}" if image.alt else "nothing"
        said = f"Letters show {words} of the image here, which is kept elsewhere"
        to_do = "keep it here with `mailer editions pictures`, or delete it"
        yield Found(f"{said}: {to_do}", image.at.place(image.start))


def unknown(matter: Matter) -> Iterator[Found]:
    """Find pictures that the text or the theme refers to and that are not kept here."""
    said = "There is no such picture here, so readers see an empty frame"
    for image in images(matter.page.lines):
        picture = referred(image.url)
        if picture and picture.name in matter.lost_pictures:
            yield Found(f"{said}: keep it with `mailer pictures add`", image.line.place(image.address[0]))
    logo = matter.look.theme.logo
    for each in (logo.light, logo.dark) if logo else ():
        if each and each.name in matter.lost_pictures:
            yield Found(
                f"The theme's logo {quoted(each.reference)} is not kept here: set a theme with another"
            )


def wordless(matter: Matter) -> Iterator[Found]:
    """Find pictures without words for who does not see them."""
    for image in images(matter.page.lines):
        if referred(image.url) and not image.alt.strip():
            said = "The picture says nothing to who does not see it"
            yield Found(f"{said}: write between the brackets what it shows", image.at.place(image.start))


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


def sources(matter: Matter) -> dict[str, tuple[str, ...]]:
    """Return the web addresses of images that are kept elsewhere, each with the letters that show it.

    Those kept here are rows: whether they are there is known without asking a host that may be ours alone.
    """
    here = f"{matter.look.house.base_url}/pictures/"
    found: dict[str, dict[str, None]] = {}
    for letter in matter.letters:
        for tag in dict.fromkeys(_IMAGE.findall(letter.rendered.html)):
            url = unescape(_url(tag))
            if url.startswith(("https://", "http://")) and not url.startswith(here):
                found.setdefault(url, {})[letter.name] = None
    return {url: tuple(names) for url, names in found.items()}


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
