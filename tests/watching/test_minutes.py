"""The last minutes of a send, as sentences."""

import datetime as dt

import pytest

from mailer.vocabulary import AnswerKind
from mailer.watching.minutes import Asked, Deed, minutes
from tests.stage import NOW

LATER = NOW + dt.timedelta(seconds=8)


def asked(answer: AnswerKind | None = None, by: str = "answer", detail: str = "") -> Asked:
    return Asked(84, 300, "China · Russia", NOW, answer, LATER if answer else None, by, detail)


def texts(*requests: Asked, deeds: tuple[Deed, ...] = (), most: int = 9) -> list[str]:
    return [entry.text for entry in minutes(requests, deeds, most=most)]


def test_a_request_is_told_when_it_leaves_and_when_it_is_answered() -> None:
    assert texts(asked(AnswerKind.ACCEPTED)) == [
        "Batch 84 accepted: 300 readers of China · Russia.",
        "Batch 84 fired: 300 readers of China · Russia.",
    ]


def test_one_that_has_no_answer_is_only_fired() -> None:
    assert texts(asked()) == ["Batch 84 fired: 300 readers of China · Russia."]


def test_a_refusal_quotes_the_transport_and_is_something_to_look_at() -> None:
    entry = minutes([asked(AnswerKind.REFUSED, detail="401 wrong key.")], (), most=1)[0]
    assert entry.text == (
        "Batch 84 refused, and held: 300 readers of China · Russia. It was said: 401 wrong key."
    )
    assert entry.alarming


def test_what_a_sweep_or_an_event_told_says_so() -> None:
    assert texts(asked(AnswerKind.UNKNOWN, by="sweep"))[0].startswith(
        "No answer came in time: batch 84 unknown"
    )
    assert texts(asked(AnswerKind.ACCEPTED, by="event"))[0] == (
        "An event told of it: batch 84 accepted: 300 readers of China · Russia."
    )


@pytest.mark.parametrize("answer", list(AnswerKind))
def test_every_answer_has_a_sentence(answer: AnswerKind) -> None:
    assert texts(asked(answer))[0].endswith(".")


def test_what_people_did_stands_among_it_in_order() -> None:
    deeds = (Deed(NOW + dt.timedelta(seconds=3), "Li Wen", "sends pause", "a wrong figure."),)
    assert texts(asked(AnswerKind.ACCEPTED), deeds=deeds, most=2) == [
        "Batch 84 accepted: 300 readers of China · Russia.",
        "Li Wen paused it: a wrong figure.",
    ]
