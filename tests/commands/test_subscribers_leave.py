import pytest

from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.models import Change, Consent, List, Subscription, Suppression
from subscribers.vocabulary import Suppressed
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db", "digest")]

NINA = "nina@example.org"


@pytest.fixture
def digest(db: None) -> List:  # noqa: ARG001 - its rows need the database
    return a_list()


@pytest.fixture(autouse=True)
def ops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who of us gives the commands."""
    monkeypatch.setenv("LOGNAME", "ops")


@pytest.fixture
def nina(digest: List) -> Subscription:
    return a_reader(digest, NINA)


def audited() -> list[tuple[str, str]]:
    lines = Change.objects.filter(what__startswith="subscribers").order_by("pk")
    return list(lines.values_list("who", "what"))


def test_taking_somebody_off_a_list_twice_is_no_failure(mailer: Mailer, nina: Subscription) -> None:
    off = ("subscribers", "unsubscribe", NINA, "--list", "space-digest")
    assert mailer(*off, "--reason", "rang us").out == "nina@example.org is off space-digest.\n"
    again = mailer(*off)
    assert (again.status, again.out) == (0, "nina@example.org was off space-digest already.\n")
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"
    assert Consent.objects.get().how == "by hand, on the command line: rang us"
    assert audited() == [("ops", "subscribers unsubscribe")]


@pytest.mark.parametrize("where", [(), ("--list", "space-digest", "--everywhere")])
def test_one_must_say_from_where_somebody_leaves(mailer: Mailer, where: tuple[str, ...]) -> None:
    wrong = mailer("subscribers", "unsubscribe", NINA, *where)
    assert wrong.status == 2
    assert "--list LIST or --everywhere" in wrong.err


def test_an_address_is_suppressed_once(mailer: Mailer) -> None:
    suppress = ("subscribers", "suppress", NINA, "--reason", "asked by letter")
    assert mailer(*suppress).out == "nina@example.org is suppressed.\n"
    assert mailer(*suppress).out == "nina@example.org was suppressed already.\n"
    shown = mailer("subscribers", "show", NINA, "--json").json["suppression"]
    assert (shown["reason"], shown["source"], shown["everywhere"]) == ("by_hand", "asked by letter", True)
    assert audited() == [("ops", "subscribers suppress")]


@pytest.mark.parametrize("reason", [" ", "x" * 201])
def test_a_suppression_needs_a_reason_that_can_be_kept(mailer: Mailer, reason: str) -> None:
    refused = mailer("subscribers", "suppress", NINA, "--reason", reason)
    assert refused.status == 1
    assert refused.err.startswith("mailer: Say why")
    assert mailer("subscribers", "show", NINA).status == 1


@pytest.mark.usefixtures("nina")
def test_a_bounce_is_lifted_once(mailer: Mailer) -> None:
    suppressions.suppress(address_key(NINA), Suppressed.BOUNCED, "told", NOW)
    lift = ("subscribers", "lift", NINA, "--reason", "works again")
    assert mailer(*lift).out == "nina@example.org: lifted bounced (every list).\n"
    again = mailer(*lift)
    assert (again.status, again.out) == (0, "nina@example.org: nothing to lift; nothing was changed.\n")
    assert audited() == [("ops", "subscribers lift")]
    shown = mailer("subscribers", "show", NINA, "--json").json
    assert (shown["suppression"], shown["suppressions"][0]["lifted_because"]) == (None, "works again")


@pytest.mark.usefixtures("nina")
def test_who_left_stays_away_although_it_is_lifted(mailer: Mailer) -> None:
    mailer("subscribers", "unsubscribe", NINA, "--list", "space-digest")
    refused = mailer("subscribers", "lift", NINA, "--reason", "we miss her")
    assert refused.status == 1
    assert "--only unsubscribed" in refused.err
    done = mailer("subscribers", "lift", NINA, "--reason", "she wrote", "--only", "unsubscribed")
    assert done.out == (
        "nina@example.org: lifted unsubscribed (space-digest)."
        " They stay off space-digest: only they themselves can come back.\n"
    )
    assert Subscription.objects.get().status == "unsubscribed"


def test_a_complaint_beside_a_bounce_still_stands(mailer: Mailer) -> None:
    for reason in (Suppressed.BOUNCED, Suppressed.COMPLAINED):
        suppressions.suppress(address_key(NINA), reason, "told", NOW)
    said = mailer("subscribers", "lift", NINA, "--reason", "works again").out
    assert said == (
        "nina@example.org: lifted bounced (every list). Still suppressed: complained (every list).\n"
    )


def test_an_erasure_is_not_lifted(mailer: Mailer) -> None:
    suppressions.suppress(address_key(NINA), Suppressed.ERASED, "asked", NOW)
    refused = mailer("subscribers", "lift", NINA, "--reason", "please")
    assert refused.status == 1
    assert "was erased on 2026-12-01, which cannot be lifted" in refused.err
    assert mailer("subscribers", "lift", NINA, "--reason", "x", "--only", "erased").status == 2


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("lift", NINA, "--reason", "x"), 1, "Nobody here has the address n•••a@example.org"),
        (("lift", "nobody", "--reason", "x"), 1, "@-sign"),
        (("lift", NINA), 2, "--reason"),
        (("lift", NINA, "--reason", "x", "--only", "mars"), 2, "--only"),
        (("suppress", NINA), 2, "--reason"),
        (("suppress", NINA, "--reason", "x", "--list", "mars"), 1, "There is no list 'mars'"),
        (("unsubscribe", NINA, "--list", "mars"), 1, "There is no list 'mars'"),
        (("unsubscribe", "nobody", "--everywhere"), 1, "@-sign"),
    ],
)
def test_nonsense_changes_nothing(words: tuple[str, ...], status: int, said: str, mailer: Mailer) -> None:
    refused = mailer("subscribers", *words)
    assert (refused.status, refused.out) == (status, "")
    assert said in refused.err
    assert (audited(), Suppression.objects.count()) == ([], 0)


def test_a_list_that_is_missing_lifts_nothing(mailer: Mailer) -> None:
    suppressions.suppress(address_key(NINA), Suppressed.BOUNCED, "told", NOW)
    assert mailer("subscribers", "lift", NINA, "--reason", "x", "--list", "mars").status == 1
    said = mailer("subscribers", "lift", NINA, "--reason", "x", "--list", "space-digest").out
    assert said == (
        "nina@example.org: nothing to lift on space-digest; nothing was changed."
        " Still suppressed: bounced (every list).\n"
    )
