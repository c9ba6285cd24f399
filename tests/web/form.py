"""A visitor's form: a ticket of some age, the number a browser would find for it, and what comes back."""

import datetime as dt
import re
from functools import lru_cache
from itertools import count
from typing import Any, Protocol

from mailer.web.tickets import Ticket, make, proved
from subscribers.models import List

PAGE = "/subscribe/space-digest"


class Answer(Protocol):
    """What the test client brings back."""

    status_code: int

    @property
    def content(self) -> bytes: ...


@lru_cache(maxsize=64)
def proof_of(ticket: str, difficulty: int = 15) -> str:
    """Return the first number that does."""
    return next(str(number) for number in count() if proved(ticket, str(number), difficulty))


def a_ticket(newsletter: List, *, age: float = 30, difficulty: int = 15, wait: int = 0) -> str:
    """Return a ticket made `age` seconds ago."""
    made = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age)
    return make(Ticket(made, difficulty, wait), newsletter.pk)


def a_form(newsletter: List, email: str = "nina@example.org", **fields: str | list[str]) -> dict[str, object]:
    """Return what a browser sends half a minute after it was shown the page."""
    ticket = str(fields.get("ticket") or a_ticket(newsletter))
    honest: dict[str, object] = {
        "email": email,
        "site": "",
        "ticket": ticket,
        "proof": proof_of(ticket),
        "lang": "en",
    }
    return {**honest, **fields}


def ticked(written: str) -> set[str]:
    """Return the values of what is ticked, or the names of ticks that have none."""
    return set(re.findall(r'(?:value|name)="([^"]+)" checked', written))


def hidden(response: Answer) -> dict[str, Any]:
    """Return the hidden fields of a page as a browser would send them back."""
    fields: dict[str, Any] = {"interest": []}
    for name, value in re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode()
    ):
        if name == "interest":
            fields["interest"].append(value)
        else:
            fields[name] = value
    return fields


def aged(fields: dict[str, Any], newsletter: List, seconds: float, *, wait: int) -> dict[str, Any]:
    """Return the fields of a page that was left open for so long."""
    difficulty = 19 if wait == 60 else 15
    return fields | {"ticket": a_ticket(newsletter, age=seconds, wait=wait, difficulty=difficulty)}


def note(response: Answer) -> str:
    """Return the words of the note on top of the form, '' for none."""
    found = re.search(r'<div class="note[^>]*>\s*<p>(.*?)</p>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def is_asked(response: Answer) -> bool:
    """Return whether the page says that the sign-up was taken."""
    return response.status_code == 200 and b"<h1>Check your inbox</h1>" in response.content
