import pytest
from django.test import Client

from mailer.desk.people import asking
from subscribers.models import Subscriber
from subscribers.vocabulary import Status
from tests.desk.conftest import Desk
from tests.stage import a_list, a_reader

pytestmark = pytest.mark.database

SEARCH = "/desk/subscribers/"


@pytest.fixture
def sender(desk: Desk) -> Client:
    digest = a_list()
    a_reader(digest, "nina@example.org", ["africa"], name="Nina Okafor")
    a_reader(digest, "li@example.org", [], status=Status.PAUSED, name="李静")
    a_reader(a_list("moon"), "omar@else.example", ["china"], name="Omar Ndiaye-Sow")
    return desk("sender")


def found(client: Client, **form: str) -> list[str]:
    """Return whose addresses a search shows."""
    answer = client.post(SEARCH, form)
    assert answer.status_code == 200, answer.content.decode()
    shown = answer.content.decode()
    everybody = Subscriber.objects.order_by("canonical").values_list("address", flat=True)
    return [address for address in everybody if f">{address}<" in shown]


def test_nobody_is_shown_before_anything_is_asked(sender: Client) -> None:
    shown = sender.get(SEARCH).content.decode()
    assert "@example.org" not in shown
    assert "<h1>Subscribers</h1>" in shown


@pytest.mark.parametrize(
    ("form", "who"),
    [
        ({}, ["li@example.org", "nina@example.org", "omar@else.example"]),
        ({"address": "nina@example.org"}, ["nina@example.org"]),
        ({"address": "NINA@EXAMPLE.org"}, ["nina@example.org"]),
        ({"address": "ni"}, ["nina@example.org"]),
        ({"address": "ina"}, []),
        ({"address": "@example.org"}, ["li@example.org", "nina@example.org"]),
        ({"name": "okaf"}, ["nina@example.org"]),
        ({"name": "oka nin"}, ["nina@example.org"]),
        ({"name": "sow"}, ["omar@else.example"]),
        ({"name": "李"}, ["li@example.org"]),
        ({"name": "afor"}, []),
        ({"name": "' | a:*"}, []),
        ({"name": "% _ \\ !"}, []),
        ({"list": "moon"}, ["omar@else.example"]),
        ({"list": "space-digest", "status": "paused"}, ["li@example.org"]),
        ({"interest": "space-digest/africa"}, ["nina@example.org"]),
        ({"interest": "space-digest/everything"}, ["li@example.org"]),
        ({"suppressed": "yes"}, []),
        ({"address": "@nobody.example", "name": "Nina"}, []),
    ],
)
def test_people_are_found_by_what_is_known_of_them(
    sender: Client, form: dict[str, str], who: list[str]
) -> None:
    assert found(sender, **form) == who


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"list": "mars"}, "There is no list"),
        ({"status": "asleep"}, "is no status"),
        ({"interest": "moon/mars"}, "is no interest of moon"),
        ({"list": "moon", "interest": "space-digest/africa"}, "not of moon"),
        ({"address": "@"}, "is no domain"),
        ({"address": "a" * 400}, "longer than 254"),
        ({"name": "a\0b"}, "such a character"),
        ({"after": "nobody"}, ""),
    ],
)
def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(
    sender: Client, form: dict[str, str], said: str
) -> None:
    answer = sender.post(SEARCH, form)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_one_goes_on_by_a_form_and_no_address_gets_into_an_address(
    sender: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PAGE", 2)
    first = sender.post(SEARCH, {}).content.decode()
    assert ">li@example.org<" in first
    assert ">omar@else.example<" not in first
    assert '<input type="hidden" name="after" value="nina@example.org">' in first
    assert found(sender, after="nina@example.org") == ["omar@else.example"]


def test_a_person_is_led_to_by_their_number(sender: Client) -> None:
    nina = Subscriber.objects.get(canonical="nina@example.org")
    shown = sender.post(SEARCH, {"address": "nina"}).content.decode()
    assert f'<a href="/desk/subscribers/{nina.pk}">' in shown


def test_a_name_that_thousands_have_is_asked_to_be_narrowed(
    sender: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subscribers.finding.FEW", 0)
    answer = sender.post(SEARCH, {"name": "Nina"})
    assert answer.status_code == 422
    assert "say another word of the name" in answer.content.decode()
    assert found(sender, name="Nina", address="ni") == ["nina@example.org"]
