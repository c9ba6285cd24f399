import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import IntegrityError

from subscribers import choosing, erasing, leaving, people, suppressions
from subscribers.addresses import AddressError, address_key
from subscribers.amending import Wish, amend
from subscribers.erasing import Elsewhere, ErasureError, Person, Place, erase
from subscribers.models import Change, Consent, Letter, List, Subscriber, Subscription, Suppression
from subscribers.suppressions import Report
from subscribers.vocabulary import OutboxKind, Suppressed

pytestmark = pytest.mark.database

NINA = "nina@example.org"
KEY = address_key(NINA)
DAY = dt.timedelta(days=1)


@pytest.fixture
def nina(digest: List, second: List, noon: dt.datetime) -> Subscriber:
    """Somebody with a past: two lists, choices, a letter, a lifted bounce, a name one of us corrected."""
    people.add(digest, NINA, name="Nina", consent="form", by="ops", at=noon)
    people.add(second, NINA, consent="stand", by="ops", at=noon)
    person = Subscriber.objects.get()
    choosing.choose(person.subscriptions.get(list=digest), ["africa"], "page", noon)
    suppressions.suppress(KEY, Suppressed.BOUNCED, "Nina's mailbox is full", noon)
    suppressions.of_address(KEY).update(lifted_at=noon, lifted_because="Nina wrote")
    Letter.objects.create(
        kind=OutboxKind.WELCOME, list=digest, subscriber=person, occasion="welcome 1", created_at=noon
    )
    amend(NINA, Wish(name="Nina O."), how="telephone", by="ops", at=noon)
    return person


def rows(erased: erasing.Erased) -> dict[str, int]:
    return {place.place: place.rows for place in erased.places if place.rows}


def test_a_person_goes_with_all_that_is_known_of_them(nina: Subscriber, noon: dt.datetime) -> None:
    erased = erase("NINA@example.org", by="ops", at=noon + DAY)
    assert rows(erased) == {
        "suppressions": 1,
        "letters to one person": 1,
        "subscriber": 1,
        "subscriptions": 2,
        "consents": 3,
        "audit log": 3,
    }
    assert erased.on_record is None
    assert not Subscriber.objects.filter(pk=nina.pk).exists()
    for model in (Subscription, Consent, Letter):
        assert not model.objects.exists()
    row = Suppression.objects.get()
    assert (row.address_key, row.reason, row.list, row.lifted_at) == (KEY, "erased", None, None)


@pytest.mark.usefixtures("nina")
def test_the_audit_log_keeps_its_lines_without_the_person(noon: dt.datetime) -> None:
    erase(NINA, by="eva", at=noon + DAY)
    lines = Change.objects.filter(what__startswith="subscribers").order_by("pk")
    assert [(line.who, line.what, line.subscriber, line.subject) for line in lines] == [
        ("ops", "subscribers add", None, ""),
        ("ops", "subscribers add", None, ""),
        ("ops", "subscribers set", None, ""),
        ("eva", "subscribers erase", None, KEY),
    ]
    *others, own = lines.values_list("before", "after")
    assert others == [({}, {})] * 3
    assert own[1]["consents"] == 3


@pytest.mark.usefixtures("nina")
def test_no_import_and_none_of_us_brings_them_back(digest: List, noon: dt.datetime) -> None:
    erase(NINA, by="ops", at=noon + DAY)
    with pytest.raises(people.PersonError, match="suppressed"):
        people.add(digest, NINA, consent="an old file", by="ops", at=noon + 2 * DAY)
    shown = people.show(NINA)
    assert (shown["suppression"]["reason"], shown["consents"], shown["name"]) == ("erased", [], "")
    assert [line["what"] for line in shown["changes"]] == ["subscribers erase"]


@pytest.mark.usefixtures("nina")
def test_erasing_twice_is_erasing_once(noon: dt.datetime) -> None:
    erase(NINA, by="ops", at=noon)
    again = erase(NINA, by="ops", at=noon + DAY)
    assert (again.nothing, again.on_record) == (True, noon)
    assert Change.objects.filter(what="subscribers erase").count() == 1
    assert Suppression.objects.get().at == noon


@pytest.mark.usefixtures("nina")
def test_what_is_told_of_them_later_is_not_kept(digest: List, noon: dt.datetime) -> None:
    erase(NINA, by="ops", at=noon)
    late = [Report(KEY, Suppressed.BOUNCED, noon + DAY, "550 no user nina here")]
    assert suppressions.suppress_keys(late) == 0
    assert not suppressions.by_hand(KEY, "Nina wrote", noon + DAY, by="ops")
    assert not leaving.leave(KEY, digest, "Nina rang us up", noon + DAY, by="ops")
    assert Suppression.objects.get().reason == "erased"
    assert erase(NINA, by="ops", at=noon + DAY).nothing


@pytest.mark.usefixtures("nina")
def test_a_dry_run_says_the_same_and_changes_nothing(noon: dt.datetime) -> None:
    would = erase(NINA, by="ops", at=noon, dry_run=True)
    assert Consent.objects.count() == 3
    assert not suppressions.of_address(KEY).exists()
    assert not Change.objects.filter(what="subscribers erase").exists()
    assert erase(NINA, by="ops", at=noon) == would


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_stranger_leaves_no_hash_behind(dry_run: bool, noon: dt.datetime) -> None:  # noqa: FBT001 - a parameter of the test
    with pytest.raises(ErasureError, match=r"Nobody here has the address n•••a@example\.org; `mailer"):
        erase(NINA, by="ops", at=noon, dry_run=dry_run)
    with pytest.raises(AddressError):
        erase("nobody", by="ops", at=noon, dry_run=dry_run)
    assert not Suppression.objects.exists()


