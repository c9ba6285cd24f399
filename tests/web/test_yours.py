"""Links that only the reader was sent: data, being forgotten, another address."""

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from mailer.web.origins import wording
from subscribers import erasing, people, tokens
from subscribers.addresses import address_key
from subscribers.models import Brake, Consent, List, Request, Subscriber, Subscription, Suppression
from subscribers.vocabulary import RequestKind, Suppressed
from tests.stage import NOW, a_list, a_reader
from tests.web.stored import asked, every_row, link, moving

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NEW = "nina.okafor@new.example"
KINDS = [RequestKind.DATA, RequestKind.FORGET, RequestKind.READDRESS, RequestKind.MOVE]
PAGES = {
    RequestKind.DATA: "data",
    RequestKind.FORGET: "forget",
    RequestKind.READDRESS: "address",
    RequestKind.MOVE: "move",
}
PURPOSES: dict[RequestKind, tokens.Purpose] = {
    RequestKind.DATA: "data",
    RequestKind.FORGET: "forget",
    RequestKind.READDRESS: "readdress",
    RequestKind.MOVE: "move",
}


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was rung for at the workers' door."""
    rings: list[tuple[str, int]] = []
    monkeypatch.setattr("mailer.doorbell.ring", lambda task, number: rings.append((task, number)))
    return rings


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    """Set what the views take for now."""

    def set_to(moment: dt.datetime) -> None:
        monkeypatch.setattr("mailer.web.yours._now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", interests=["africa"], name="Nina Okafor")


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def sent(kind: RequestKind, nina: Subscription, at: dt.datetime = NOW) -> str:
    """Return the path of the link that a reader was sent at that moment."""
    number = moving(nina, NEW, at=at) if kind == RequestKind.MOVE else asked(kind, nina, at=at)  # type: ignore[arg-type]  # a loop over a Literal
    return link(PAGES[kind], PURPOSES[kind], number)


# All four


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_a_link_changes_nothing(
    nina: Subscription, browser: Client, kind: RequestKind, method: str
) -> None:
    path = sent(kind, nina)
    before = every_row()
    for query in ("", "?lang=zh", "?email=thief@evil.example"):
        assert getattr(browser, method)(path + query).status_code == 200
    assert every_row() == before


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shows_one_button_and_no_address_in_full(
    nina: Subscription, browser: Client, kind: RequestKind
) -> None:
    response = browser.get(sent(kind, nina))
    written = response.content.decode()
    assert written.count("<button") == 1
    assert "nina@" not in written
    assert "okafor" not in written.lower()
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_is_good_for_an_hour_and_no_longer(
    nina: Subscription, browser: Client, kind: RequestKind, method: str, at: Callable[[dt.datetime], None]
) -> None:
    path = sent(kind, nina)
    at(NOW + dt.timedelta(hours=1))
    before = every_row()
    response = getattr(browser, method)(path, {"email": NEW})
    assert response.status_code == 410
    assert "This link is too old" in response.content.decode()
    assert every_row() == before
    at(NOW + dt.timedelta(minutes=59, seconds=59))
    assert browser.get(path).status_code == 200


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", KINDS)
def test_a_link_is_good_once(nina: Subscription, browser: Client, kind: RequestKind) -> None:
    path = sent(kind, nina)
    assert browser.post(path, {"email": NEW}).status_code == 200
    before = every_row()
    for answer in (browser.post(path, {"email": "nina@third.example"}), browser.get(path)):
        written = answer.content.decode()
        # Whoever is forgotten has no link either.
        assert "This link was used already" in written or "This link leads nowhere any more" in written
        assert "Nothing was changed" in written
    assert every_row() == before


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_token_serves_no_other_page(
    nina: Subscription, browser: Client, kind: RequestKind, method: str
) -> None:
    sent(kind, nina)
    number = Request.objects.get(kind=kind).pk
    before = every_row()
    purposes: list[tokens.Purpose] = ["leave", "preferences", "confirm", "undo", "why", *PURPOSES.values()]
    for purpose in purposes:
        if purpose != PURPOSES[kind]:
            path = link(PAGES[kind], purpose, number)
            assert getattr(browser, method)(path, {"email": NEW}).status_code == 404
    assert every_row() == before


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", KINDS)
def test_the_right_purpose_with_another_s_request_does_nothing(
    nina: Subscription, browser: Client, kind: RequestKind
) -> None:
    numbers = []
    for seconds, each in enumerate(KINDS):
        Brake.objects.all().delete()  # four letters in a few seconds are more than anybody is sent
        sent(each, nina, NOW - dt.timedelta(seconds=seconds))
        if each != kind:
            numbers.append(Request.objects.filter(kind=each).latest("pk").pk)
    before = every_row()
    for number in numbers:
        response = browser.post(link(PAGES[kind], PURPOSES[kind], number), {"email": NEW})
        assert response.status_code == 410
    assert every_row() == before


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_link_of_somebody_erased_leads_nowhere(
    nina: Subscription, browser: Client, kind: RequestKind, method: str
) -> None:
    path = sent(kind, nina)
    erasing.erase("nina@example.org", by="ed", at=NOW)
    response = getattr(browser, method)(path, {"email": NEW})
    assert response.status_code == 410
    assert "leads nowhere any more" in response.content.decode()


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", [RequestKind.DATA, RequestKind.FORGET, RequestKind.READDRESS])
def test_the_old_mailbox_proves_nothing_once_the_reader_has_moved(
    nina: Subscription, browser: Client, kind: RequestKind
) -> None:
    path = sent(kind, nina)
    Subscriber.objects.update(address=NEW, canonical=NEW, address_key=address_key(NEW))
    before = every_row()
    assert browser.post(path, {"email": NEW}).status_code == 410
    assert every_row() == before


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", KINDS)
def test_a_link_that_nobody_was_sent_yet_is_worth_nothing(
    nina: Subscription, browser: Client, kind: RequestKind
) -> None:
    path = sent(kind, nina)
    Request.objects.update(written_at=None)
    assert browser.post(path, {"email": NEW}).status_code == 410


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("kind", [RequestKind.DATA, RequestKind.FORGET, RequestKind.READDRESS])
def test_the_page_speaks_as_the_one_did_where_it_was_asked_for(
    nina: Subscription, browser: Client, kind: RequestKind
) -> None:
    number = asked(kind, nina, at=NOW, language="hi")  # type: ignore[arg-type]  # a loop over a Literal
    path = link(PAGES[kind], PURPOSES[kind], number)
    assert '<html lang="hi"' in browser.get(path).content.decode()
    assert '<html lang="fr"' in browser.get(f"{path}?lang=fr").content.decode()


