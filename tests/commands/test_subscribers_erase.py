import pytest

from mailer.models import Delivery
from subscribers.models import Change, List, Subscriber, Suppression
from tests.commands.conftest import Mailer
from tests.stage import a_frozen_send, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NINA = "nina@example.org"
ERASE = ("subscribers", "erase", NINA)


@pytest.fixture
def digest() -> List:
    owner = a_list()
    a_reader(owner, NINA)
    a_reader(owner, "omar@example.org")
    return owner


def test_an_erasure_says_what_went_and_where(mailer: Mailer, digest: List) -> None:
    a_frozen_send(digest)
    done = mailer(*ERASE, "--yes")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "where\twhat\trows",
        "deliveries\tkept without the person\t1",
        "subscriber\tremoved\t1",
        "subscriptions\tremoved\t1",
        "nina@example.org is erased. What stays is a hash, which keeps every import from bringing them back.",
    ]
    assert Subscriber.objects.get().canonical == "omar@example.org"
    assert Delivery.objects.filter(subscriber=None).count() == 1
    again = mailer(*ERASE, "--yes")
    assert again.status == 0
    assert again.out.startswith("nina@example.org is not here; an erasure of ")
    assert again.out.endswith(" is on record.\n")


@pytest.mark.usefixtures("digest")
def test_scripts_get_the_counts_by_place(mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ops")
    would = mailer(*ERASE, "--dry-run", "--json").json
    assert (would["dry_run"], would["erased"]) == (True, False)
    assert Subscriber.objects.count() == 2
    done = mailer(*ERASE, "--yes", "--json").json
    assert done == would | {"dry_run": False, "erased": True}
    assert {"place": "subscriber", "done": "removed", "rows": 1} in done["places"]
    assert {"place": "webhook bodies", "done": "blanked", "rows": 0} in done["places"]
    again = mailer(*ERASE, "--yes", "--json").json
    assert (again["erased"], again["erased_before"] is not None) == (False, True)
    assert Change.objects.get(what="subscribers erase").who == "ops"


@pytest.mark.usefixtures("digest")
def test_nobody_is_erased_unless_somebody_agrees(mailer: Mailer) -> None:
    refused = mailer(*ERASE)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("mailer: Erase n•••a@example.org from every list")
    assert "if you mean it, say --yes" in refused.err
    assert mailer(*ERASE, "--dry-run").out.endswith(
        "nina@example.org would be erased; nothing was changed.\n"
    )
    assert Subscriber.objects.count() == 2


@pytest.mark.parametrize("words", [("--yes",), ("--dry-run",)])
def test_a_stranger_cannot_be_erased(words: tuple[str, ...], mailer: Mailer) -> None:
    refused = mailer(*ERASE, *words)
    assert refused.status == 1
    assert refused.err == (
        "mailer: Nobody here has the address n•••a@example.org; `mailer subscribers ls --match TEXT`"
        " looks for people\n"
    )
    assert mailer("subscribers", "erase", "nobody", *words).status == 1
    assert not Suppression.objects.exists()


def test_an_address_that_is_also_the_owners_is_named(mailer: Mailer, digest: List) -> None:
    List.objects.filter(pk=digest.pk).update(owner_address=NINA)
    done = mailer(*ERASE, "--yes")
    assert done.err == (
        "The address is also that of the sender or owner of space-digest; `mailer lists set` changes it\n"
    )
