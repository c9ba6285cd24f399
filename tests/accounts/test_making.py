"""Users as one of ours makes and changes them, each change with its line in the audit log."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.test import Client

from mailer.accounts import making
from mailer.accounts.errors import AccountError, NoSuchUserError
from mailer.accounts.making import Wanted
from mailer.accounts.models import User
from mailer.accounts.roles import Role
from mailer.commands import run
from subscribers import changes
from subscribers.addresses import AddressError
from tests.accounts.cast import PASSWORD, a_person, a_user, is_signed_in, signed_in, try_password

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NOW = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)
DEMOTED, KEPT_OUT = Wanted(role=Role.VIEWER), Wanted(active=False)
# Seconds in which whoever waits for nobody would be done, and whoever is done has come to an end.
SOON, LONG = 0.3, 60


def add(email: str = "Ada@News.example", **options: Any) -> User:  # noqa: ANN401 - what making.add takes
    return making.add(email, **{"name": "Ada Obi", "role": Role.ADMIN, "by": "root", "at": NOW, **options})


def last() -> dict[str, Any]:
    (line,) = changes.listing(limit=1)
    return {name: line[name] for name in ("who", "what", "subject", "before", "after")}


def test_a_user_signs_in_with_the_address_in_small_letters() -> None:
    ada = add(password=PASSWORD)
    assert ada.email == "ada@news.example"
    assert ada.by == "Ada Obi"
    assert ada.password.startswith("argon2$argon2id$")
    assert try_password(Client(), "ADA@news.example").status_code == 302
    assert EmailAddress.objects.get().verified


def test_without_a_password_nobody_can_sign_in() -> None:
    ada = add()
    assert not ada.has_usable_password()
    assert try_password(Client(), ada.email, "").status_code == 200


def test_who_added_whom_is_written_down_without_the_address() -> None:
    ada = add()
    assert last() == {
        "who": "root",
        "what": "users add",
        "subject": f"user {ada.pk}",
        "before": {},
        "after": {"name": "Ada Obi", "role": "admin"},
    }
    assert "news.example" not in str(changes.listing())


def test_nobody_is_added_twice() -> None:
    add()
    with pytest.raises(AccountError, match=r"a•••a@news\.example is a user already"):
        add("ada@NEWS.example", name="Another")
    with pytest.raises(AccountError, match="Another user is called 'Ada Obi'"):
        add("ada2@news.example", name=" Ada   Obi ")
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "Ada\x07"])
def test_a_name_can_be_read_in_the_audit_log(name: str) -> None:
    with pytest.raises(AccountError, match="printable"):
        add(name=name)


@pytest.mark.parametrize("email", ["", "ada", "ada@", "ada@news"])
def test_an_address_is_one(email: str) -> None:
    with pytest.raises(AddressError):
        add(email)


@pytest.mark.parametrize("password", ["short", "password1234", "ada@news.example"])
def test_a_password_is_not_the_first_that_anybody_tries(password: str) -> None:
    with pytest.raises(AccountError):
        add(password=password)
    assert not User.objects.exists()


def test_the_database_knows_no_other_role() -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(email="x@y.example", name="X", role="root", created_at=NOW)


def test_nobody_is_found_who_is_not_there() -> None:
    with pytest.raises(NoSuchUserError, match=r"Nobody signs in as n•••y@x\.example"):
        making.find("nobody@x.example")


def test_a_change_says_what_was_before() -> None:
    add()
    vera = a_user(Role.VIEWER)
    assert making.change(vera, Wanted(role=Role.EDITOR, name="Vera Stone"), by="Ada Obi", at=NOW)
    assert (vera.role, vera.name) == (Role.EDITOR, "Vera Stone")
    assert last() == {
        "who": "Ada Obi",
        "what": "users set",
        "subject": f"user {vera.pk}",
        "before": {"name": "Vera Cole", "role": "viewer"},
        "after": {"name": "Vera Stone", "role": "editor"},
    }
    lines = len(changes.listing())
    assert not making.change(vera, Wanted(role=Role.EDITOR), by="Ada Obi", at=NOW)
    assert len(changes.listing()) == lines


def test_nobody_takes_another_ones_name() -> None:
    add()
    vera = a_user(Role.VIEWER)
    with pytest.raises(AccountError, match="Another user is called 'Ada Obi'"):
        making.change(vera, Wanted(name="Ada Obi"), by="x", at=NOW)


def test_a_name_differs_by_more_than_capitals_and_nobody_gets_one_of_the_log() -> None:
    add()
    with pytest.raises(AccountError, match="Another user is called 'ada obi'"):
        add("b@news.example", name="ada obi")
    changes.record("lists set", by="jenkins-7", at=NOW)
    with pytest.raises(AccountError, match="The audit log has lines by 'Jenkins-7'"):
        add("b@news.example", name="Jenkins-7")


def test_who_has_signed_in_keeps_their_name_since_texts_have_no_line() -> None:
    vera = a_user(Role.VIEWER)
    signed_in(vera)
    assert not changes.listing(who="Vera Cole")
    with pytest.raises(AccountError, match="this stays their name"):
        making.change(vera, Wanted(name="Vera Stone"), by="x", at=NOW)


@pytest.mark.parametrize("name", ["root", "Root", "uid 54321"])
def test_nobody_is_called_as_commands_are(name: str) -> None:
    with pytest.raises(AccountError, match="Commands of the account"):
        add(name=name)


def test_capitals_count_for_nothing_in_any_alphabet() -> None:
    add(name="Élise Ö")
    with pytest.raises(AccountError, match="Another user"):
        add("b@news.example", name="élise ö")


def test_who_is_locked_out_may_be_let_try_at_once() -> None:
    vera = a_user(Role.VIEWER)
    for _ in range(6):
        try_password(Client(), vera.email, "wrong")
    assert try_password(Client(REMOTE_ADDR="198.51.100.7"), vera.email).status_code == 200
    making.unlock(vera, by="root", at=NOW)
    assert (last()["who"], last()["what"]) == ("root", "users unlock")
    assert try_password(Client(REMOTE_ADDR="198.51.100.7"), vera.email).status_code == 302


def test_who_is_in_the_log_keeps_their_name() -> None:
    ada = add()
    changes.record("editions approve", by="Ada Obi", at=NOW)
    with pytest.raises(AccountError, match="this stays their name"):
        making.change(ada, Wanted(name="Ada Stone"), by="x", at=NOW)


@pytest.mark.parametrize("wanted", [Wanted(role=Role.SENDER), Wanted(active=False)])
def test_the_last_admin_stays(wanted: Wanted) -> None:
    ada = add(password=PASSWORD)
    invited = add("c@news.example", name="C")
    with pytest.raises(AccountError, match="Ada Obi is the last admin"):
        making.change(ada, wanted, by="Ada Obi", at=NOW)  # C has never been in
    making.change(invited, Wanted(active=False), by="Ada Obi", at=NOW)
    second = add("b@news.example", name="B", password=PASSWORD)
    assert making.change(ada, wanted, by="B", at=NOW)
    with pytest.raises(AccountError, match="B is the last admin"):
        making.change(second, wanted, by="B", at=NOW)


def test_a_new_start_takes_password_factors_and_sessions() -> None:
    sam = a_person(Role.SENDER)
    client = signed_in(sam)
    making.reset(sam.user, by="Ada Obi", at=NOW)
    assert not is_signed_in(client)
    assert not Authenticator.objects.filter(user=sam.user).exists()
    assert try_password(Client(), sam.user.email).status_code == 200
    assert last()["after"] == {"factors": 2, "sessions": 1}


def test_the_list_shows_how_each_signs_in() -> None:
    add()
    sam = a_person(Role.SENDER)
    signed_in(sam)
    ada, other = making.listing()
    assert (ada["email"], ada["second_factor"], ada["sessions"]) == ("ada@news.example", False, 0)
    assert ada["last_signed_in"] is None
    assert (other["email"], other["second_factor"], other["sessions"]) == ("sam@news.example", True, 1)
    assert other["last_signed_in"] is not None


def alone(work: Callable[[], object]) -> object:
    """Do it on a connection of its own; an error that was foreseen is what it came to."""
    try:
        return work()
    except AccountError as error:
        return error
    finally:
        connection.close()


def change(user: User, wanted: Wanted, by: User) -> object:
    return making.change(user, wanted, by=by.by, at=NOW)


def admins() -> list[User]:
    return list(User.objects.filter(role=Role.ADMIN, is_active=True))


def two_admins() -> tuple[User, User]:
    return a_user(Role.ADMIN), a_user(Role.ADMIN, email="bo@news.example", name="Bo Admin")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", [DEMOTED, KEPT_OUT])
@pytest.mark.parametrize("first", [DEMOTED, KEPT_OUT])
def test_who_comes_second_waits_for_the_first_and_is_refused(first: Wanted, second: Wanted) -> None:
    ada, bo = two_admins()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert change(bo, first, by=ada)
            beside: Future[object] = pool.submit(alone, lambda: change(ada, second, by=bo))
            assert not wait_for([beside], timeout=SOON).done  # it sees the first, whenever that commits
        refused = beside.result(LONG)
    assert isinstance(refused, AccountError)
    assert "Ada Obi is the last admin" in str(refused)
    assert admins() == [ada]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_moment_one_is_refused_whoever_comes_first() -> None:
    ada, bo = two_admins()
    gate = threading.Barrier(2)

    def at_the_gate(user: User, wanted: Wanted, by: User) -> object:
        gate.wait(LONG)
        return alone(lambda: change(user, wanted, by))

    with ThreadPoolExecutor(2) as pool:
        for wanted in (DEMOTED, KEPT_OUT) * 3:
            both = [pool.submit(at_the_gate, *each) for each in ((ada, wanted, bo), (bo, wanted, ada))]
            came_to = [each.result(LONG) for each in both]
            assert {type(each) for each in came_to} == {bool, AccountError}
            (left,) = admins()
            assert left in (ada, bo)
            User.objects.update(role=Role.ADMIN, is_active=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("form", "words"), [("", ("--role", "viewer")), ("yes", ("--inactive",))])
def test_so_it_is_with_a_command_beside_the_desk(
    form: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    ada, bo = a_person(Role.ADMIN), a_user(Role.ADMIN, email="bo@news.example", name="Bo Admin")
    at_the_desk: Client = signed_in(ada)
    posted = {"name": bo.name, "role": "sender" if form else "admin", "active": form}
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():  # both come as far as the door, and there is one that opens it
            list(User.objects.select_for_update())
            desk = pool.submit(alone, lambda: at_the_desk.post(f"/desk/users/{bo.pk}/set", posted))
            command = pool.submit(alone, lambda: run(["users", "set", ada.user.email, *words]))
            assert not wait_for([desk, command], timeout=SOON).done
        answer, status = desk.result(LONG), command.result(LONG)
    refused = "is the last admin who can sign in: make another user admin first"
    at_the_desk_refused = answer.status_code == 422 and refused in answer.content.decode()  # type: ignore[attr-defined]  # what Django's test client brings back
    command_refused = status == 1 and refused in capsys.readouterr().err
    assert at_the_desk_refused != command_refused
    assert len(admins()) == 1
