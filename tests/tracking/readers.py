"""Readers who follow a script: what each does with the letter that came, and what must be counted of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage

from django.test import Client

from tests.tracking.letters import BASE, FIREFOX, LINKS, part

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
APPLE = "Mozilla/5.0"
PICTURE = re.compile(rf"{BASE}(/o/[^\"]+)")
LINK = re.compile(rf"{BASE}(/c/[^\"/]+/(?P<place>\d+|x))\"")
LEAVING = re.compile(rf"<{BASE}(/u/[^>]+)>")


@dataclass(frozen=True)
class Reader:
    """What one reader's programs do, in this order: fetch the picture, follow links by their places.

    `scanned`: before the reader, a scanner with a browser's name follows all links, that which nobody sees
    too. `mail`: what comes back by mail about the copy, by the name of its file.
    """

    name: str
    opens: tuple[str, ...] = ()  # user agents
    follows: tuple[int, ...] = ()
    scanned: bool = False
    leaves: bool = False
    mail: str = ""
    text_only: bool = False
    tracked: bool = True

    @property
    def address(self) -> str:
        return f"{self.name}@x.example"

    @property
    def counted(self) -> bool:
        return self.tracked and not self.text_only


SCRIPT = (
    Reader("ada", opens=(FIREFOX, FIREFOX), follows=(0, 2, 2)),
    Reader("bo", opens=(APPLE,)),
    Reader("cy", opens=(APPLE, FIREFOX), follows=(0,)),
    Reader("di", scanned=True),
    Reader("ed", opens=(FIREFOX,), follows=(3, 0), scanned=True),
    Reader("fay", text_only=True),
    Reader("gus", tracked=False),
    Reader("hal", mail="postfix"),
    Reader("ivy", opens=(FIREFOX,), mail="complaint"),
    Reader("jo", mail="unsubscribe"),
    Reader("kim", leaves=True),
    Reader("lou", opens=(CHROME,), follows=(1,), leaves=True),
    Reader("moe", mail="exim"),
)


def act(reader: Reader, letter: EmailMessage) -> None:
    """Do what the script says with a letter, as its own links have it."""
    html = part(letter, "html")
    links = {found["place"]: found[1] for found in LINK.finditer(html)}
    assert sorted(links) == (["0", "1", "2", "3", "x"] if reader.counted else [])
    if reader.scanned:
        scanner = Client(headers={"user-agent": CHROME}, REMOTE_ADDR="203.0.113.80")
        for path in links.values():
            assert scanner.get(path).status_code == 302
    for agent in reader.opens:
        [path] = PICTURE.findall(html)
        assert Client(headers={"user-agent": agent}).get(path).status_code == 200
    for place in reader.follows:
        answer = Client(headers={"user-agent": FIREFOX}).get(links[str(place)])
        assert answer.headers["Location"] == LINKS[place]
    if reader.leaves:
        [path] = LEAVING.findall(str(letter["List-Unsubscribe"]))
        assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200


def links_followed(script: Iterable[Reader]) -> dict[str, tuple[int, int]]:
    """Return of how many copies each link was followed, by people and by machines."""
    readers = list(script)
    return {
        url: (
            sum(place in reader.follows for reader in readers),
            sum(reader.scanned for reader in readers),
        )
        for place, url in enumerate(LINKS)
    }
