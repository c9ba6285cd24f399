import datetime as dt

import pytest

from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.models import Change, Consent, List, Subscriber, Subscription
from subscribers.vocabulary import Suppressed
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db", "nina")]

NINA = "nina@example.org"
SET = ("subscribers", "set", NINA)


@pytest.fixture
def digest(db: None) -> List:  # noqa: ARG001 - its rows need the database
    return a_list()


@pytest.fixture
def nina(digest: List) -> Subscription:
    return a_reader(digest, NINA)


def test_everything_that_changed_is_one_line(mailer: Mailer) -> None:
    words = ("--name", "Nina", "--no-tracked", "--text-only", "--attribute", "plan=free", "--locale", "pt-BR")
    done = mailer(*SET, *words)
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "nina@example.org: name: none -> Nina; locale: none -> pt-BR; text_only: no -> yes;"
        " attribute plan: none -> free; tracked: yes -> no.\n"
    )
    assert mailer(*SET, *words).out == "nina@example.org: it is so already; nothing was changed.\n"
    assert Change.objects.filter(what="subscribers set").count() == 1
    assert Consent.objects.get().detail == {"tracked": False, "before": {"tracked": True}}


def test_interests_are_set_on_one_list(mailer: Mailer) -> None:
    on = ("--list", "space-digest")
    done = mailer(*SET, *on, "--interest", "china", "--interest", "africa", "--reason", "rang us")
    assert done.out == "nina@example.org: space-digest interests: everything -> africa, china.\n"
    assert Consent.objects.get().how == "by hand, on the command line: rang us"
    assert mailer(*SET, *on, "--everything").out.endswith("africa, china -> everything.\n")


def test_a_new_address_is_shown_from_then_on(mailer: Mailer) -> None:
    suppressions.suppress(address_key(NINA), Suppressed.BOUNCED, "told", NOW)
    done = mailer(*SET, "--address", "nina@new.example")
    assert done.out == (
        "nina@example.org: address: nina@example.org -> nina@new.example."
        " The old address keeps its suppressions: bounced.\n"
    )
    assert mailer("subscribers", "set", "nina@new.example", "--name", "N", "--json").json["email"] == (
        "nina@new.example"
    )
    refused = mailer(*SET, "--name", "Nina")
    assert refused.status == 1
    assert "who had it has been n•••a@new.example since" in refused.err


def test_a_pause_ends_on_a_day_or_when_it_is_said(mailer: Mailer, nina: Subscription) -> None:
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=10)
    done = mailer(*SET, "--pause-until", day.isoformat())
    assert done.out.startswith(
        "nina@example.org: space-digest status: active -> paused; space-digest paused_un"
    )
    nina.refresh_from_db()
    assert nina.status == "paused"
    assert f"paused\teverything\t{NOW:%Y-%m-%d}" in mailer("subscribers", "show", NINA).out
    assert "paused -> active" in mailer(*SET, "--resume").out
    assert "so already" in mailer(*SET, "--resume").out


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "say what to change"),
        (("--interest", "africa"), 2, "say of which --list"),
        (("--everything",), 2, "say of which --list"),
        (("--list", "space-digest", "--everything", "--interest", "africa"), 2, "either --interest"),
        (("--list", "space-digest"), 2, "say what to change"),
        (("--pause-until", "soon"), 2, "write a day as 2026-03-24"),
        (("--pause-until", "2026-12-24", "--resume"), 2, "either --pause-until"),
        (("--pause-until", "2001-01-01"), 1, "2001-01-01 has begun already"),
        (("--pause-until", "9999-12-31", "--list", "space-digest", "--name", "x\ny"), 1, "name cannot"),
        (("--attribute", "plan"), 2, "write name=value"),
        (("--attribute", "=x"), 2, "write name=value"),
        (("--name", "x\ny"), 1, "line break"),
        (("--locale", "no such"), 1, "language tag"),
        (("--address", "nobody"), 1, "@-sign"),
        (("--address", "omar@example.org"), 1, "o•••r@example.org is another subscriber's address"),
        (("--address", "li@example.org"), 1, "li@example.org".replace("li", "l•••") + " is suppressed"),
        (("--list", "mars", "--everything"), 1, "There is no list 'mars'"),
        (("--list", "space-digest", "--interest", "mars"), 1, "“mars” is no interest"),
    ],
)
def test_nonsense_changes_nothing(
    words: tuple[str, ...], status: int, said: str, mailer: Mailer, digest: List
) -> None:
    a_reader(digest, "omar@example.org")
    suppressions.suppress(address_key("li@example.org"), Suppressed.BOUNCED, "told", NOW)
    refused = mailer(*SET, *words)
    assert (refused.status, refused.out) == (status, "")
    assert said in refused.err
    assert not Change.objects.filter(what="subscribers set").exists()
    assert not Consent.objects.exists()
    assert Subscriber.objects.get(canonical=NINA).name == ""


def test_a_stranger_cannot_be_set(mailer: Mailer) -> None:
    refused = mailer("subscribers", "set", "omar@example.org", "--name", "Omar")
    assert refused.status == 1
    assert refused.err == (
        "mailer: Nobody here has the address o•••r@example.org; `mailer subscribers ls --match TEXT`"
        " looks for people\n"
    )
