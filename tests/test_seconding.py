"""A second person's word: users of the desk are known by their number, commands by the name they give."""

import pytest

from mailer import editions, overview, seconding, sends
from mailer.accounts.models import User
from mailer.accounts.names import UserName, user_number
from mailer.accounts.roles import Role
from mailer.editions import EditionError
from mailer.look import content_hash, look_of
from mailer.models import Approval, Edition, Revision
from mailer.sends.errors import SendError
from subscribers.models import List
from tests.accounts.cast import a_user
from tests.stage import EDITION, NOW, a_list, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def ada(db: None) -> User:  # noqa: ARG001 - users are rows
    return a_user(Role.ADMIN)


@pytest.fixture
def sam(db: None) -> User:  # noqa: ARG001 - the same
    return a_user(Role.SENDER)


def written(by: str) -> Edition:
    """An edition by this person, of a list that wants a second person's word."""
    owner = a_list()
    List.objects.filter(pk=owner.pk).update(second_approval=True)
    owner.refresh_from_db()
    return editions.import_text(owner, EDITION, author=by, now=NOW).edition


def approve(edition: Edition, by: str) -> Approval:
    return editions.approve(edition, by=by, now=NOW)


def test_the_name_of_a_user_carries_their_number_and_is_their_name_all_the_same(ada: User) -> None:
    assert ada.by == "Ada Obi"
    assert hash(ada.by) == hash("Ada Obi")
    assert user_number(ada.by) == ada.pk
    assert user_number("Ada Obi") is None
    assert str(UserName.of("Ada Obi", 7)) == f"{UserName.of('Ada Obi', 7)}" == "Ada Obi"


def test_texts_and_approvals_say_whose_they_are(ada: User, sam: User) -> None:
    edition = written(ada.by)
    approval = approve(edition, sam.by)
    approval.refresh_from_db()
    assert editions.newest(edition).author_user_id == ada.pk
    assert (approval.by, approval.by_user_id) == ("Sam Njoroge", sam.pk)
    by_command = approve(edition, "deploy")
    assert (by_command.by, by_command.by_user_id) == ("deploy", None)


@pytest.mark.parametrize("name", ["Ada Obi", "ada obi", "ada@news.example", "ADA@news.example", "ada"])
def test_one_human_is_one_at_the_desk_and_by_a_command(ada: User, name: str) -> None:
    with pytest.raises(EditionError, match=r"own, and space-digest wants a second person"):
        approve(written(ada.by), name)


@pytest.mark.parametrize("name", ["Ada Obi", "ada@news.example", "Ada"])
def test_and_the_other_way_round(ada: User, name: str) -> None:
    with pytest.raises(EditionError, match="Ada Obi's own"):
        approve(written(name), ada.by)


def test_whatever_a_user_is_called_their_number_decides(ada: User) -> None:
    edition = written(ada.by)
    with pytest.raises(EditionError, match="own"):
        approve(edition, UserName.of("Somebody else", ada.pk))
    assert approve(edition, UserName.of("Ada Obi", a_user(Role.SENDER).pk))


def test_capitals_make_no_second_account() -> None:
    with pytest.raises(EditionError, match="Deploy's own"):
        approve(written("deploy"), "Deploy")


@pytest.mark.parametrize("name", ["Sam Njoroge", "SAM NJOROGE"])
@pytest.mark.usefixtures("sam")
def test_no_command_passes_for_a_user_of_the_desk(ada: User, name: str) -> None:
    edition = written(ada.by)
    with pytest.raises(EditionError, match="is a user of the desk, for whom no command speaks"):
        approve(edition, name)
    assert not Approval.objects.exists()
    with pytest.raises(SendError, match="second person"):
        a_send(edition)


def test_a_word_that_the_author_gave_before_the_list_asked_for_another_does_not_count(
    ada: User, sam: User
) -> None:
    edition = an_edition(a_list())
    Revision.objects.update(author="Ada Obi", author_user=ada)
    approve(edition, ada.by)
    approve(edition, "Sam Njoroge")  # by a command
    List.objects.update(second_approval=True)
    edition = editions.find(edition.pk)
    content = content_hash(editions.newest(edition), look_of(edition.list))
    assert seconding.counting(editions.newest(edition), content) == []
    assert [row.approved_by for row in overview.on_the_desk()] == [""]
    with pytest.raises(SendError, match="second person"):
        a_send(edition)
    kept = approve(edition, sam.by)
    assert [row.approved_by for row in overview.on_the_desk()] == ["Sam Njoroge"]
    assert a_send(edition).approval == kept


def test_an_undone_send_gives_the_word_back_as_whose_it_was(ada: User, sam: User) -> None:
    edition = written(ada.by)
    approve(edition, sam.by)
    send = a_send(edition)
    sends.cancel(send.pk, by=sam.by, now=NOW)
    again = Approval.objects.get(send=None)
    assert (again.by, again.by_user_id) == ("Sam Njoroge", sam.pk)


def revised(edition: Edition, by: str, said: bytes) -> Edition:
    editions.revise(edition, EDITION.replace(b"flew", said), author=by, now=NOW)
    return edition


def test_who_wrote_any_of_it_since_the_last_approval_does_not_approve_it(ada: User, sam: User) -> None:
    """One small move by another makes nobody's own text another's."""
    edition = revised(written(sam.by), ada.by, b"rose")
    for by, other in ((sam.by, "Ada Obi"), (ada.by, "Sam Njoroge"), ("sam", "Ada Obi")):
        with pytest.raises(EditionError, match=f"{by} and {other} wrote edition {edition.pk} since"):
            approve(edition, by)
    with pytest.raises(SendError, match="second person"):
        a_send(edition)
    assert approve(edition, "deploy") == a_send(edition).approval


def test_what_a_second_person_approved_is_behind_both_and_two_go_on_by_turns(ada: User, sam: User) -> None:
    edition = written(sam.by)
    approve(edition, ada.by)
    approve(revised(edition, ada.by, b"rose"), sam.by)
    approve(revised(edition, sam.by, b"fell"), ada.by)
    assert Approval.objects.count() == 3


def test_a_word_that_was_an_author_s_own_ends_nobody_s_part(ada: User, sam: User) -> None:
    edition = written(sam.by)
    List.objects.update(second_approval=False)
    approve(editions.find(edition.pk), sam.by)
    List.objects.update(second_approval=True)
    edition = revised(editions.find(edition.pk), ada.by, b"rose")
    with pytest.raises(EditionError, match="Sam Njoroge and Ada Obi wrote"):
        approve(edition, sam.by)


def test_who_restores_a_text_has_a_part_in_it_with_those_who_wrote_that_and_nobody_else(
    ada: User, sam: User
) -> None:
    edition = written(sam.by)
    first = editions.newest(edition)
    revised(edition, ada.by, b"rose")
    editions.revise(edition, first.text.encode(), author=sam.by, now=NOW)
    assert not seconding.is_among(seconding.authors(editions.newest(edition)), ada.by)
    approve(edition, ada.by)
    revised(edition, ada.by, b"rose")
    # Nobody approved what he may have had a hand in.
    assert seconding.is_among(seconding.authors(editions.newest(edition)), sam.by)
