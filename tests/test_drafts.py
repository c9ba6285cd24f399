"""What editors type: kept, saved, merged, never lost."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from mailer import drafts, editions
from mailer.drafts import ConflictError, MergedFaultyError, OtherDraftError
from mailer.editions import EditionError
from mailer.manuscript.faults import ManuscriptError
from mailer.merging import OURS
from mailer.models import Draft, Edition, Revision
from subscribers import changes
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = pytest.mark.database

TEXT = EDITION.decode()
AMINA, BORIS = "Amina", "Boris"


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert old in text
    return text.replace(old, new)


def save(edition: Edition, text: str, based_on: int = 1, by: str = AMINA) -> drafts.Saved:
    return drafts.save(edition, text, based_on=based_on, by=by, now=NOW)


@pytest.mark.django_db
def test_what_reads_becomes_the_newest_revision_and_is_written_down() -> None:
    edition = an_edition(a_list())
    saved = save(edition, changed("The rocket flew.", "It flew."))
    assert (saved.revision.number, saved.merged, saved.revision.author) == (2, False, AMINA)
    assert "It flew." in editions.newest(edition).text
    [line] = [line for line in changes.listing() if line["what"] == drafts.SAVED]
    assert (line["who"], line["subject"]) == (AMINA, f"edition {edition.pk}")
    assert (line["before"], line["after"]) == ({"revision": 1}, {"revision": 2})


@pytest.mark.django_db
def test_the_same_text_makes_no_revision() -> None:
    edition = an_edition(a_list())
    assert save(edition, TEXT).revision.number == 1
    assert [line for line in changes.listing() if line["what"] == drafts.SAVED] == []


@pytest.mark.django_db
def test_a_text_that_does_not_read_is_kept_and_the_newest_revision_stays() -> None:
    edition = an_edition(a_list())
    faulty = changed("{africa}", "{atlantis}")
    with pytest.raises(ManuscriptError, match="line 10"):
        save(edition, faulty)
    assert editions.newest(edition).number == 1
    draft = drafts.kept(edition, AMINA)
    assert draft is not None
    assert (draft.text, draft.based_on) == (faulty, 1)


@pytest.mark.django_db
def test_what_is_saved_is_no_draft_any_more() -> None:
    edition = an_edition(a_list())
    drafts.keep(edition, "half a sen", based_on=1, who=AMINA, now=NOW)
    drafts.keep(edition, "of another", based_on=1, who=BORIS, now=NOW)
    text = changed("The rocket flew.", "It flew.")
    drafts.save(edition, text, based_on=1, by=AMINA, now=NOW, over=NOW)
    assert [draft.who for draft in Draft.objects.all()] == [BORIS]


@pytest.mark.django_db
def test_there_is_one_draft_of_a_person_and_edition() -> None:
    edition, over = an_edition(a_list()), None
    for text in ("a", "ab", "abc"):
        over = drafts.keep(edition, text, based_on=1, who=AMINA, now=NOW, over=over).changed_at
    assert [draft.text for draft in Draft.objects.all()] == ["abc"]
    # No two of them have the same instant, even where the clock stood still.
    assert over == NOW + dt.timedelta(microseconds=2)


@pytest.mark.django_db
def test_what_another_window_kept_is_not_written_over() -> None:
    edition = an_edition(a_list())
    first = drafts.keep(edition, "first", based_on=1, who=AMINA, now=NOW)
    newer = drafts.keep(edition, "of the laptop", based_on=1, who=AMINA, now=NOW, over=first.changed_at)
    for over in (first.changed_at, None):
        with pytest.raises(OtherDraftError, match="in another window") as caught:
            drafts.keep(edition, "of the office", based_on=1, who=AMINA, now=NOW, over=over)
        assert caught.value.draft.text == "of the laptop"
        # What both say is no conflict, nor a change.
        same = drafts.keep(edition, "of the laptop", based_on=1, who=AMINA, now=NOW, over=over)
        assert same.changed_at == newer.changed_at
        assert not drafts.drop(edition, AMINA, over=over)
    assert Draft.objects.get().text == "of the laptop"
    assert drafts.drop(edition, AMINA, over=newer.changed_at)
    # Where it is saved or dropped meanwhile, nothing is in the way.
    drafts.keep(edition, "of the office", based_on=1, who=AMINA, now=NOW, over=first.changed_at)
    assert Draft.objects.get().text == "of the office"


@pytest.mark.django_db
def test_saving_in_one_window_leaves_what_another_kept() -> None:
    edition = an_edition(a_list())
    drafts.keep(edition, "of the laptop", based_on=1, who=AMINA, now=NOW)
    save(edition, changed("The rocket flew.", "It flew."))
    with pytest.raises(ManuscriptError, match="line 10"):
        save(edition, changed("{africa}", "{atlantis}"), based_on=2)
    assert Draft.objects.get().text == "of the laptop"


@pytest.mark.django_db
def test_a_draft_is_offered_only_where_it_says_something_new() -> None:
    edition = an_edition(a_list())
    newest = editions.newest(edition)
    same = drafts.keep(edition, TEXT, based_on=1, who=AMINA, now=NOW)
    assert drafts.offered(same, newest) is None
    more = drafts.keep(edition, "more", based_on=1, who=AMINA, now=NOW, over=same.changed_at)
    assert drafts.offered(more, newest) is not None
    assert drafts.offered(None, newest) is None


@pytest.mark.django_db
def test_changes_of_two_that_do_not_touch_are_merged_and_said() -> None:
    edition = an_edition(a_list())
    save(edition, changed("The rocket flew.", "The rocket flew far."), by=BORIS)
    saved = save(edition, changed("The orbiter spoke.", "The orbiter sang."))
    assert (saved.revision.number, saved.merged, saved.others) == (3, True, (BORIS,))
    assert "The rocket flew far." in saved.revision.text
    assert "The orbiter sang." in saved.revision.text


@pytest.mark.django_db
def test_changes_of_the_same_line_are_for_a_person_to_settle_and_nothing_is_lost() -> None:
    edition = an_edition(a_list())
    save(edition, changed("The rocket flew.", "Boris's rocket."), by=BORIS)
    mine = changed("The rocket flew.", "Amina's rocket.")
    with pytest.raises(ConflictError, match="Boris saved revision 2") as caught:
        save(edition, mine)
    assert "Boris's rocket." in caught.value.merged.text
    assert "Amina's rocket." in caught.value.merged.text
    assert editions.newest(edition).number == 2
    draft = drafts.kept(edition, AMINA)
    assert draft is not None
    assert draft.text == mine
    settled = changed("The rocket flew.", "Their rocket.")
    assert save(edition, settled, based_on=2).revision.number == 3


@pytest.mark.django_db
def test_a_text_with_marks_of_the_conflict_is_not_saved() -> None:
    edition = an_edition(a_list())
    with pytest.raises(ManuscriptError, match="line 8, column 1: a mark of the conflict still stands"):
        save(edition, changed("The rocket flew.", OURS))


@pytest.mark.django_db
def test_two_good_changes_that_make_a_faulty_text_together_are_kept_together() -> None:
    edition = an_edition(a_list())
    save(edition, changed("# Selected news\n", "# Selected news\n## New {china}\nBoris.\n\n"), by=BORIS)
    with pytest.raises(MergedFaultyError) as caught:
        save(edition, f"{TEXT}\n## New {{africa}}\nAmina.\n")
    assert "Boris." in caught.value.text
    draft = drafts.kept(edition, AMINA)
    assert draft is not None
    assert (draft.text, draft.based_on) == (caught.value.text, 2)


@pytest.mark.django_db
def test_a_base_that_never_was_is_no_base() -> None:
    with pytest.raises(EditionError, match="no revision 9"):
        save(an_edition(a_list()), changed("The rocket flew.", "x"), based_on=9)


@pytest.mark.django_db
def test_more_than_an_edition_may_hold_is_refused() -> None:
    edition = an_edition(a_list())
    with pytest.raises(EditionError, match="at most 2,000,000"):
        save(edition, TEXT + "x" * 2_000_000)
    with pytest.raises(EditionError, match="at most 2,000,000"):
        drafts.keep(edition, "x" * 2_000_001, based_on=1, who=AMINA, now=NOW)


def test_what_a_form_posts_is_kept_with_plain_line_ends_and_no_zero() -> None:
    assert drafts.typed("a\r\nb\rc\0") == "a\nb\nc\ufffd"


@pytest.mark.django_db
def test_an_old_text_becomes_the_newest_again() -> None:
    edition = an_edition(a_list())
    save(edition, changed("The rocket flew.", "It flew."))
    restored = drafts.restore(edition, 1, over=2, by=BORIS, now=NOW)
    assert (restored.number, restored.text, restored.author) == (3, TEXT, BORIS)
    [line] = [line for line in changes.listing() if line["what"] == drafts.RESTORED]
    assert line["after"] == {"revision": 3, "restored": 1}


@pytest.mark.django_db
def test_nothing_is_restored_over_what_one_has_not_seen() -> None:
    edition = an_edition(a_list())
    save(edition, changed("The rocket flew.", "It flew."), by=BORIS)
    with pytest.raises(EditionError, match="Boris saved revision 2 meanwhile"):
        drafts.restore(edition, 1, over=1, by=AMINA, now=NOW)


def at_once(*works: Callable[[], object]) -> list[object]:
    """Return what each came to, started at the same moment."""
    gate = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_lose_nothing() -> None:
    edition = an_edition(a_list())
    one, other = at_once(
        lambda: save(edition, changed("The rocket flew.", "Amina's rocket."), by=AMINA),
        lambda: save(edition, changed("The orbiter spoke.", "Boris's orbiter."), by=BORIS),
    )
    assert isinstance(one, drafts.Saved)
    assert isinstance(other, drafts.Saved)
    assert sorted([one.merged, other.merged]) == [False, True]
    text = editions.newest(edition).text
    assert "Amina's rocket." in text
    assert "Boris's orbiter." in text
    assert Revision.objects.filter(edition=edition).count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_line_at_once_one_is_told() -> None:
    edition = an_edition(a_list())
    results = at_once(
        lambda: save(edition, changed("The rocket flew.", "Amina's rocket."), by=AMINA),
        lambda: save(edition, changed("The rocket flew.", "Boris's rocket."), by=BORIS),
    )
    assert {type(result) for result in results} == {drafts.Saved, ConflictError}
    assert editions.newest(edition).number == 2
    assert Draft.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun", [False, True])
def test_of_two_windows_of_one_person_that_keep_at_once_one_is_told(*, begun: bool) -> None:
    edition = an_edition(a_list())
    over = drafts.keep(edition, "begun", based_on=1, who=AMINA, now=NOW).changed_at if begun else None
    results = at_once(
        lambda: drafts.keep(edition, "one", based_on=1, who=AMINA, now=NOW, over=over),
        lambda: drafts.keep(edition, "two", based_on=1, who=AMINA, now=NOW, over=over),
    )
    [kept] = [result for result in results if isinstance(result, Draft)]
    [told] = [result for result in results if isinstance(result, OtherDraftError)]
    assert Draft.objects.get().text == kept.text == told.draft.text
