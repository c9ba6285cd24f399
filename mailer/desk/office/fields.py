"""The fields of a list as the desk's form has them; what they may hold is said by subscribers.list_fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import QueryDict

from subscribers import list_fields
from subscribers.models import List
from subscribers.vocabulary import NoStory, UnchosenStories, WhenUnknown

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Field:
    """One field: its name in `lists set`, what it is called, and how it is filled in.

    `kind` is line, lines, word (of `words`), yes (or no) or days.
    """

    name: str
    label: str
    kind: str = "line"
    note: str = ""
    words: type[StrEnum] | None = None
    longest: int = 254


FIELDS = (
    Field("name", "Name", note="as readers see it", longest=200),
    Field("description", "Description", "lines", "stands on the page where one subscribes", longest=1_000),
    Field("from", "From", note="Name <address>", longest=460),
    Field("reply_to", "Reply to", note="where answers go; empty: to the sender"),
    Field("owner", "Owner", note="is told by mail when a send is paused, missed, unknown or done"),
    Field(
        "postal_address",
        "Postal address",
        "lines",
        "at the foot of every letter, as the law asks",
        longest=1_000,
    ),
    Field("language", "Language", note="en or pt-BR", longest=35),
    Field("zone", "Time zone", note="such as Africa/Nairobi", longest=64),
    Field("unchosen_stories", "Stories outside a reader’s interests", "word", words=UnchosenStories),
    Field("no_story", "A reader for whom no story is left", "word", words=NoStory),
    Field("when_unknown", "Readers in doubt, when nobody decides in time", "word", words=WhenUnknown),
    Field("second_approval", "Another person than the author approves", "yes"),
    Field("tracked", "Opens and clicks are counted", "yes"),
    Field("public", "Anybody may subscribe, and read the archive", "yes"),
    Field(
        "keep_pending_days",
        "Days until who never confirmed is removed",
        "days",
        "a number, or never",
        longest=8,
    ),
    Field(
        "keep_inactive_days",
        "Days until who never opens anything is taken off",
        "days",
        "a number, or never",
        longest=8,
    ),
)


def given(form: QueryDict) -> dict[str, object]:
    """Return what a form sets, as `changing.change` takes it. Raises ListError."""
    found: dict[str, object] = {}
    for field in FIELDS:
        if field.name not in form:
            continue
        text = form.get(field.name, "")
        match field.kind:
            case "yes":
                found[field.name] = text == YES
            case "days":
                found[field.name] = list_fields.parse_days(text)
            case "word":
                found[field.name] = _word(field, text)
            case _ if field.name == "from":
                found["sender"] = list_fields.parse_sender(text)
            case _:
                found[field.name] = text
    return found


def _word(field: Field, text: str) -> StrEnum:
    for word in field.words or ():
        if word == text:
            return word
    raise list_fields.ListError(f"{field.label}: choose one of {', '.join(field.words or ())}, not {text!r}")


def filled(newsletter: List) -> dict[str, str]:
    """Return what the form holds before anybody types."""
    stated = list_fields.stated(newsletter)
    return {
        field.name: str(stated[field.name])
        if field.kind in {"line", "lines", "word"}
        else _said(field, stated[field.name]).replace(",", "")
        for field in FIELDS
    }


def shown(newsletter: List) -> Iterator[tuple[str, str]]:
    """Yield each field as a list's page shows it: what it is called, and what it says."""
    stated = list_fields.stated(newsletter)
    for field in FIELDS:
        yield field.label, _said(field, stated[field.name])


def _said(field: Field, value: Any) -> str:  # noqa: ANN401 - whatever the column holds
    match field.kind:
        case "yes":
            return YES if value else NO
        case "days":
            return list_fields.NEVER if value is None else f"{value:,}"
        case "word":
            return str(value).replace("_", " ")
        case _:
            return str(value) or "none"
