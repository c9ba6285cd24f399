"""A text seen before it is saved."""

import pytest

from mailer import counting, editions, previews
from mailer.matrix import gathering
from mailer.models import Revision
from mailer.preflight import Severity
from tests.stage import EDITION, NOW, a_list, a_reader, an_edition, readers
from tests.web.stored import every_row

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TEXT = EDITION.decode()


@pytest.fixture(autouse=True)
def _nothing_is_known() -> None:
    previews.forget()


def test_a_stored_text_is_found_as_the_command_line_finds_it() -> None:
    edition = an_edition(a_list())
    seen = previews.of_revision(editions.newest(edition), now=NOW, at=None)
    assert seen.findings == editions.check(edition, now=NOW).findings
    assert seen.document == editions.document_of(editions.newest(edition))


def test_a_text_that_is_not_stored_is_checked_and_no_row_is_written() -> None:
    edition = an_edition(a_list())
    before = every_row()
    seen = previews.of_text(
        edition, TEXT.replace("(https://a.example/nairobi)", "(https//a.example)"), now=NOW, at=None
    )
    assert every_row() == before
    assert [(each.severity, each.line) for each in seen.errors] == [(Severity.ERROR, 10)]
    assert not Revision.objects.filter(number=2).exists()


def test_what_does_not_read_is_told_by_its_lines() -> None:
    edition = an_edition(a_list())
    seen = previews.of_text(edition, TEXT.replace("{africa}", "{atlantis}"), now=NOW, at=None)
    assert seen.document is None
    assert [(each.line, each.rule) for each in seen.findings] == [(10, previews.UNREAD)]
    assert seen.marks == {10: "error"}


def test_a_letter_is_seen_as_its_readers_get_it() -> None:
    owner = a_list()
    readers(owner, 3, ["africa"])
    a_reader(owner, "two@x.example", ["africa", "china"])
    a_reader(owner, "all@x.example")
    document = editions.document_of(editions.newest(an_edition(owner)))
    groups = counting.counted(owner, now=NOW).groups
    africa = previews.seen(owner, document, ["africa"], groups)
    assert (africa.full, africa.brief, africa.readers, africa.sent) == (1, 3, 3, True)
    assert africa.letter == previews.letter(owner, document, ["africa"])
    everything = previews.seen(owner, document, [], groups)
    assert (everything.full, everything.brief, everything.readers) == (4, 0, 1)


def test_the_matrix_is_the_command_line_s() -> None:
    owner = a_list()
    readers(owner, 3, ["africa"])
    edition = an_edition(owner)
    document = editions.document_of(editions.newest(edition))
    groups = counting.counted(owner, now=NOW).groups
    assert previews.matrix(owner, document, groups) == gathering.matrix(edition)
