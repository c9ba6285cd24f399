import re

import pytest
from django.test import Client

from mailer import doorbell
from mailer.models import Send
from mailer.vocabulary import SendStatus
from mailer.web.origins import wording
from mailer.web.tickets import LIFE
from subscribers.models import Brake, List, Request, Subscriber
from subscribers.vocabulary import Status, UnchosenStories
from tests.stage import NOW, a_list, a_reader, a_send, an_edition
from tests.web.form import PAGE, a_form, a_ticket, aged, hidden, is_asked, note, proof_of, ticked

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def digest() -> List:
    return a_list()


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    bells: list[tuple[str, int]] = []
    monkeypatch.setattr(doorbell, "ring", lambda task, number: bells.append((task, number)))
    return bells


def an_edition_was_sent(newsletter: List) -> None:
    send = a_send(an_edition(newsletter))
    Send.objects.filter(pk=send.pk).update(status=SendStatus.DONE, finished_at=NOW)


def test_the_page_shows_the_list_and_nothing_is_ticked(digest: List, browser: Client) -> None:
    List.objects.update(description="Space news, by the places you follow.")
    digest.interests.filter(slug="russia").update(retired_at=NOW)
    response = browser.get(PAGE)
    written = response.content.decode()
    assert response.status_code == 200
    assert "Space news, by the places you follow." in written
    assert re.findall(r'name="interest" value="([^"]+)"', written) == ["china", "africa", "south-asia"]
    assert ticked(written) == set()
    assert "Send me the current edition" not in written
    assert written.index("until you confirm, you get no letters") < written.index("<button>")
    assert "noindex" not in written
    assert not response.cookies


def test_only_this_page_and_its_next_step_may_run_our_script(digest: List, browser: Client) -> None:
    response = browser.get(PAGE)
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert re.findall(r"<script[^>]*>", response.content.decode()) == [
        '<script src="/static/subscribe.js" defer>'
    ]
    assert response.headers["Cache-Control"] == "no-store"
    asked = browser.post(PAGE, a_form(digest))
    assert "script-src" not in asked.headers["Content-Security-Policy"]


def test_with_an_edition_there_is_a_sample_and_the_offer_to_have_it_at_once(
    digest: List, browser: Client
) -> None:
    an_edition_was_sent(digest)
    written = browser.get(PAGE).content.decode()
    assert "1 of 4 stories last time" in written
    assert "Send me the current edition at once." in written
    assert "From the edition of 1 December 2026." in written
    assert ticked(written) == set()


@pytest.mark.parametrize(
    ("rule", "classes", "says"),
    [
        (UnchosenStories.HEADLINES, "sample follows", "the other stories come as headlines"),
        (UnchosenStories.HIDDEN, "sample follows hides", "the other stories are left out"),
        (UnchosenStories.FULL, "sample", "those stories come first"),
    ],
)
def test_the_page_says_what_becomes_of_the_other_stories(
    digest: List, browser: Client, rule: UnchosenStories, classes: str, says: str
) -> None:
    an_edition_was_sent(digest)
    List.objects.update(unchosen_stories=rule)
    written = browser.get(PAGE).content.decode()
    assert f'<aside class="{classes}"' in written
    assert says in written


def test_a_list_that_counts_nothing_does_not_ask_to(digest: List, browser: Client) -> None:
    List.objects.update(tracked=False)
    assert "Count which letters" not in browser.get(PAGE).content.decode()
    browser.post(PAGE, a_form(digest, count="on"))
    assert not Request.objects.get().tracked


def test_a_private_list_is_as_unknown_as_one_that_never_was(digest: List, browser: Client) -> None:
    List.objects.update(public=False)
    private, missing = browser.get(PAGE), browser.get("/subscribe/nothing")
    assert (private.status_code, private.content) == (missing.status_code, missing.content)
    posted = browser.post(PAGE, a_form(digest))
    assert (posted.status_code, posted.content) == (404, missing.content)
    assert not Request.objects.exists()


def test_looking_writes_nothing(digest: List, browser: Client) -> None:
    assert digest.public
    browser.get(PAGE)
    browser.head(PAGE)
    assert (Request.objects.count(), Brake.objects.count()) == (0, 0)