# Data


@pytest.mark.usefixtures("at")
def test_the_data_come_as_a_file(nina: Subscription, browser: Client) -> None:
    response = browser.post(sent(RequestKind.DATA, nina))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data-2026-12-01.json"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    known = json.loads(response.content)
    assert known["email"] == "nina@example.org"
    assert known["subscriptions"][0]["interests"] == ["africa"]
    assert known["made_at"] == "2026-12-01T09:00:00Z"


@pytest.mark.usefixtures("at")
def test_a_file_that_could_not_be_made_leaves_the_link_as_it_was(
    nina: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    path = sent(RequestKind.DATA, nina)
    before = every_row()
    quiet = Client(raise_request_exception=False)
    with monkeypatch.context() as patched:
        patched.setattr("mailer.web.yours.portrait.of", broken)
        assert quiet.post(path).status_code == 500
    assert every_row() == before
    assert quiet.post(path).status_code == 200


# Being forgotten


@pytest.mark.usefixtures("at")
def test_the_page_says_what_goes_and_what_stays(nina: Subscription, browser: Client) -> None:
    a_reader(a_list("africa-weekly"), "nina@example.org")
    List.objects.filter(slug="africa-weekly").update(name="Africa Weekly")
    written = browser.get(sent(RequestKind.FORGET, nina)).content.decode()
    assert "Space Digest</bdi>" in written
    assert "Africa Weekly</bdi>" in written
    assert "A keyed fingerprint of the address" in written


@pytest.mark.usefixtures("at")
def test_who_is_forgotten_is_gone_but_for_a_fingerprint(nina: Subscription, browser: Client) -> None:
    a_reader(a_list("africa-weekly"), "nina@example.org")
    List.objects.filter(slug="africa-weekly").update(name="Africa Weekly")
    path = sent(RequestKind.FORGET, nina)
    written = re.sub(r"</?bdi[^>]*>", "", browser.post(path).content.decode())
    assert "You are forgotten" in written
    assert "No more letters come from Africa Weekly and Space Digest." in written
    assert not Subscriber.objects.exists()
    assert not Request.objects.exists()
    [left] = Suppression.objects.all()
    assert (left.reason, left.address_key) == (Suppressed.ERASED, address_key("nina@example.org"))
    rows = json.dumps(every_row(), default=str)
    assert "nina" not in rows.lower()


@pytest.mark.usefixtures("at")
def test_it_was_the_reader_s_own_wish(nina: Subscription, browser: Client) -> None:
    browser.post(sent(RequestKind.FORGET, nina))
    [line] = people.show("nina@example.org")["changes"]
    assert (line["what"], line["who"]) == ("subscribers erase", "the reader")


@pytest.mark.usefixtures("at")
def test_an_editor_who_reads_hears_that_the_settings_still_name_them(
    nina: Subscription, browser: Client
) -> None:
    nina.list.owner_address = "nina@example.org"
    nina.list.save()
    written = browser.post(sent(RequestKind.FORGET, nina)).content.decode()
    assert "in the settings of a newsletter" in written


@pytest.mark.usefixtures("at")
def test_while_others_write_about_them_nobody_is_forgotten_by_half(
    nina: Subscription, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise erasing.ErasureError("Others write")

    path = sent(RequestKind.FORGET, nina)
    before = every_row()
    with monkeypatch.context() as patched:
        patched.setattr("mailer.web.yours.erase", busy)
        response = browser.post(path)
    assert response.status_code == 503
    assert "Nobody was forgotten" in response.content.decode()
    assert response.headers["Retry-After"] == "60"
    assert every_row() == before
    assert browser.post(path).status_code == 200


# Another address


@pytest.mark.usefixtures("at")
def test_the_new_mailbox_is_asked_too(
    nina: Subscription, browser: Client, rung: list[tuple[str, int]]
) -> None:
    response = browser.post(sent(RequestKind.READDRESS, nina), {"email": f" {NEW} "})
    written = response.content.decode()
    assert "Look into the new mailbox" in written
    assert "n•••r@new.example" in written
    request = Request.objects.get(kind=RequestKind.MOVE)
    assert (request.address, request.subscriber_id) == (NEW, nina.subscriber_id)
    assert rung == [("mailer.answer", request.pk)]
    nina.subscriber.refresh_from_db()
    assert nina.subscriber.address == "nina@example.org"


@pytest.mark.usefixtures("at")
def test_the_answer_is_the_same_whoever_has_the_address(nina: Subscription, browser: Client) -> None:
    suppressed = a_reader(nina.list, "n2345678r@new.example")
    Suppression.objects.create(
        address_key=suppressed.subscriber.address_key, reason=Suppressed.COMPLAINED, at=NOW
    )
    a_reader(nina.list, "n1234567r@new.example")
    answers = set()
    for new in ("n0000000r@new.example", "n1234567r@new.example", "n2345678r@new.example"):
        response = browser.post(sent(RequestKind.READDRESS, nina), {"email": new})
        answers.add((response.status_code, response.content))
    assert len(answers) == 1


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Write the address"),
        ("nina at example", "Letters cannot be sent to this."),
        ("nína@example.org", "unaccented Latin letters"),
        ("nina@example.org", "Letters go to this address already."),
        ("a@b.example\r\nBcc: c@d.example", "Letters cannot be sent to this."),
        ("x" * 300 + "@example.org", "Letters cannot be sent to this."),
    ],
)
def test_what_is_no_new_address_comes_back_to_be_mended(
    nina: Subscription, browser: Client, typed: str, words: str
) -> None:
    path = sent(RequestKind.READDRESS, nina)
    before = every_row()
    response = browser.post(path, {"email": typed})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert every_row() == before
    assert browser.post(path, {"email": NEW}).status_code == 200


