import datetime as dt

import pytest
from django.test import Client

from mailer import doorbell
from mailer.web.gate import ALL_SIGN_UPS, Gate, Passage, ask_for_passage
from mailer.web.tickets import RAISED, Ticket
from subscribers import brakes
from subscribers.models import Brake, List, Request
from tests.stage import NOW, a_list
from tests.web.form import PAGE, a_form, aged, hidden, is_asked, note, ticked

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


HOME = "203.0.113.0/24"
USUAL_TICKET, RAISED_TICKET = Ticket(NOW), Ticket(NOW, RAISED.difficulty, RAISED.wait)


@pytest.fixture
def digest() -> List:
    return a_list()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(doorbell, "ring", lambda *_: True)
    return Client(enforce_csrf_checks=True)


def passage(text: str, ticket: Ticket = USUAL_TICKET, network: str = HOME, *, after: float = 0) -> Passage:
    return ask_for_passage(text, ticket, network, at=NOW + dt.timedelta(seconds=after))


def a_flood() -> None:
    for _ in range(brakes.QUIET_HOUR):
        assert not brakes.hourly(ALL_SIGN_UPS, at=NOW).unusual


def test_a_ticket_opens_the_gate_once() -> None:
    assert passage("a") == Passage(Gate.OPEN)
    assert passage("a") == Passage(Gate.USED)
    assert passage("b") == Passage(Gate.OPEN)


def test_a_network_passes_five_times_in_ten_minutes_and_hears_when_again() -> None:
    for number in range(5):
        assert passage(f"{number}", after=number).gate == Gate.OPEN
    assert passage("5", after=60) == Passage(Gate.FULL, 540.0)
    assert passage("6", network="198.51.100.0/24", after=60).gate == Gate.OPEN
    assert passage("5", after=600).gate == Gate.OPEN, "the ticket was not used up"


def test_where_no_network_is_known_none_is_full() -> None:
    assert {passage(f"{number}", network="").gate for number in range(12)} == {Gate.OPEN}


def test_in_a_flood_everybody_has_to_prove_more_and_is_counted_once() -> None:
    a_flood()
    assert passage("a").gate == Gate.RAISED
    counted = Brake.objects.get(pk=ALL_SIGN_UPS).times
    assert passage("b", RAISED_TICKET).gate == Gate.OPEN
    assert passage("b", RAISED_TICKET).gate == Gate.USED
    assert Brake.objects.get(pk=ALL_SIGN_UPS).times == counted


def test_no_network_stands_in_the_database() -> None:
    passage("a")
    assert not Brake.objects.filter(name__contains="203.0.113").exists()


def test_a_form_counts_once_and_who_mends_it_is_given_another(digest: List, browser: Client) -> None:
    form = a_form(digest, "nnia@example.org")
    assert is_asked(browser.post(PAGE, form))
    for email in ("nnia@example.org", "nina@example.org"):
        response = browser.post(PAGE, form | {"email": email})
        assert note(response).startswith("You have sent this form already.")
        assert hidden(response)["ticket"] != form["ticket"]
    assert list(Request.objects.values_list("address", flat=True)) == ["nnia@example.org"]


def test_a_wait_counts_once(digest: List, browser: Client) -> None:
    fields = aged({"email": "nina@example.org"}, digest, 11, wait=10)
    assert is_asked(browser.post(PAGE, fields))
    assert note(browser.post(PAGE, fields)).startswith("You have sent this form already.")


def test_too_many_from_one_network_hear_what_to_do(digest: List, browser: Client) -> None:
    for number in range(5):
        assert is_asked(browser.post(PAGE, a_form(digest, f"reader{number}@example.org")))
    form = a_form(digest, interest="africa")
    response = browser.post(PAGE, form)
    written = response.content.decode()
    assert response.status_code == 429
    assert 590 <= int(response.headers["Retry-After"]) <= 600
    assert "Wait 10 minutes, then press Subscribe again" in note(response)
    assert 'href="mailto:editor@news.example"' in written
    assert (ticked(written), hidden(response)["ticket"]) == ({"africa"}, form["ticket"])
    assert Request.objects.count() == 5
    assert is_asked(browser.post(PAGE, form, REMOTE_ADDR="203.0.113.9"))


def test_after_twenty_in_a_day_the_wait_is_said_in_hours(digest: List, browser: Client) -> None:
    now = dt.datetime.now(dt.UTC)
    for number in range(20):
        earlier = now - dt.timedelta(hours=8, minutes=11 * number)
        name = brakes.of_network("127.0.0.0/24")
        row, _ = Brake.objects.get_or_create(pk=name, defaults={"keep_until": now})
        row.times = sorted([*row.times, earlier.timestamp()])
        row.save()
    assert "Wait 13 hours, then" in note(browser.post(PAGE, a_form(digest)))


def test_in_a_flood_everybody_is_asked_for_more(digest: List, browser: Client) -> None:
    now = dt.datetime.now(dt.UTC)
    for _ in range(brakes.QUIET_HOUR):
        brakes.hourly(ALL_SIGN_UPS, at=now)
    response = browser.post(PAGE, a_form(digest, interest="africa"))
    written = response.content.decode()
    assert "More people than usual are signing up at this moment. Please wait 60 seconds" in written
    assert 'data-difficulty="19" data-at-once' in written
    assert not Request.objects.exists()
    fields = aged(hidden(response), digest, 30, wait=60)
    assert note(browser.post(PAGE, fields)) == "30 more seconds, then press Continue again."
    assert is_asked(browser.post(PAGE, aged(fields, digest, 60, wait=60)))
    assert Request.objects.get().interests == 0b100