def test_who_signs_up_is_written_down_and_a_worker_is_woken(
    digest: List, browser: Client, rung: list[tuple[str, int]]
) -> None:
    an_edition_was_sent(digest)
    form = a_form(digest, interest=["china", "africa"], count="on", current="on", lang="fr")
    response = browser.post(PAGE, form, REMOTE_ADDR="203.0.113.9")
    asked = Request.objects.get()
    assert response.status_code == 200
    assert (asked.address, asked.list, asked.language) == ("nina@example.org", digest, "fr")
    assert (asked.everything, asked.interests, asked.tracked, asked.current) == (False, 0b101, True, True)
    assert (asked.wording, asked.network) == (wording("subscribe.html", "fr"), "203.0.113.0/24")
    assert rung == [("mailer.answer", asked.pk)]
    assert not Subscriber.objects.exists()


def test_the_answer_is_the_same_whoever_the_address_belongs_to(digest: List, browser: Client) -> None:
    a_reader(digest, "active@example.org")
    a_reader(digest, "left@example.org", status=Status.UNSUBSCRIBED)
    answers = set()
    for number, who in enumerate(("nobody", "active", "left", "nobody")):
        response = browser.post(PAGE, a_form(digest, f"{who}@example.org"), REMOTE_ADDR=f"203.0.{number}.1")
        assert is_asked(response)
        answers.add((response.content, tuple(sorted(response.headers.items()))))
        assert who.encode() + b"@" not in response.content
    assert len(answers) == 1


def test_a_robot_that_fills_in_everything_hears_the_same_and_nothing_is_done(
    digest: List, browser: Client, rung: list[tuple[str, int]]
) -> None:
    caught = browser.post(PAGE, {"email": "nina@example.org", "site": "https://spam.example", "lang": "en"})
    assert (Request.objects.count(), Brake.objects.count(), rung) == (0, 0, [])
    honest = browser.post(PAGE, a_form(digest))
    assert (caught.content, caught.headers) == (honest.content, honest.headers)


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("", "Write the address that the letters shall go to."),
        ("nina at example.org", "Letters cannot be sent to this."),
        ("nina@example.org\r\nBcc: omar@example.org", "Letters cannot be sent to this."),
        ("нина@example.org", "The part before the @ may hold only unaccented Latin letters"),
    ],
)
def test_what_is_no_address_comes_back_to_be_mended_with_all_else_kept(
    digest: List, browser: Client, email: str, says: str
) -> None:
    an_edition_was_sent(digest)
    form = a_form(digest, email, interest="africa", count="on", current="on")
    response = browser.post(PAGE, form)
    written = response.content.decode()
    assert response.status_code == 422
    assert says in written
    assert 'aria-invalid="true" aria-describedby="fault" autofocus' in written
    assert ticked(written) == {"africa", "count", "current"}
    assert not Request.objects.exists()
    # Mended, it is sent with the same ticket: nobody waits or works twice.
    again = hidden(response) | {"email": "nina@example.org", "site": ""}
    assert again["ticket"] == form["ticket"]
    assert is_asked(browser.post(PAGE, again))


def test_what_was_typed_is_text_and_not_markup(digest: List, browser: Client) -> None:
    written = browser.post(PAGE, a_form(digest, '"><script>alert(1)</script>')).content.decode()
    assert 'value="&#34;&gt;&lt;script&gt;' in written
    assert "<script>" not in written


def test_an_interest_that_is_gone_brings_the_form_back(digest: List, browser: Client) -> None:
    response = browser.post(PAGE, a_form(digest, interest=["china", "mars"]))
    assert response.status_code == 422
    assert "The interests have changed since you opened this page." in note(response)
    assert ticked(response.content.decode()) == {"china"}
    assert not Request.objects.exists()


@pytest.mark.parametrize("ticket", [None, "forged", "A" * 44, "old", "other"])
def test_without_a_ticket_of_ours_the_form_comes_back_filled_in(
    digest: List, browser: Client, ticket: str | None
) -> None:
    if ticket == "old":
        ticket = a_ticket(digest, age=LIFE.total_seconds())
    elif ticket == "other":
        ticket = a_ticket(a_list("africa-weekly"))
    fields = {"email": "nina@example.org", "interest": ["africa"], "ticket": ticket}
    response = browser.post(PAGE, {name: value for name, value in fields.items() if value is not None})
    written = response.content.decode()
    assert response.status_code == 200
    assert note(response).startswith("One more press. Nothing was sent yet.")
    assert 'value="nina@example.org"' in written
    assert ticked(written) == {"africa"}
    assert hidden(response)["ticket"] != ticket
    assert not Request.objects.exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_send_the_form_for_a_visitor_even_with_a_good_ticket(
    digest: List, browser: Client, site: str
) -> None:
    form = a_form(digest)
    response = browser.post(PAGE, form, headers={"Sec-Fetch-Site": site})
    assert note(response).startswith("One more press.")
    assert not Request.objects.exists()
    assert is_asked(browser.post(PAGE, form, headers={"Sec-Fetch-Site": "same-origin"}))


