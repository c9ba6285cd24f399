import pytest
from django.test import Client

from mailer import editions
from subscribers import counting
from subscribers.models import Change, List
from tests.desk.conftest import Desk
from tests.stage import NOW, a_list, a_reader, an_edition

pytestmark = pytest.mark.database

ONE, EDIT = "/desk/lists/space-digest", "/desk/lists/space-digest/edit"


@pytest.fixture
def digest(db: None) -> List:  # noqa: ARG001 - a list is rows
    owner = a_list()
    a_reader(owner, "nina@example.org", ["africa"])
    a_reader(owner, "li@example.org")
    return owner


@pytest.fixture
def admin(desk: Desk) -> Client:
    return desk("admin")


def a_form(**changed: str) -> dict[str, str]:
    """Return what the form of the list holds, with some of it changed."""
    return {
        "name": "Space Digest",
        "description": "",
        "from": "Space Digest <editor@news.example>",
        "reply_to": "",
        "owner": "",
        "postal_address": "1 Orbit Road, Nairobi",
        "language": "en",
        "zone": "UTC",
        "unchosen_stories": "headlines",
        "no_story": "skip",
        "when_unknown": "hold",
        "second_approval": "no",
        "tracked": "yes",
        "public": "yes",
        "keep_pending_days": "30",
        "keep_inactive_days": "never",
    } | changed


@pytest.mark.usefixtures("digest")
def test_lists_are_shown_with_their_sender_and_how_many_read_them(desk: Desk) -> None:
    shown = desk("viewer").get("/desk/lists/").content.decode()
    assert 'href="/desk/lists/space-digest"' in shown
    assert "editor@news.example" in shown
    assert ">2</td>" in shown


def test_without_a_list_one_is_told_how_to_make_it(desk: Desk) -> None:
    assert "mailer lists add" in desk("viewer").get("/desk/lists/").content.decode()


@pytest.mark.usefixtures("digest")
def test_a_small_list_shows_its_numbers_at_once(desk: Desk) -> None:
    shown = desk("viewer").get(ONE).content.decode()
    assert "2 people read it now" in shown
    assert "By month, in UTC" in shown
    assert ">Africa</span>" in shown
    assert 'href="/desk/lists/space-digest/edit"' not in shown


@pytest.mark.usefixtures("digest")
def test_a_large_list_is_counted_when_somebody_asks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "FEW", 1)
    viewer = desk("viewer")
    assert "Count them now" in viewer.get(ONE).content.decode()
    assert "By month, in UTC" in viewer.post(f"{ONE}/count").content.decode()


@pytest.mark.usefixtures("digest")
def test_a_very_large_list_has_more_than_so_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MANY", 1)
    viewer = desk("viewer")
    assert "more than 1</td>" in viewer.get("/desk/lists/").content.decode()
    assert "More than 1 " in viewer.get(ONE).content.decode()


@pytest.mark.usefixtures("digest")
def test_the_form_posted_as_it_is_changes_nothing(admin: Client) -> None:
    shown = admin.get(EDIT).content.decode()
    for name, value in a_form().items():
        assert f'name="{name}"' in shown, value
    answer = admin.post(EDIT, a_form())
    assert answer.status_code == 303
    assert "so already" in admin.get(ONE).content.decode()


def test_what_an_admin_changes_is_written_down(admin: Client, digest: List) -> None:
    form = a_form(name="Moon Digest", second_approval="yes", keep_inactive_days="365", zone="Africa/Nairobi")
    admin.post(EDIT, form | {"from": "Moon <moon@news.example>"})
    digest.refresh_from_db()
    assert (digest.name, digest.second_approval, digest.keep_inactive_days) == ("Moon Digest", True, 365)
    assert (digest.sender_name, digest.sender_address) == ("Moon", "moon@news.example")
    line = Change.objects.get(what="lists set")
    assert line.who == "Ada Obi"
    assert line.after["name"] == "Moon Digest"
    assert (
        "Changed: name, zone, from, second approval, keep inactive days." in admin.get(ONE).content.decode()
    )


def test_a_list_of_which_not_all_is_posted_keeps_the_rest(admin: Client, digest: List) -> None:
    admin.post(EDIT, {"name": "Moon Digest"})
    digest.refresh_from_db()
    assert (digest.name, digest.tracked, digest.keep_pending_days) == ("Moon Digest", True, 30)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "name is empty"),
        ("from", "editor@news.example", "Name &lt;address&gt;"),
        ("zone", "Mars/Olympus", "IANA name"),
        ("language", "Martian!", "BCP 47"),
        ("postal_address", " ", "the law asks"),
        ("reply_to", "nobody", "reply-to address"),
        ("no_story", "weep", "choose one of skip, top_stories"),
        ("keep_pending_days", "soon", "whole number"),
        ("keep_pending_days", "", "whole number"),
    ],
)
def test_what_a_list_cannot_be_is_said_and_stays_as_typed(
    admin: Client, digest: List, field: str, value: str, said: str
) -> None:
    answer = admin.post(EDIT, a_form(description="A word") | {field: value})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert "A word</textarea>" in shown
    digest.refresh_from_db()
    assert digest.description == ""


def test_approvals_that_a_change_undoes_are_named(admin: Client, digest: List) -> None:
    edition = an_edition(digest)
    editions.approve(edition, by="Edda Lind", now=NOW)
    admin.post(EDIT, {"postal_address": "2 Orbit Road, Nairobi"})
    assert f"to be approved anew: edition {edition.pk}." in admin.get(ONE).content.decode()


def test_a_list_that_is_not_there_is_not_found(admin: Client) -> None:
    assert [admin.get(path).status_code for path in ("/desk/lists/mars", "/desk/lists/mars/edit")] == [
        404,
        404,
    ]
