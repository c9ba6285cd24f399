"""What a reader gets when they ask for their data: every column that is about them, or a reason why not."""

import json
from typing import Any

import orjson
import pytest
from django.apps import apps

from mailer import portrait, testers
from mailer.models import EventBody, Variant
from subscribers import changes, erasing
from subscribers.models import Letter, Subscriber
from subscribers.vocabulary import OutboxKind
from tests.known import Known
from tests.stage import NOW, a_list, a_reader

# A freeze begins a transaction of its own.
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NUMBER = "a number of ours that says nothing"
HASH = "computed from the address, with a key of ours"
WHOSE = "says that it is theirs, which all of the file is"
HOUSE = "how our house works, not the person"
DESK = "about the people who sign in to the desk"

# Tables in which nothing is about a reader.
NOBODY_S = {
    "list": "what editors set; a sender or owner who reads is told so when they are forgotten",
    "interest": "what a list offers",
    "segment": "conditions on many; whom they meet is counted when a send needs it",
    "departure": "why people left, on a day, and nobody knows who",
    "edition": "what editors wrote",
    "revision": "the same",
    "draft": "the same",
    "approval": "the same",
    "story": "the same",
    "story_interest": "the same",
    "variant_set": "the same",
    "picture": "the same",
    "theme": "how letters look",
    "transport": HOUSE,
    "allowance": HOUSE,
    "change_seal": HOUSE,
    "readership": "how many chose what, and nobody of them",
    "reckoning": "how many came and went on a day, and nobody of them",
    "tally": "how many copies of a send, and nobody of them",
    "link": "what stands in a letter, for all its readers",
    "django_content_type": HOUSE,
    # People who sign in to the desk are not readers.
    "desk_user": DESK,
    "desk_counter": DESK,
    "django_session": DESK,
    "usersessions_usersession": DESK,
    "account_emailaddress": DESK,
    "account_emailconfirmation": DESK,
    "mfa_authenticator": DESK,
    "socialaccount_socialaccount": DESK,
    "socialaccount_socialapp": DESK,
    "socialaccount_socialtoken": DESK,
    "auth_group": DESK,
    "auth_group_permissions": DESK,
    "auth_permission": DESK,
}
# Columns that the file leaves out, of tables that it is made from.
LEFT_OUT = {
    "subscriber.id": NUMBER,
    "subscriber.canonical": "the address in small letters",
    "subscriber.address_key": HASH,
    "subscription.id": NUMBER,
    "subscription.subscriber": WHOSE,
    "consent.id": NUMBER,
    "consent.subscriber": WHOSE,
    "suppression.id": NUMBER,
    "suppression.address_key": HASH,
    "letter.id": NUMBER,
    "letter.subscriber": WHOSE,
    "letter.occasion": HOUSE,
    "letter.attempt": HOUSE,
    "letter.lease_until": HOUSE,
    "letter.not_before": HOUSE,
    "request.id": NUMBER,
    "request.subscriber": WHOSE,
    "request.address_key": HASH,
    "change.id": NUMBER,
    "change.who": "which of our people it was is theirs to tell (GDPR article 15(4))",
    "change.subscriber": WHOSE,
    "change.subject": HASH,
    "change.list_number": NUMBER,
    **dict.fromkeys(
        ["change.work", "change.salt", "change.told", "change.blanked", "change.mark"],
        "digests that show whether the log was altered",
    ),
    "change.number": "its place in the log",
    "change.digest": "the same",
    "tester.id": NUMBER,
    "tester.address_key": HASH,
    "tester.added_by": "which of our people it was is theirs to tell (GDPR article 15(4))",
    "delivery.id": NUMBER,
    "delivery.subscriber": WHOSE,
    "delivery.edition": "its list, title and date are there",
    "delivery.address_key": HASH,
    "delivery.batch": HOUSE,
    "event.id": NUMBER,
    "event.delivery_ref": "stands below its copy",
    "event.send_ref": "the same",
    "event.address_key": HASH,
    "event.attempt": HOUSE,
    "event.link_key": "computed from the link",
    "event.agent": "tells two programs on one copy apart, and nothing else",
    "event.code": "read off the words beside it, and told in words below its copy",
    "trace.id": NUMBER,
    "trace.delivery": "stands below its copy",
    "trace.agent": "tells two programs on one copy apart, and nothing else",
    "mail_domain.id": NUMBER,
    **dict.fromkeys(
        [f"glimpse.{column}" for column in ("id", "delivery_ref", "link", "machine", "agent", "at")],
        "becomes an event of its copy within moments, and is told as that",
    ),
    "event_body.id": NUMBER,
    "event_body.body_hash": HOUSE,
    "event_body.applied_at": HOUSE,
    "event_body.fault": "why our house could not read it",
}
# Of these the file takes what belongs to a copy: everything else is about a thousand readers at once.
BESIDE_A_COPY = {
    "send": {"title", "kind", "scheduled_at", "segment"},
    "variant": {"subject", "text_only", "tracked", "language"},
    "batch": {"state"},
    "attempt": {"fired_at", "message_id", "detail"},
}


