"""What is said of images that were asked; `test_rules` has the pair of each rule."""

import dataclasses

import pytest

from mailer.fetching.values import Fetched, Hop, Outcome, Question, Refusal
from mailer.preflight import Finding
from tests.preflight.cast import said, with_html

IMAGE = "https://v.example/l.png"
WELL = Fetched(Outcome.ANSWERED, 200, kind="image/png", size=9_000)


def told(fetched: Fetched) -> Finding:
    matter = with_html("<h1", f'<img alt="" src="{IMAGE}"><h1')
    (found,) = said(dataclasses.replace(matter, online={Question(IMAGE, image=True): fetched}))
    assert found.variants[0] == "everything"
    assert len(found.variants) == len(matter.letters)
    return found


@pytest.mark.parametrize(
    ("fetched", "rule", "message"),
    [
        (
            Fetched(Outcome.ANSWERED, 404),
            "image-dead",
            "answers 404, there is no such page: put it at a public",
        ),
        (
            Fetched(Outcome.REFUSED, refusal=Refusal.NETWORK),
            "image-dead",
            "not on the public internet: put it",
        ),
        (Fetched(Outcome.CERTIFICATE), "image-dead", "certificate"),
        (
            Fetched(Outcome.ANSWERED, 403, (Hop(301, "https://w.example/l"),)),
            "image-failing",
            "“https://w.example/l”",
        ),
        (Fetched(Outcome.SILENT), "image-failing", "no answer in time: open it"),
        (dataclasses.replace(WELL, kind="text/html"), "image-not-image", "calls itself “text/html”"),
        (dataclasses.replace(WELL, kind=""), "image-not-image", "does not say that it is one"),
        (dataclasses.replace(WELL, kind="image/svg+xml"), "image-not-image", "make it a PNG"),
        (
            dataclasses.replace(WELL, size=1_234_567),
            "image-heavy",
            "has 1,235 kB or more, and 500 are plenty",
        ),
    ],
)
def test_what_is_wrong_with_an_image_is_told_with_the_letters_that_show_it(
    fetched: Fetched, rule: str, message: str
) -> None:
    finding = told(fetched)
    assert finding.rule == rule
    assert finding.message.startswith(f"The image “{IMAGE}” ")
    assert message in finding.message


def test_an_image_that_comes_is_nothing_to_say() -> None:
    matter = with_html("<h1", f'<img alt="" src="{IMAGE}"><h1')
    assert said(dataclasses.replace(matter, online={Question(IMAGE, image=True): WELL})) == []
