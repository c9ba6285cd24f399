"""What a new edition begins with."""

import datetime as dt

import pytest

from mailer import beginnings, editions
from mailer.beginnings import Beginning, next_date, text_for
from tests.stage import NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TRENDS = b"""---
list: space-digest
title: "Quoted" throughout
subtitle: Insights
date: 2026-11-24
subject: Only of this edition
---
# Trends
Some words.
## Rising
- a {china}
## Falling
- b

# News
## [A](https://a.example/a) {africa}
Text.
"""


@pytest.mark.parametrize("beginning", [Beginning.EMPTY, Beginning.HEADINGS, Beginning.WHOLE])
def test_the_first_edition_of_a_list_begins_with_the_least_that_reads(beginning: Beginning) -> None:
    owner = a_list()
    text = text_for(owner, beginning, now=NOW)
    assert text == "---\nlist: space-digest\ntitle: Space Digest\ndate: 2026-12-01\n---\n# News\n"
    assert editions.import_text(owner, text.encode(), author="ed", now=NOW).new


def test_what_is_pasted_begins_with_nothing() -> None:
    owner = a_list()
    an_edition(owner)
    assert text_for(owner, Beginning.PASTED, now=NOW) == ""


def test_the_headings_of_the_last_edition_come_without_what_stood_beneath() -> None:
    owner = a_list()
    an_edition(owner, TRENDS)
    text = text_for(owner, Beginning.HEADINGS, now=NOW)
    assert text == (
        '---\nlist: space-digest\ntitle: "Quoted" throughout\nsubtitle: Insights\ndate: 2026-12-01\n---\n'
        "# Trends\n\n## Rising\n\n## Falling\n\n# News\n"
    )
    assert editions.import_text(owner, text.encode(), author="ed", now=NOW).new


def test_all_of_the_last_edition_comes_with_another_date_alone() -> None:
    owner = a_list()
    an_edition(owner, TRENDS)
    text = text_for(owner, Beginning.WHOLE, now=NOW)
    assert text == TRENDS.decode().replace("2026-11-24", "2026-12-01")


def test_an_edition_without_a_date_gets_one() -> None:
    assert beginnings.moved("---\ntitle: A\n---\n# B\n", dt.date(2026, 12, 1)) == (
        "---\ntitle: A\ndate: 2026-12-01\n---\n# B\n"
    )


def test_the_date_moves_on_as_it_did_before_and_never_into_the_past() -> None:
    def day(number: int) -> dt.date:
        return dt.date(2026, 12, number)

    assert next_date([], day(1)) == day(1)
    assert next_date([day(1)], day(2)) == day(8)
    assert next_date([day(15), day(1)], day(2)) == day(29)
    assert next_date([day(1), day(15)], day(2)) == day(8)
    assert next_date([day(1)], day(20)) == day(20)