@pytest.fixture
def known() -> Known:
    return Known()


def drawn(person: Subscriber) -> dict[str, Any]:
    person.refresh_from_db()
    return portrait.of(person, at=NOW)


def the_file(person: Subscriber) -> str:
    return orjson.dumps(drawn(person), option=orjson.OPT_UTC_Z).decode()


def test_everything_that_is_stored_is_in_the_file(known: Known) -> None:
    text = the_file(known.person)
    assert {column: mark for column, mark in known.marks.items() if mark not in text} == {}


def test_every_column_of_every_table_is_in_the_file_or_has_a_reason(known: Known) -> None:
    unaccounted = []
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in NOBODY_S:
            continue
        for column in model._meta.fields:
            name = f"{table}.{column.name}"
            beside = table in BESIDE_A_COPY and column.name not in BESIDE_A_COPY[table]
            if not beside and name not in known.marks and name not in LEFT_OUT:
                unaccounted.append(name)
    assert unaccounted == []


def test_no_reason_is_given_for_what_is_not_there(known: Known) -> None:
    columns = {
        f"{model._meta.db_table}.{column.name}"
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.fields
    }
    tables = {name.split(".")[0] for name in columns}
    assert LEFT_OUT.keys() - columns == set()
    assert LEFT_OUT.keys() & known.marks.keys() == set()
    assert NOBODY_S.keys() - tables == set()


def test_the_file_holds_nothing_about_anybody_else(known: Known) -> None:
    omar = a_reader(known.owner, "omar@example.org", name="Omar")
    Letter.objects.create(
        kind=OutboxKind.WELCOME, subscriber=omar.subscriber, occasion="omar's", created_at=NOW
    )
    text = the_file(known.person)
    assert "omar" not in text.lower()
    assert "another-reader" not in text
    # Nor which of our people did something.
    assert "root@mail-host" not in text


def test_what_the_reader_did_is_said_to_be_theirs(known: Known) -> None:
    changes.record("subscribers set", by="the reader", at=NOW, person=known.person, after={"x": "y"})
    who = {line["who"] for line in drawn(known.person)["changes"]}
    assert who == {"the reader", "one of our people"}


def test_a_copy_says_which_edition_it_was_and_what_became_of_it(known: Known) -> None:
    file = json.loads(the_file(known.person))
    copy, test = file["copies"]
    assert (copy["list"], copy["edition"], copy["date"]) == ("space-digest", "mark-title", "2026-12-01")
    assert (copy["outcome"], copy["reason"]) == ("rejected", "refused_by_transport")
    assert copy["letter"] == {
        "subject": "mark-subject",
        "language": "en",
        "text_only": True,
        "counted": False,
    }
    assert set(copy["first"]) >= {"opened", "clicked", "machine_opened", "delivered"}
    assert [event["link"] for event in copy["events"]] == ["https://a.example/mark-link"]
    assert [(each["what"], each["which"]) for each in copy["counted_for"]] == [
        ("bounce_domain", "mark-domain.example"),
        ("bounce_reason", "5.1.1 no such mailbox"),
        ("link", "https://a.example/mark-followed"),
    ]
    assert (test["edition"], test["to"]) == ("mark-test-that-left", "nina.OLD@example.org")


def test_who_gets_test_letters_is_told_of_which_list_and_by_which_address(known: Known) -> None:
    testers.add(a_list("other"), ["omar@example.org"], by="ed", at=NOW)
    told = drawn(known.person)["test_lists"]
    assert [(row["list"], row["address"]) for row in told] == [("space-digest", "NINA.old@EXAMPLE.org")]


def test_a_report_that_nobody_can_read_is_told_of_without_its_words(known: Known) -> None:
    body = b"<nina@example.org> is broken, omar@example.org too"
    EventBody.objects.create(body=body, body_hash="2", received_at=NOW, fault="no JSON", applied_at=NOW)
    told = drawn(known.person)["reports_not_read_yet"]
    assert [report["says"] for report in told][1:] == [None]


def test_a_reader_of_whom_next_to_nothing_is_known_gets_a_file_too() -> None:
    nina = a_reader(a_list(), "nina@example.org")
    file = json.loads(the_file(nina.subscriber))
    assert file["email"] == "nina@example.org"
    assert file["copies"] == file["letters"] == file["requests"] == file["events_without_a_copy"] == []
    assert file["test_lists"] == file["tests_to_come"] == []


@pytest.mark.usefixtures("known")
def test_what_the_file_holds_is_what_an_erasure_takes() -> None:
    erasing.erase("nina@example.org", by="the reader", at=NOW)
    rows = {
        model._meta.db_table: list(model._default_manager.values())
        for model in apps.get_models(include_auto_created=True)
    }
    assert "nina" not in str(rows).lower()
    assert Variant.objects.exists()