def test_who_is_too_quick_sees_the_form_again_and_need_only_press(digest: List, browser: Client) -> None:
    ticket = a_ticket(digest, age=0)
    response = browser.post(PAGE, a_form(digest, ticket=ticket))
    assert note(response).startswith("That was quick.")
    assert hidden(response)["ticket"] == ticket
    assert not Request.objects.exists()


def test_without_javascript_there_is_a_wait_and_nothing_typed_is_lost(digest: List, browser: Client) -> None:
    an_edition_was_sent(digest)
    form = a_form(digest, interest=["china", "africa"], count="on", current="on", proof="")
    waits = browser.post(PAGE, form)
    assert "Please wait 10 seconds, then press Continue." in waits.content.decode()
    assert not Request.objects.exists()
    early = browser.post(PAGE, aged(hidden(waits), digest, 3, wait=10))
    assert note(early) == "7 more seconds, then press Continue again."
    assert not Request.objects.exists()
    assert is_asked(browser.post(PAGE, aged(hidden(early), digest, 10, wait=10)))
    asked = Request.objects.get()
    assert (asked.address, asked.interests, asked.tracked, asked.current) == (
        "nina@example.org",
        0b101,
        True,
        True,
    )


def test_pressing_at_once_says_how_long_still_and_keeps_the_ticket(digest: List, browser: Client) -> None:
    waits = browser.post(PAGE, a_form(digest, proof=""))
    early = browser.post(PAGE, hidden(waits))
    assert note(early) == "10 more seconds, then press Continue again."
    assert hidden(early)["ticket"] == hidden(waits)["ticket"]


def test_an_interest_retired_at_that_very_moment_brings_the_form_back(
    digest: List, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = a_form(digest, interest="africa")
    with monkeypatch.context() as meanwhile:

        def retired(*_: object, **__: object) -> int:
            from subscribers.interests import UnknownInterestError  # noqa: PLC0415 - only here

            raise UnknownInterestError("africa", "space-digest", [])

        meanwhile.setattr("mailer.web.subscribing.sign_up", retired)
        response = browser.post(PAGE, form)
    assert response.status_code == 422
    assert "The interests have changed" in note(response)
    assert is_asked(browser.post(PAGE, form)), "neither the ticket nor the network was counted"


@pytest.mark.parametrize(
    "field", ["email", "interest", "count", "current", "ticket", "proof", "lang", "site"]
)
@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "a\r\nX-Injected: yes",
        "x" * 10_000,
        "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        "%00",
        "../../etc",
    ],
)
def test_no_field_can_break_the_page_or_put_a_header(
    digest: List, browser: Client, field: str, text: str
) -> None:
    response = browser.post(PAGE, a_form(digest) | {field: text})
    assert response.status_code in {200, 422}
    assert "X-Injected" not in response.headers
    assert len(response.content) < 30_000
    assert Request.objects.filter(address="nina@example.org").count() == Request.objects.count()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b'{"email": "nina@example.org"}', "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"&".join(b"interest=%d" % n for n in range(2000)), "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_of_ours_does_nothing(
    digest: List,  # noqa: ARG001 - its page is asked
    browser: Client,
    body: bytes,
    content_type: str,
) -> None:
    response = browser.generic("POST", PAGE, body, content_type)
    assert response.status_code in {400, 413, 422}
    assert not Request.objects.exists()


def test_the_page_speaks_the_lists_language_where_the_browser_names_none(
    digest: List, browser: Client
) -> None:
    List.objects.update(language="ar")
    assert '<html lang="ar" dir="rtl">' in browser.get(PAGE).content.decode()
    english = browser.get(PAGE, headers={"Accept-Language": "en"})
    assert '<html lang="en" dir="ltr">' in english.content.decode()
    posted = browser.post(PAGE, a_form(digest, "", lang="fr"), headers={"Accept-Language": "en"})
    assert '<html lang="fr"' in posted.content.decode()


def test_proof_is_what_lets_a_form_through(digest: List, browser: Client) -> None:
    ticket = a_ticket(digest)
    wrong = str(int(proof_of(ticket)) - 1) if proof_of(ticket) != "0" else "1"
    assert "One more step" in browser.post(PAGE, a_form(digest, ticket=ticket, proof=wrong)).content.decode()
    assert is_asked(browser.post(PAGE, a_form(digest, ticket=ticket)))