def test_who_was_only_suppressed_is_erased_too(digest: List, noon: dt.datetime) -> None:
    leaving.leave(KEY, digest, "Nina rang us up", noon, by="ops")
    assert rows(erase(NINA, by="ops", at=noon)) == {"suppressions": 1, "audit log": 1}
    assert Suppression.objects.get().reason == "erased"


@pytest.mark.usefixtures("nina")
def test_the_addresses_they_had_before_are_kept_away_too(digest: List, noon: dt.datetime) -> None:
    amend(NINA, Wish(address="nina@new.example"), how="telephone", by="ops", at=noon)
    erase("nina@new.example", by="ops", at=noon)
    assert set(Suppression.objects.values_list("address_key", "reason")) == {
        (KEY, "erased"),
        (address_key("nina@new.example"), "erased"),
    }
    with pytest.raises(people.PersonError):
        people.add(digest, NINA, consent="an old file", by="ops", at=noon)


def test_who_is_asked_for_by_an_old_address_is_named_by_the_new(digest: List, noon: dt.datetime) -> None:
    people.add(digest, NINA, consent="form", by="ops", at=noon)
    amend(NINA, Wish(address="nina@new.example"), how="telephone", by="ops", at=noon)
    with pytest.raises(ErasureError, match=r"n•••a@example\.org; who had it has been n•••a@new\.example"):
        erase(NINA, by="ops", at=noon)
    suppressions.suppress(KEY, Suppressed.BOUNCED, "told", noon)
    [note] = erase(NINA, by="ops", at=noon).notes
    assert note.startswith("The person is still here; who had it has been n•••a@new.example since")
    assert Subscriber.objects.exists()


@pytest.mark.usefixtures("nina")
def test_letters_to_the_address_as_somebody_elses_go_too(digest: List, noon: dt.datetime) -> None:
    for number, address in enumerate(["Nina@example.org", "omar@example.org"]):
        Letter.objects.create(
            kind=OutboxKind.NOTICE, list=digest, address=address, occasion=f"send {number}", created_at=noon
        )
    assert rows(erase(NINA, by="ops", at=noon))["letters to one person"] == 2
    assert Letter.objects.get().address == "omar@example.org"


@pytest.mark.usefixtures("nina")
def test_an_address_that_is_a_lists_own_is_named(noon: dt.datetime) -> None:
    List.objects.filter(slug="second").update(owner_address="Nina@example.org")
    [note] = erase(NINA, by="ops", at=noon).notes
    assert note == "The address is also that of the sender or owner of second; `mailer lists set` changes it"


def test_others_stay_as_they_are(nina: Subscriber, digest: List, noon: dt.datetime) -> None:
    people.add(digest, "omar@example.org", name="Omar", consent="form", by="ops", at=noon)
    leaving.unsubscribe(Subscription.objects.get(subscriber__name="Omar").pk, "one-click", noon)
    before = people.show("omar@example.org")
    erase(nina.address, by="ops", at=noon)
    assert people.show("omar@example.org") == before


class Recording(Elsewhere):
    """Another app that says when it was asked, and may fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failures = 0

    def settle(self, person: Person, *, at: dt.datetime) -> None:
        self.asked.append(f"settle {person.subscriber is not None} {at:%H}")

    def erase(self, person: Person) -> list[Place]:
        self.asked.append(
            f"erase {len(person.keys)} {Subscriber.objects.filter(pk=person.subscriber or 0).count()}"
        )
        if self.failures:
            self.failures -= 1
            raise IntegrityError
        return [Place("elsewhere", erasing.BLANKED, 7)]


@pytest.fixture
def elsewhere() -> Iterator[Recording]:
    part = Recording()
    erasing.register(part)
    yield part
    erasing._elsewhere.remove(part)


@pytest.mark.usefixtures("nina")
def test_other_apps_are_asked_before_the_person_goes(elsewhere: Recording, noon: dt.datetime) -> None:
    assert rows(erase(NINA, by="ops", at=noon))["elsewhere"] == 7
    assert elsewhere.asked == ["settle True 12", "erase 1 1"]


@pytest.mark.usefixtures("nina")
def test_a_dry_run_settles_nothing(elsewhere: Recording, noon: dt.datetime) -> None:
    erase(NINA, by="ops", at=noon, dry_run=True)
    assert elsewhere.asked == ["erase 1 1"]


@pytest.mark.usefixtures("nina")
def test_a_collision_is_tried_again_and_then_said(elsewhere: Recording, noon: dt.datetime) -> None:
    elsewhere.failures = 100
    with pytest.raises(ErasureError, match=r"Others write about n•••a@example\.org at this moment"):
        erase(NINA, by="ops", at=noon)
    assert Consent.objects.count() == 3
    elsewhere.failures = 2
    assert rows(erase(NINA, by="ops", at=noon))["consents"] == 3
