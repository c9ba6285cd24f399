import datetime as dt

import pytest

from subscribers import leaving, people
from subscribers.addresses import AddressError
from subscribers.amending import AmendError, Changed, Wish, amend
from subscribers.interests import UnknownInterestError
from subscribers.models import Change, Consent, List, Subscriber, Subscription
from subscribers.readdressing import AddressTakenError
from subscribers.vocabulary import Status

pytestmark = pytest.mark.database

NINA = "nina@example.org"


@pytest.fixture
def nina(digest: List, noon: dt.datetime) -> Subscription:
    people.add(digest, NINA, consent="form", by="ops", at=noon)
    return Subscription.objects.get()


@pytest.fixture
def wish(noon: dt.datetime) -> "Wishing":
    return Wishing(noon)


class Wishing:
    """Somebody of ours who does what Nina asks."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def __call__(self, **wished: object) -> tuple[Changed, ...]:
        done = amend(NINA, Wish(**wished), how="telephone", by="ops", at=self.at)  # type: ignore[arg-type]  # each test names what it wishes
        return done.changed


def audited() -> list[tuple[str, object, object]]:
    lines = Change.objects.filter(what="subscribers set").order_by("pk")
    return list(lines.values_list("who", "before", "after"))


def noted() -> list[tuple[str, str, object]]:
    return list(Consent.objects.filter(action="changed").values_list("list__slug", "how", "detail"))


@pytest.mark.usefixtures("nina")
def test_a_name_a_locale_and_what_else_is_known_are_no_consent(wish: Wishing) -> None:
    done = wish(
        name=" Nina Okafor ", locale="pt-BR", text_only=True, attributes={"plan": "free", "city": "Lagos"}
    )
    assert done == (
        Changed("name", "", "Nina Okafor"),
        Changed("locale", "", "pt-BR"),
        Changed("text_only", before=False, after=True),
        Changed("attribute plan", None, "free"),
        Changed("attribute city", None, "Lagos"),
    )
    person = Subscriber.objects.get()
    assert (person.name, person.locale, person.text_only) == ("Nina Okafor", "pt-BR", True)
    assert person.attributes == {"plan": "free", "city": "Lagos"}
    assert noted() == []
    assert audited() == [
        (
            "ops",
            {"name": "", "locale": "", "text_only": False, "attribute plan": None, "attribute city": None},
            {
                "name": "Nina Okafor",
                "locale": "pt-BR",
                "text_only": True,
                "attribute plan": "free",
                "attribute city": "Lagos",
            },
        )
    ]


@pytest.mark.usefixtures("nina")
def test_what_is_so_already_leaves_no_trace(wish: Wishing, digest: List) -> None:
    same = {"name": "Nina", "attributes": {"plan": "free"}, "tracked": False, "interests": ("africa",)}
    assert len(wish(newsletter=digest, **same)) == 4
    traces = (audited(), noted())
    assert wish(newsletter=digest, **same) == ()
    assert wish(address=NINA) == ()
    assert (audited(), noted()) == traces


@pytest.mark.usefixtures("nina")
def test_an_attribute_without_a_value_goes(wish: Wishing) -> None:
    wish(attributes={"plan": "free", "city": "Lagos"})
    assert wish(attributes={"plan": "", "never": ""}) == (Changed("attribute plan", "free", None),)
    assert Subscriber.objects.get().attributes == {"city": "Lagos"}


@pytest.mark.usefixtures("nina")
def test_not_to_be_tracked_is_consent_on_every_list(wish: Wishing, second: List, noon: dt.datetime) -> None:
    people.add(second, NINA, consent="form", by="ops", at=noon)
    wish(tracked=False)
    detail = {"tracked": False, "before": {"tracked": True}}
    assert noted() == [("space-digest", "telephone", detail), ("second", "telephone", detail)]


@pytest.mark.usefixtures("nina")
def test_interests_are_chosen_with_evidence(wish: Wishing, digest: List) -> None:
    assert wish(newsletter=digest, interests=("south-asia", "africa")) == (
        Changed("interests", "everything", ["africa", "south-asia"], "space-digest"),
    )
    assert wish(newsletter=digest, interests=()) == (
        Changed("interests", ["africa", "south-asia"], "everything", "space-digest"),
    )
    assert noted()[0] == (
        "space-digest",
        "telephone",
        {"interests": ["africa", "south-asia"], "before": {"interests": "everything"}},
    )
    assert audited()[0][2] == {"subscriptions": {"space-digest": {"interests": ["africa", "south-asia"]}}}


@pytest.mark.usefixtures("nina")
def test_another_address_is_noted_as_consent(wish: Wishing) -> None:
    assert wish(address="nina@new.example") == (Changed("address", NINA, "nina@new.example"),)
    assert Subscriber.objects.get().canonical == "nina@new.example"
    assert noted() == [
        ("space-digest", "telephone", {"address": "nina@new.example", "before": {"address": NINA}})
    ]
    with pytest.raises(people.PersonError, match=r"n•••a@example\.org; who had it has been n•••a@new"):
        wish(name="Nina")


def test_a_pause_ends_as_the_day_begins_in_the_zone_of_the_list(
    nina: Subscription, wish: Wishing, digest: List
) -> None:
    List.objects.update(zone="Africa/Nairobi")
    assert wish(newsletter=digest, pause_until=dt.date(2026, 4, 1)) == (
        Changed("status", "active", "paused", "space-digest"),
        Changed("paused_until", None, "2026-03-31T21:00:00+00:00", "space-digest"),
    )
    nina.refresh_from_db()
    assert nina.paused_until == dt.datetime(2026, 3, 31, 21, tzinfo=dt.UTC)
    assert wish(newsletter=digest, pause_until=dt.date(2026, 4, 1)) == ()
    assert [each.what for each in wish(resume=True)] == ["status", "paused_until"]
    assert wish(resume=True) == ()


def test_without_a_list_a_pause_is_of_every_list_that_writes(
    nina: Subscription, wish: Wishing, second: List, noon: dt.datetime
) -> None:
    people.add(second, NINA, consent="form", by="ops", at=noon)
    wish(pause_until=dt.date(2026, 4, 1))
    assert set(Subscription.objects.values_list("status", flat=True)) == {"paused"}
    leaving.unsubscribe(nina.pk, "one-click", noon)
    wish(resume=True)
    assert dict(Subscription.objects.values_list("list__slug", "status")) == {
        "space-digest": "unsubscribed",
        "second": "active",
    }


@pytest.mark.usefixtures("nina")
@pytest.mark.parametrize(
    ("wished", "error", "words"),
    [
        ({"name": "Nina\nBcc: x"}, AmendError, "name cannot be used: holds a line break"),
        ({"locale": "no such"}, AmendError, "language tag"),
        ({"locale": "x" * 40}, AmendError, "language tag"),
        ({"address": "nobody"}, AddressError, "@-sign"),
        ({"attributes": {" ": "x"}}, AmendError, "no name"),
        ({"attributes": {"plan": "x" * 1_001}}, AmendError, "longer than 1,000"),
        ({"attributes": {f"a{n}": "x" for n in range(101)}}, AmendError, "100 attributes, not 101"),
        ({"interests": ("africa",)}, AmendError, "on which list"),
        ({"pause_until": dt.date(2026, 3, 24)}, AmendError, "2026-03-24 has begun already"),
        ({"pause_until": dt.date.min}, AmendError, "has begun already"),
    ],
)
def test_nonsense_changes_nothing(
    wished: dict[str, object], error: type[Exception], words: str, wish: Wishing
) -> None:
    with pytest.raises(error, match=words):
        wish(**{"tracked": False, **wished})
    assert Subscriber.objects.get().tracked
    assert (noted(), audited()) == ([], [])


@pytest.mark.usefixtures("nina")
def test_an_interest_the_list_lacks_undoes_all_of_it(wish: Wishing, digest: List) -> None:
    with pytest.raises(UnknownInterestError):
        wish(name="Nina", newsletter=digest, interests=("mars",))
    assert Subscriber.objects.get().name == ""


@pytest.mark.usefixtures("nina")
def test_an_address_that_is_taken_undoes_all_of_it(wish: Wishing, digest: List, noon: dt.datetime) -> None:
    people.add(digest, "omar@example.org", consent="form", by="ops", at=noon)
    with pytest.raises(AddressTakenError, match=r"O•••R@example\.org"):
        wish(name="Nina", address="OMAR@example.org")
    assert not Subscriber.objects.exclude(name="").exists()


@pytest.mark.usefixtures("db")
def test_a_stranger_cannot_be_changed_and_is_masked(wish: Wishing) -> None:
    with pytest.raises(people.PersonError, match=r"Nobody here has the address n•••a@example\.org; `mailer"):
        wish(name="Nina")


@pytest.mark.usefixtures("nina")
def test_who_is_not_on_the_list_has_nothing_there_to_change(wish: Wishing, second: List) -> None:
    with pytest.raises(AmendError, match=r"n•••a@example\.org is not on second; `mailer subscribers add`"):
        wish(newsletter=second, interests=("tea",))


def test_who_left_stays_away(nina: Subscription, wish: Wishing, digest: List, noon: dt.datetime) -> None:
    leaving.unsubscribe(nina.pk, "one-click", noon)
    for wished in ({"interests": ("africa",)}, {"resume": True}, {"pause_until": dt.date(2026, 4, 1)}):
        with pytest.raises(AmendError, match="has left space-digest; only they can come back"):
            wish(newsletter=digest, **wished)
    with pytest.raises(AmendError, match="gets no letters"):
        wish(resume=True)
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"


def test_who_has_not_confirmed_has_nothing_to_pause(nina: Subscription, wish: Wishing, digest: List) -> None:
    Subscription.objects.filter(pk=nina.pk).update(status=Status.PENDING)
    with pytest.raises(AmendError, match="not confirmed"):
        wish(newsletter=digest, pause_until=dt.date(2026, 4, 1))