@pytest.mark.usefixtures("at")
def test_another_spelling_of_the_same_address_may_be_asked_for(nina: Subscription, browser: Client) -> None:
    assert browser.post(sent(RequestKind.READDRESS, nina), {"email": "Nina@example.org"}).status_code == 200


@pytest.mark.usefixtures("at")
def test_the_last_step_moves_the_reader_with_all_they_chose(nina: Subscription, browser: Client) -> None:
    path = sent(RequestKind.MOVE, nina)
    shown = browser.get(path).content.decode()
    assert "n•••a@example.org" in shown
    assert "n•••r@new.example" in shown
    written = browser.post(path).content.decode()
    assert "Your address is changed" in written
    nina.refresh_from_db()
    assert nina.subscriber.address == NEW
    assert (nina.status, nina.interests) == ("active", 0b0100)
    assert Consent.objects.latest("pk").wording == wording("move.html")


@pytest.mark.usefixtures("at")
def test_an_address_that_gets_letters_already_is_told_so_and_nothing_changes(
    nina: Subscription, browser: Client
) -> None:
    path = sent(RequestKind.MOVE, nina)
    a_reader(nina.list, NEW)
    before = every_row()
    response = browser.post(path)
    written = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was changed" in written
    assert "gets letters from here already" in written
    assert every_row() == before
