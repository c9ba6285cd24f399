import datetime as dt
import re

import pytest

from mailer import editions
from mailer.archive import passages
from mailer.models import Edition
from mailer.vocabulary import SendKind, SendStatus
from subscribers.models import List
from tests.archive.editions import WEEK, a_send_of, corrected, left
from tests.stage import EDITION, NOW, a_list, an_edition
from tests.web.archive.reading import notes, page, path

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def digest() -> List:
    return a_list()


def test_a_correction_is_a_dated_note_with_what_changed(digest: List) -> None:
    edition = corrected(digest, EDITION.replace(b"The dish turned.", b"The dish fell."))
    written = page(path(edition))
    assert "<b>Corrected on 1 December 2026 at 10:00 UTC.</b>" in written
    assert "Letters that left before then carry the earlier text." in written
    assert '<a href="#s2"><bdi lang="en">A station over Nairobi</bdi></a>' in written
    assert '<dt>Before</dt><dd lang="en" dir="ltr">The dish <del>fell.</del> </dd>' in written
    assert '<dt>Now</dt><dd lang="en" dir="ltr">The dish <ins>turned.</ins> </dd>' in written
    assert 'href="#corrections" lang="en" dir="ltr">corrected 1 December 2026</a>' in written
    narrowed = page(path(edition, "?interest=china"))
    assert '<a href="#s2">' in narrowed, "it stands there as a headline"


def corrected_twice(owner: List, first: bytes, second: bytes, third: bytes) -> Edition:
    """Return an edition whose text was corrected an hour after it was sent, and again two hours after."""
    edition = an_edition(owner, first)
    send = left(a_send_of(edition, status=SendStatus.CANCELLED))
    for hours, text, status in ((1, second, SendStatus.CANCELLED), (2, third, SendStatus.DONE)):
        at = NOW + dt.timedelta(hours=hours)
        revision = editions.revise(edition, text, author="ed", now=at)
        send = left(
            a_send_of(
                edition,
                revision,
                kind=SendKind.CORRECTION,
                corrects=send,
                status=status,
                scheduled_at=at,
            )
        )
    return edition


def marks(written: str) -> dict[str, bool]:
    """Return each story in full, and whether it says that it was corrected."""
    articles = re.findall(r'<article class="story".*?</article>', written, re.DOTALL)
    return {re.findall(r"<h3[^>]*>(?:<a[^>]*>)?(.*?)<", each)[0]: "#corrections" in each for each in articles}


def listed_as_corrected(edition: Edition) -> bool:
    _, _, rest = page("/archive/space-digest/").partition(f'<h2><a href="{path(edition)}"')
    return "corrected" in rest.partition("</section>")[0]


def test_of_two_corrections_each_is_told_of_the_story_that_the_page_shows(digest: List) -> None:
    whole = b"# Selected news\n## [Brand new](https://a.example/new) {china}\nNew.\n\n"
    edition = corrected_twice(
        digest,
        EDITION.replace(b"The dish turned.", b"The dish fell."),
        EDITION,
        EDITION.replace(b"# Selected news\n", whole, 1),
    )
    written = page(path(edition))
    assert re.findall(r'<a href="(#s\d)"><bdi lang="en">(.*?)</bdi>', notes(written)) == [
        ("#s1", "Brand new"),
        ("#s3", "A station over Nairobi"),
    ]
    assert marks(written) == {
        "Brand new": False,
        "A launch from Wenchang": False,
        "A station over Nairobi": True,
        "Vostochny waits": False,
        "Chandrayaan calls home": False,
    }
    assert "corrected 1 December 2026</a></p>\n<p>The dish turned." in written


def test_what_a_later_correction_took_out_leads_nowhere(digest: List) -> None:
    gone = EDITION[: EDITION.index(b"## [A station")] + EDITION[EDITION.index(b"## [Vostochny") :]
    edition = corrected_twice(digest, EDITION.replace(b"turned", b"fell"), EDITION, gone)
    written = notes(page(path(edition)))
    assert "A station over Nairobi" in written
    assert 'href="#s' not in written


def with_lists(first: str) -> bytes:
    trends = f"# One\n## Rising\n- {first} {{china}}\n\n# Two\n## Rising\n- Same\n\n# Selected"
    return EDITION.replace(b"# Selected", trends.encode())


PICTURE = "The dish turned. ![{alt}](picture:%s-1072x603.jpg)" % ("a" * 32)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (
            EDITION.replace(b"The dish turned", b"The [dish](https://wrong.example) turned"),
            EDITION.replace(b"The dish turned", b"The [dish](https://right.example) turned"),
            "Nairobi</bdi></a> · with another link</p>",
        ),
        (
            EDITION.replace(b"The dish turned.", PICTURE.format(alt="wrong").encode()),
            EDITION.replace(b"The dish turned.", PICTURE.format(alt="right").encode()),
            "Nairobi</bdi></a> · with another picture</p>",
        ),
        (
            EDITION.replace(b"{africa}", b"{china}"),
            EDITION,
            "Nairobi</bdi></a> · for other interests</p>",
        ),
        (EDITION.replace(b"date: 2026", b"date: 2025"), EDITION, "1 December <ins>2026</ins>"),
        (EDITION.replace(b"# Selected news", b"# Selectd news"), EDITION, "<del>Selectd</del>"),
        (with_lists("Old"), with_lists("New"), "<ins>New</ins>"),
        # The letter had another subject: there is nothing on the page to name, but its readers have it.
        (EDITION.replace(b"date:", b"subject: Wrong\ndate:"), EDITION, "carry the earlier text.</p>\n</div>"),
    ],
)
def test_whatever_was_corrected_is_told_on_the_page_and_in_the_list(
    digest: List, before: bytes, now: bytes, told: str
) -> None:
    edition = corrected(digest, before, now)
    assert told in notes(page(path(edition)))
    assert listed_as_corrected(edition)


def test_a_text_that_came_back_has_no_note_and_the_list_agrees(digest: List) -> None:
    edition = an_edition(digest)
    first = left(a_send_of(edition, status=SendStatus.CANCELLED))
    wrong = editions.revise(edition, EDITION.replace(b"turned", b"fell"), author="ed", now=NOW)
    second = a_send_of(edition, wrong, kind=SendKind.CORRECTION, corrects=first, status=SendStatus.CANCELLED)
    back = editions.revise(edition, EDITION, author="ed", now=NOW)
    a_send_of(edition, back, kind=SendKind.CORRECTION, corrects=second, scheduled_at=NOW + WEEK)
    assert notes(page(path(edition))) == ""
    assert not listed_as_corrected(edition)


def test_a_story_written_anew_is_not_quoted(digest: List) -> None:
    old, new = (" ".join(f"{word}{number}" for number in range(30)).encode() for word in ("a", "b"))
    edition = corrected(digest, EDITION.replace(b"The dish", old), EDITION.replace(b"The dish", new))
    written = notes(page(path(edition)))
    assert "Nairobi</bdi></a> · written anew</p>" in written
    assert "<dl>" not in written


def test_what_changed_is_found_out_once(digest: List, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = corrected(digest, EDITION.replace(b"turned", b"fell, once"))
    written = page(path(edition))

    def again(*_: object) -> None:
        pytest.fail("the texts are compared again")

    monkeypatch.setattr(passages, "SequenceMatcher", again)
    assert page(path(edition)) == written


def test_a_correction_that_nobody_had_another_text_of_is_no_note(digest: List) -> None:
    edition = corrected(digest, EDITION.replace(b"turned", b"fell"), some_left=False)
    assert "corrected" not in page(path(edition)).lower()
