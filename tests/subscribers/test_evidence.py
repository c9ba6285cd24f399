import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import transaction

from subscribers import evidence, people
from subscribers.evidence import Origin
from subscribers.models import Consent, List, Subscription
from subscribers.models.people import AlteredEvidenceError
from subscribers.vocabulary import Action

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[2]
ALTERS = re.compile(r"\b(UPDATE|DELETE FROM)\s+consent\b|\bTRUNCATE\b.*\bconsent\b", re.IGNORECASE)


@pytest.fixture
def nina(digest: List, noon: dt.datetime) -> Subscription:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    return Subscription.objects.get()


def test_a_line_says_when_how_and_what_changed(nina: Subscription, noon: dt.datetime) -> None:
    evidence.note(
        nina,
        Action.CHANGED,
        how="preferences page",
        at=noon,
        origin=Origin("preferences.html@abc", "203.0.113.0/24"),
        now={"interests": ["africa"]},
        before={"interests": "everything"},
    )
    line = Consent.objects.get(action="changed")
    assert (line.at, line.how, line.wording, line.network) == (
        noon,
        "preferences page",
        "preferences.html@abc",
        "203.0.113.0/24",
    )
    assert line.detail == {"interests": ["africa"], "before": {"interests": "everything"}}


@pytest.mark.usefixtures("nina")
def test_no_line_can_be_altered_or_removed() -> None:
    line = Consent.objects.get()
    line.how = "she must have meant something else"
    with pytest.raises(AlteredEvidenceError):
        line.save()
    with pytest.raises(AlteredEvidenceError):
        line.delete()
    for lines in (Consent.objects.all(), Consent.objects.filter(pk=line.pk), line.subscriber.consents.all()):
        with pytest.raises(AlteredEvidenceError):
            lines.update(how="x")
        with pytest.raises(AlteredEvidenceError):
            lines.delete()
    with pytest.raises(AlteredEvidenceError), transaction.atomic():
        Consent.objects.bulk_update([line], ["how"])
    assert Consent.objects.get().how == "form"


def test_no_sql_but_that_of_erasure_alters_evidence() -> None:
    sources = [path for app in ("subscribers", "mailer") for path in (ROOT / app).rglob("*.py")]
    assert len(sources) > 100
    alter = {
        str(path.relative_to(ROOT)) for path in sources if ALTERS.search(path.read_text(encoding="utf-8"))
    }
    assert alter == {"subscribers/erasing.py"}
