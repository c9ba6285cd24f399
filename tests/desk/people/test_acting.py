import pytest
from django.test import Client

from subscribers import erasing, leaving, people
from subscribers.models import Change, Consent, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Suppressed
from tests.desk.conftest import Desk
from tests.stage import NOW, a_list

pytestmark = pytest.mark.database

ADMIN = "Ada Obi"


@pytest.fixture
def nina() -> Subscriber:
    people.add(
        a_list(), "nina@example.org", name="Nina", interests=["africa"], consent="form", by="cli", at=NOW
    )
    return Subscriber.objects.get()


@pytest.fixture
def admin(desk: Desk) -> Client:
    return desk("admin")


def do(client: Client, nina: Subscriber, action: str, **form: object) -> str:
    """Post a form of her page; return what the page says afterwards."""
    answer = client.post(f"/desk/subscribers/{nina.pk}/{action}", form)
    assert answer.status_code == 303, answer.content.decode()
    assert answer.headers["Location"] == f"/desk/subscribers/{nina.pk}"
    return client.get(answer.headers["Location"]).content.decode()


def refused(client: Client, nina: Subscriber, action: str, **form: object) -> str:
    answer = client.post(f"/desk/subscribers/{nina.pk}/{action}", form)
    assert answer.status_code == 422
    return answer.content.decode()


def line() -> Change:
    """Return the last line of the audit log."""
    found = Change.objects.order_by("-pk").first()
    assert found is not None
    return found


def test_an_address_is_suppressed_with_the_reason_and_by_whom(admin: Client, nina: Subscriber) -> None:
    assert "Suppressed on every list." in do(admin, nina, "suppress", list="", reason="asked by letter")
    bar = Suppression.objects.get()
    assert (bar.reason, bar.list, bar.source) == ("by_hand", None, "asked by letter")
    assert (line().what, line().who, line().subscriber_id) == ("subscribers suppress", ADMIN, nina.pk)
    assert "already" in do(admin, nina, "suppress", list="", reason="again")


def test_without_a_reason_nobody_is_suppressed_and_the_form_stays_open(
    admin: Client, nina: Subscriber
) -> None:
    shown = refused(admin, nina, "suppress", list="space-digest", reason=" ")
    assert "Say why" in shown
    assert "<details open><summary>Suppress this address" in shown
    assert '<option value="space-digest" selected>' in shown
    assert not Suppression.objects.exists()


def test_a_suppression_is_lifted_by_its_reason(admin: Client, nina: Subscriber) -> None:
    do(admin, nina, "suppress", list="", reason="a mistake")
    assert "Lifted." in do(admin, nina, "lift", list="", only="by_hand", reason="it was a mistake")
    assert Suppression.objects.get().lifted_because == "it was a mistake"
    assert (line().what, line().who) == ("subscribers lift", ADMIN)
    assert "nothing to lift" in do(admin, nina, "lift", list="", only="by_hand", reason="once more")
    assert "Say which reason" in refused(admin, nina, "lift", list="", only="boredom", reason="x")


def test_an_erasure_cannot_be_lifted(admin: Client, nina: Subscriber) -> None:
    Suppression.objects.create(address_key=nina.address_key, reason=Suppressed.ERASED, at=NOW)
    assert "cannot be lifted" in refused(admin, nina, "lift", list="", only="erased", reason="please")


def test_who_asks_is_taken_off_a_list_and_the_evidence_says_how(admin: Client, nina: Subscriber) -> None:
    said = do(admin, nina, "unsubscribe", list="space-digest", reason="on the telephone")
    assert "Off space-digest; only they themselves can come back." in said
    assert Subscription.objects.get().status == "unsubscribed"
    evidence = Consent.objects.order_by("-pk")[0]
    assert (evidence.action, evidence.how) == ("withdrawn", "by hand, at the desk: on the telephone")
    assert line().who == ADMIN
    assert "They were off every list already" not in do(admin, nina, "unsubscribe", list="", reason="")
    assert Suppression.objects.filter(list=None, reason="unsubscribed").exists()


