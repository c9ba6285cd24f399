"""What the import was unsure of, seen from the text."""

import pytest

from mailer import drafts, editions, remarks
from tests.stage import NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PASTED = b"""Contents

Space News

December 1, 2026

A launch from Wenchang in China \xf0\x9f\x8c\x90
The rocket flew far over the sea, and came down where nobody had asked it to come down at all.
"""


def test_each_doubt_leads_to_the_line_that_says_it_now() -> None:
    edition = an_edition(a_list(), PASTED)
    text = editions.newest(edition).text
    found = remarks.of_import(edition, text)
    assert found is not None
    assert found.source == PASTED.decode()
    lines = text.split("\n")
    proposed = next(doubt for doubt in found.doubts if "is proposed for" in doubt.message)
    assert proposed.line is not None
    assert lines[proposed.line - 1].startswith("## A launch from Wenchang")
    assert proposed.pasted == 7


def test_what_was_left_out_leads_to_what_was_pasted() -> None:
    edition = an_edition(a_list(), PASTED)
    found = remarks.of_import(edition, editions.newest(edition).text)
    assert found is not None
    left_out = next(doubt for doubt in found.doubts if "Contents" in doubt.message)
    assert (left_out.pasted, left_out.line) == (1, None)


def test_doubts_stay_after_the_text_was_saved_again_and_follow_their_lines() -> None:
    edition = an_edition(a_list(), PASTED)
    text = editions.newest(edition).text.replace("\n# ", "\n# Another\n\nWords.\n\n# ", 1)
    drafts.save(edition, text, based_on=1, by="ed", now=NOW)
    found = remarks.of_import(edition, text)
    assert found is not None
    assert found.revision == 1
    proposed = next(doubt for doubt in found.doubts if "is proposed for" in doubt.message)
    assert proposed.line is not None
    assert text.split("\n")[proposed.line - 1].startswith("## A launch from Wenchang")


def test_a_text_in_markdown_leaves_no_doubt() -> None:
    edition = an_edition(a_list())
    assert remarks.of_import(edition, editions.newest(edition).text) is None
