import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from subscribers import exporting
from subscribers.addresses import address_key
from subscribers.csvfiles.formulas import BEGINNINGS, bare, shielded
from subscribers.exporting import Form, Whom
from subscribers.exporting_forms import COLUMNS
from subscribers.importing import Imported, import_csv
from subscribers.models import Consent, Interest, List, Subscriber, Subscription
from subscribers.segments import keeping
from subscribers.segments.conditions import SegmentError
from subscribers.vocabulary import Action, Status
from tests.subscribers.crowd import NOW, Member, Somebody, as_text, gather, slugs

pytestmark = pytest.mark.database

PEERS = Path(__file__).parent / "peers"


def exported(newsletter: List, *, raw: bool = False, **whom: Any) -> str:  # noqa: ANN401 - as they are named
    out = io.StringIO(newline="")
    exporting.write(Whom(newsletter, NOW, **whom), out, raw=raw)
    return out.getvalue()


def rows(newsletter: List, **how: Any) -> list[dict[str, str]]:  # noqa: ANN401 - as they are named
    return list(csv.DictReader(io.StringIO(exported(newsletter, **how), newline=""), strict=True))


def objects(newsletter: List, **whom: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as they are named
    out = io.StringIO(newline="")
    exporting.write(Whom(newsletter, NOW, **whom), out, form=Form.JSON)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


@pytest.fixture
def nina(digest: List, noon: dt.datetime) -> Subscriber:
    """An active reader who chose two interests, and agreed twice."""
    person = Subscriber.objects.create(
        address="Nina@example.org",
        canonical="nina@example.org",
        address_key=address_key("nina@example.org"),
        name="=Nina",
        locale="pt-BR",
        attributes={"b": "Köln", "a": 1},
        created_at=noon,
    )
    Subscription.objects.create(
        subscriber=person,
        list=digest,
        status=Status.ACTIVE,
        everything=False,
        interests=0b1001,
        since=noon,
        changed_at=noon,
    )
    for days, action, how in (
        (2, Action.GRANTED, "form"),
        (1, Action.CONFIRMED, "letter"),
        (0, Action.CHANGED, "x"),
    ):
        Consent.objects.create(
            subscriber=person, list=digest, action=action, how=how, at=noon - dt.timedelta(days=days)
        )
    return person


@pytest.mark.usefixtures("nina")
def test_a_person_is_one_line_with_their_latest_consent(digest: List) -> None:
    assert exported(digest) == (
        "email,name,locale,interests,status,since,consent,consent_at,attributes,suppressed,"
        "paused_until,text_only,tracked\n"
        "Nina@example.org,'=Nina,pt-BR,china;south-asia,active,2026-03-24T12:00:00Z,letter,2026-03-23T12:00:00Z,"
        '"{""a"": 1, ""b"": ""Köln""}",,,,\n'
    )
    assert rows(digest, raw=True)[0]["name"] == "=Nina"


@pytest.mark.usefixtures("nina")
def test_json_holds_the_same_and_is_never_changed(digest: List) -> None:
    assert objects(digest) == [
        {
            "email": "Nina@example.org",
            "name": "=Nina",
            "locale": "pt-BR",
            "everything": False,
            "interests": ["china", "south-asia"],
            "status": "active",
            "since": "2026-03-24T12:00:00Z",
            "consent": "letter",
            "consent_at": "2026-03-23T12:00:00Z",
            "attributes": {"a": 1, "b": "Köln"},
            "suppressed": None,
            "paused_until": None,
            "text_only": False,
            "tracked": True,
        }
    ]


def test_nobody_is_a_line_of_headings_or_an_empty_list(digest: List) -> None:
    assert exported(digest) == ",".join(COLUMNS) + "\n"
    assert objects(digest) == []


@pytest.mark.parametrize("at_once", [1, 7, 5_000])
def test_all_of_a_crowd_is_written_and_nobody_else(
    digest: List, second: List, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", at_once)
    crowd = gather([digest, second], 60, seed=at_once)
    for newsletter in (digest, second):
        members = [
            (each, member) for each in crowd for member in each.members if member.newsletter == newsletter
        ]
        assert rows(newsletter, raw=True) == [_line(each, member) for each, member in members]
        assert [row["attributes"] for row in objects(newsletter)] == [each.attributes for each, _ in members]


def _line(each: Somebody, member: Member) -> dict[str, str]:
    """Return what is to be written of a person, by plain Python."""
    agreed = [
        (at, place, how)
        for place, (action, at, how) in enumerate(member.consents)
        if action in {Action.GRANTED, Action.CONFIRMED}
    ]
    agreed_at, _, how = max(agreed) if agreed else (None, 0, "")
    return {
        "email": each.address,
        "name": each.name,
        "locale": each.locale,
        "interests": ";".join(slug for slug in slugs(member.newsletter) if slug in member.interests),
        "status": member.status.value,
        "since": _iso(member.since),
        "consent": how,
        "consent_at": _iso(agreed_at) if agreed_at else "",
        "attributes": as_text(each.attributes),
        "suppressed": each.reason(member.newsletter) or "",
        "paused_until": _iso(member.paused_until) if member.paused_until else "",
        "text_only": "yes" if each.text_only else "",
        "tracked": "" if each.tracked else "no",
    }


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def test_only_those_of_a_status_or_a_segment_are_written(digest: List, second: List) -> None:
    crowd = gather([digest, second], 60, seed=3)
    segment = keeping.add(digest, "near", "domain = gmail.com and not everything", by="ada", at=NOW).segment
    on_digest = [(each, member) for each in crowd for member in each.members if member.newsletter == digest]
    paused = [each.address for each, member in on_digest if member.status is Status.PAUSED]
    near = [
        each.address for each, member in on_digest if each.domain == "gmail.com" and not member.everything
    ]
    assert paused
    assert near
    assert [row["email"] for row in rows(digest, status=Status.PAUSED, raw=True)] == paused
    assert [row["email"] for row in rows(digest, segment=segment, raw=True)] == near
    both = [row["email"] for row in rows(digest, status=Status.PAUSED, segment=segment, raw=True)]
    assert both == [address for address in paused if address in near]


def test_a_segment_that_cannot_be_read_writes_nothing(digest: List) -> None:
    segment = keeping.add(digest, "near", "everything", by="ada", at=NOW).segment
    segment.conditions = {"conditions": {"what": "nonsense"}}
    out = io.StringIO()
    with pytest.raises(SegmentError, match="cannot be read"):
        exporting.write(Whom(digest, NOW, segment=segment), out)
    assert out.getvalue() == ""


def test_progress_counts_up_to_all(digest: List, second: List, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 4)
    gather([digest, second], 20, seed=5)
    told: list[tuple[int, int]] = []
    count = exporting.write(Whom(digest, NOW), io.StringIO(), progress=lambda *far: told.append(far))
    assert told[-1] == (count, count)
    assert told == sorted(told)
    assert len(told) > 1


def imported_back(newsletter: List, text: str, folder: Path) -> Imported:
    file = folder / "people.csv"
    file.write_bytes(text.encode(errors="backslashreplace"))
    return import_csv(newsletter, file, by="ada", at=NOW, consent="imported again")


PEOPLE = ("consent", "subscription", "suppression", "subscriber")


def everything_about_people() -> list[list[tuple[Any, ...]]]:
    found = []
    with connection.cursor() as cursor:
        for table in PEOPLE:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            found.append(cursor.fetchall())
    return found


def forget_everybody() -> None:
    with connection.cursor() as cursor:
        for table in PEOPLE:
            cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("seed", range(4))
def test_what_is_imported_again_changes_nothing(
    digest: List, second: List, tmp_path: Path, seed: int
) -> None:
    gather([digest, second], 50, seed)
    Interest.objects.filter(list=digest, slug="russia").update(retired_at=NOW)
    before, text = everything_about_people(), exported(digest)
    imported = imported_back(digest, text, tmp_path)
    assert everything_about_people() == before
    assert (imported.bad, imported.ignored_columns) == (0, ())
    people = imported.people
    assert people.unchanged + people.left_alone == Subscription.objects.filter(list=digest).count()
    assert (people.new, people.updated, people.ended, people.duplicates) == (0, 0, 0, 0)
    assert exported(digest) == text


def test_where_nobody_is_the_same_people_come_out_again(digest: List, tmp_path: Path) -> None:
    gather([digest], 80, seed=11)
    with connection.cursor() as cursor:
        # Why somebody gets nothing is written down anew where they arrive.
        cursor.execute("DELETE FROM suppression")
        cursor.execute("DELETE FROM subscription WHERE status = 'unsubscribed'")
    text, before = exported(digest), rows(digest)
    forget_everybody()
    assert imported_back(digest, text, tmp_path).people.new == len(before)
    for was, now in zip(before, rows(digest), strict=True):
        if not was["consent"] and was["status"] != "pending":
            was |= {"consent": "imported again", "consent_at": _iso(NOW)}
        # Around the words of a consent, spaces say nothing.
        was["consent"] = shielded(bare(was["consent"]).strip())
        assert now == was


@pytest.mark.parametrize("peer", sorted(PEERS.glob("*.csv")), ids=lambda file: file.stem)
def test_a_peers_export_in_ours_out_and_in_again_changes_nothing(
    digest: List, tmp_path: Path, peer: Path
) -> None:
    came = import_csv(digest, peer, by="ada", at=NOW)
    assert came.people.new + came.people.ended
    before, text = everything_about_people(), exported(digest)
    (tmp_path / "ours.csv").write_text(text, encoding="utf-8", newline="")
    # Every row says itself where and how the person agreed, or that nobody has to say it.
    again = import_csv(digest, tmp_path / "ours.csv", by="ada", at=NOW + dt.timedelta(days=1))
    assert everything_about_people() == before
    assert again.people.unchanged + again.people.left_alone == len(text.splitlines()) - 1
    assert exported(digest) == text


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
CELL = TEXT | st.lists(st.sampled_from(["'", '"', ",", ";", "\n", " ", "a", *BEGINNINGS])).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELL, CELL, st.dictionaries(TEXT, TEXT, max_size=2)), min_size=1, max_size=4))
@example([("'=1", "''=1", {"=": "'="})])
def test_any_text_comes_back_from_the_file_and_none_is_a_formula(
    digest: List, people: list[tuple[str, str, dict[str, str]]]
) -> None:
    forget_everybody()
    for number, (name, how, attributes) in enumerate(people):
        _put(digest, number, name, how, attributes)
    found = rows(digest)
    assert [(bare(row["name"]), bare(row["consent"])) for row in found] == [who[:2] for who in people]
    assert [json.loads(row["attributes"] or "{}") for row in found] == [who[2] for who in people]
    cells = [cell for row in found for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(BEGINNINGS)] == []
    assert [(each["name"], each["attributes"]) for each in objects(digest)] == [who[::2] for who in people]


def _put(newsletter: List, number: int, name: str, how: str, attributes: dict[str, str]) -> None:
    address = f"reader{number}@example.org"
    person = Subscriber.objects.create(
        address=address,
        canonical=address,
        address_key=address_key(address),
        name=name,
        attributes=attributes,
        created_at=NOW,
    )
    Subscription.objects.create(
        subscriber=person, list=newsletter, status=Status.ACTIVE, since=NOW, changed_at=NOW
    )
    Consent.objects.create(subscriber=person, list=newsletter, action=Action.GRANTED, at=NOW, how=how)