def test_what_is_known_of_them_is_set(admin: Client, nina: Subscriber) -> None:
    form = {"name": "Nina O.", "locale": "fr", "address": "nina@new.example", "text_only": "yes"}
    said = do(admin, nina, "set", **form, reason="asked by letter")
    assert "Changed: name, locale, text only, tracked, address." in said
    nina.refresh_from_db()
    assert (nina.name, nina.locale, nina.address) == ("Nina O.", "fr", "nina@new.example")
    assert (nina.text_only, nina.tracked) == (True, False)
    assert (line().what, line().who) == ("subscribers set", ADMIN)
    assert "so already" in do(admin, nina, "set", **form)


def test_what_cannot_be_set_changes_nothing_and_stays_as_typed(admin: Client, nina: Subscriber) -> None:
    shown = refused(admin, nina, "set", name="Nina O.", locale="not a language", address="nina@example.org")
    assert "language tag" in shown
    assert 'value="Nina O."' in shown
    nina.refresh_from_db()
    assert nina.name == "Nina"


def test_another_s_address_is_refused_and_masked(admin: Client, nina: Subscriber) -> None:
    people.add(a_list(), "omar@example.org", consent="form", by="cli", at=NOW)
    shown = refused(admin, nina, "set", name="Nina", locale="", address="omar@example.org")
    assert "o•••r@example.org is another subscriber" in shown


def test_interests_are_chosen_for_them(admin: Client, nina: Subscriber) -> None:
    form = {"list": "space-digest", "whole": "no", "interest": ["china", "russia"]}
    assert "Changed: space-digest interests." in do(admin, nina, "choose", **form)
    assert Consent.objects.order_by("-pk")[0].detail["interests"] == ["china", "russia"]
    do(admin, nina, "choose", list="space-digest", whole="yes")
    assert Subscription.objects.get().everything


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"whole": "no"}, "Choose at least one interest"),
        ({"whole": "no", "interest": ["mars"]}, "is no interest of"),
        ({"whole": "yes", "list": "mars"}, "There is no list"),
        ({"whole": "yes", "reason": "two\nlines"}, "line break"),
    ],
)
def test_what_cannot_be_chosen_changes_nothing(
    admin: Client, nina: Subscriber, form: dict[str, object], said: str
) -> None:
    assert said in refused(admin, nina, "choose", **({"list": "space-digest"} | form))
    assert not Subscription.objects.get().everything


def test_who_left_is_not_put_back(admin: Client, nina: Subscriber) -> None:
    leaving.unsubscribe(Subscription.objects.get().pk, "one-click", NOW)
    said = refused(admin, nina, "choose", list="space-digest", whole="yes")
    assert "only they can come back" in said


def test_erasing_asks_for_the_address_and_says_what_remains(admin: Client, nina: Subscriber) -> None:
    path = f"/desk/subscribers/{nina.pk}/erase"
    assert "Type their address" in admin.get(path).content.decode()
    answer = admin.post(path, {"address": "omar@example.org"})
    assert answer.status_code == 422
    assert "nothing was removed" in answer.content.decode()
    shown = admin.post(path, {"address": " NINA@example.org"}).content.decode()
    assert "<h1>Erased</h1>" in shown
    assert "nina" not in shown.lower()
    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == "erased"
    assert (line().what, line().who) == (erasing.WHAT, ADMIN)
    assert admin.post(path, {"address": "nina@example.org"}).status_code == 404


def test_what_somebody_must_still_do_is_said(admin: Client, nina: Subscriber) -> None:
    Subscription.objects.get().list.__class__.objects.update(owner_address="nina@example.org")
    shown = admin.post(f"/desk/subscribers/{nina.pk}/erase", {"address": "nina@example.org"}).content.decode()
    assert "the sender or owner of space-digest" in shown


def test_a_form_is_posted_and_never_asked_for(admin: Client, nina: Subscriber) -> None:
    assert admin.get(f"/desk/subscribers/{nina.pk}/suppress").status_code == 405


def test_a_message_about_a_person_holds_no_address(admin: Client, nina: Subscriber) -> None:
    answer = admin.post(f"/desk/subscribers/{nina.pk}/set", {"name": "", "address": "nina@new.example"})
    assert "nina" not in str(answer.headers) + str(answer.cookies).lower()
