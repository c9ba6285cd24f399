import pytest

from subscribers.models import Change, List, Subscription
from tests.commands.conftest import Mailer
from tests.stage import a_frozen_send, a_list

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("digest"),
]

NINA = "nina@example.org"
ADD = ("subscribers", "add", "space-digest", NINA, "--consent", "form")


@pytest.fixture
def digest() -> List:
    return a_list()


def test_a_person_is_added_and_shown(mailer: Mailer) -> None:
    add = (*ADD, "--interest", "africa")
    assert mailer(*add, "--name", "Nina").out == "nina@example.org is on space-digest now.\n"
    assert mailer(*add).out == "nina@example.org was on space-digest already, just so; nothing was changed.\n"
    shown = mailer("subscribers", "show", NINA, "--json").json
    assert list(shown)[:6] == ["email", "name", "locale", "subscriptions", "consents", "suppression"]
    assert shown["name"] == "Nina"
    assert shown["subscriptions"][0]["since"].endswith("Z")
    assert shown["subscriptions"][0]["interests"] == ["africa"]
    assert shown["suppression"] is None
    assert "space-digest\tactive\tafrica" in mailer("subscribers", "show", NINA).out


def test_who_of_us_added_them_is_in_the_audit_log(mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ops")
    mailer(*ADD)
    assert Change.objects.get(what="subscribers add").who == "ops"


def test_all_the_evidence_is_shown_in_order(
    mailer: Mailer, monkeypatch: pytest.MonkeyPatch, digest: List
) -> None:
    """Enough to answer a regulator: agreed, chose, was suppressed, left, was sent, and who of us did what."""
    monkeypatch.setenv("LOGNAME", "ops")
    mailer(*ADD)
    a_frozen_send(digest)
    mailer(
        "subscribers", "set", NINA, "--list", "space-digest", "--interest", "africa", "--reason", "rang us"
    )
    mailer("subscribers", "suppress", NINA, "--reason", "mailbox full")
    mailer("subscribers", "lift", NINA, "--reason", "works again")
    mailer("subscribers", "unsubscribe", NINA, "--list", "space-digest", "--reason", "wrote to us")
    said = mailer("subscribers", "show", NINA).out
    order = [
        "known since",
        "space-digest\tunsubscribed\tafrica",
        "granted\tform",
        "changed\tby hand, on the command line: rang us\t\t\tinterests: africa (before: everything)",
        "withdrawn\tby hand, on the command line: wrote to us\t\t\tstatus before: active",
        "every list\tby_hand\tmailbox full",
        "works again",
        "space-digest\tunsubscribed\tby hand",
        "pending\t1",
        "ops\tsubscribers add",
        "ops\tsubscribers set",
        "ops\tsubscribers suppress",
        "ops\tsubscribers lift",
        "ops\tsubscribers unsubscribe",
    ]
    places = [said.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    shown = mailer("subscribers", "show", NINA, "--json").json
    assert shown["sent"] == {"pending": 1}
    assert [line["action"] for line in shown["consents"]] == ["granted", "changed", "withdrawn"]


def test_who_left_cannot_be_added_and_the_error_masks_them(mailer: Mailer) -> None:
    mailer("subscribers", "unsubscribe", NINA, "--everywhere")
    refused = mailer(*ADD)
    assert refused.status == 1
    assert refused.err.startswith("mailer: n•••a@example.org is suppressed")
    assert not Subscription.objects.exists()


def test_a_stranger_is_a_failure_in_one_line(mailer: Mailer) -> None:
    assert mailer("subscribers", "show", NINA).err == (
        "mailer: Nobody here has the address n•••a@example.org; `mailer subscribers ls --match TEXT`"
        " looks for people\n"
    )
    assert mailer("subscribers", "show", "nobody").status == 1


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("no-such-list", NINA, "--consent", "form"), 1, "There is no list 'no-such-list'"),
        (("space-digest", "nobody", "--consent", "form"), 1, "@-sign"),
        (("space-digest", NINA, "--consent", " "), 1, "Say where and how"),
        (("space-digest", NINA), 2, "--consent"),
        (("space-digest", NINA, "--consent", "form", "--interest", "mars"), 1, "“mars” is no interest"),
        (("space-digest", NINA, "--consent", "form", "--name", "x\ny"), 1, "The name cannot be used"),
    ],
)
def test_nonsense_adds_nobody(words: tuple[str, ...], status: int, said: str, mailer: Mailer) -> None:
    refused = mailer("subscribers", "add", *words)
    assert (refused.status, refused.out) == (status, "")
    assert said in refused.err
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("command", ["add", "show", "set", "unsubscribe", "suppress", "lift", "erase"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer subscribers {command}" in mailer("subscribers", command, "--help").out
