"""`mailer suppressions …`: against a sandbox over loopback."""

import csv
import dataclasses
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from mailer.sandbox.suppressions import SEND_ONLY_KEY
from mailer.transports.relay import parse
from subscribers.addresses import address_key
from subscribers.models import Change, Suppression
from subscribers.suppressions import suppress
from subscribers.vocabulary import Suppressed
from tests.commands.conftest import Mailer
from tests.sendgrid_lists import SendGridLists, sendgrid_lists
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

ADA, BO = "ada@x.example", "bo@x.example"
SYNC = ("suppressions", "sync")
LS = ("suppressions", "ls")


@pytest.fixture
def service(settings: Settings, tmp_path: Path) -> Iterator[SendGridLists]:
    with sendgrid_lists(tmp_path / "sandbox") as lists:
        settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, sandbox_url=lists.url)
        yield lists


def test_without_a_key_the_sandbox_is_asked_and_that_is_said(mailer: Mailer, service: SendGridLists) -> None:
    service.put("bounces", ADA, "nobody", reason="550 5.1.1 unknown")
    service.put("unsubscribes", BO)
    ran = mailer(*SYNC)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "What came into the sandbox's lists from the beginning, and soft bounces:\n"
        "from\tsuppressed as\tread\tnew\tno address\n"
        "bounces\tbounced\t2\t1\t1\n"
        "invalid emails\tbounced\t0\t0\t0\n"
        "spam reports\tcomplained\t0\t0\t0\n"
        "unsubscribes\tunsubscribed\t1\t1\t0\n"
        "soft bounces\tbounced\t\t0\t\n"
        "The sandbox is the transport: nothing leaves this machine.\n"
    )
    assert Suppression.objects.get(address_key=address_key(ADA)).reason == "bounced"


def test_a_script_is_told_the_same(mailer: Mailer, service: SendGridLists) -> None:
    service.put("spam_reports", ADA)
    told = mailer(*SYNC, "--json").json
    assert told.pop("until").endswith("Z")
    none = {"read": 0, "new": 0, "unreadable": 0}
    assert told == {
        "transport": "sandbox",
        "since": None,
        "lists": [
            {"list": "bounces", "reason": "bounced"} | none,
            {"list": "invalid_emails", "reason": "bounced"} | none,
            {"list": "spam_reports", "reason": "complained", "read": 1, "new": 1, "unreadable": 0},
            {"list": "unsubscribes", "reason": "unsubscribed"} | none,
        ],
        "soft_bounces": 0,
        "dry_run": False,
    }


def test_twice_is_no_failure_and_nothing_new(mailer: Mailer, service: SendGridLists) -> None:
    service.put("bounces", ADA, at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    assert "bounces\tbounced\t1\t1\t0\n" in mailer(*SYNC).out
    again = mailer(*SYNC)
    assert again.status == 0
    assert "bounces\tbounced\t1\t0\t0\n" in again.out
    assert again.out.startswith("What came into the sandbox's lists since 20")


def test_a_dry_run_says_that_it_was_one(mailer: Mailer, service: SendGridLists) -> None:
    service.put("bounces", ADA)
    ran = mailer(*SYNC, "--dry-run")
    assert "bounces\tbounced\t1\t1\t0\n" in ran.out
    assert "This was a dry run: nothing was written.\n" in ran.out
    assert not Suppression.objects.exists()
    assert not Change.objects.exists()


def test_since_cuts_off_what_is_older(mailer: Mailer, service: SendGridLists) -> None:
    service.put("bounces", ADA, at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    assert "since 2026-03-02 00:00 UTC" in mailer(*SYNC, "--since", "2026-03-02").out
    assert not Suppression.objects.exists()
    mailer(*SYNC, "--since", "2026-03-01")
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("since", ["yesterday", "2026-02-30", "9999-01-01", "", "2026-03-01T00:00"])
def test_a_day_that_is_none_or_to_come_is_wrong_usage(mailer: Mailer, since: str) -> None:
    wrong = mailer(*SYNC, "--since", since)
    assert (wrong.status, wrong.out) == (2, "")
    assert "--since" in wrong.err


def test_a_sandbox_that_does_not_run_is_one_clear_line(mailer: Mailer, settings: Settings) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, sandbox_url="http://127.0.0.1:9")
    failed = mailer(*SYNC)
    assert (failed.status, failed.out) == (1, "")
    assert failed.err.startswith("mailer: The sandbox at http://127.0.0.1:9 does not answer")
    assert failed.err.endswith("; is `mailer up` or `mailer sandbox` running?\n")
    assert failed.err.count("\n") == 1


def test_a_key_without_the_scope_is_one_clear_line(
    mailer: Mailer, settings: Settings, service: SendGridLists
) -> None:
    settings.CONFIGURATION = dataclasses.replace(
        settings.CONFIGURATION, sendgrid_api_key=SEND_ONLY_KEY, sendgrid_api_url=service.url
    )
    failed = mailer(*SYNC)
    assert failed.status == 1
    assert failed.err == (
        "mailer: SendGrid does not let this key read suppressions (403 access forbidden): give the key of"
        " SENDGRID_API_KEY the scope suppression.read (Suppressions: read)\n"
    )


def test_by_smtp_there_is_no_list_and_that_is_said(mailer: Mailer, settings: Settings) -> None:
    relay = parse("smtp://127.0.0.1:9?tls=none")
    smtp = dataclasses.replace(settings.CONFIGURATION.smtp, relay=relay)
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, smtp=smtp)
    assert mailer(*SYNC).out == (
        "Letters go out by SMTP: there are no lists of a service to ask. Soft bounces were counted.\n"
        "from\tsuppressed as\tread\tnew\tno address\n"
        "soft bounces\tbounced\t\t0\t\n"
    )


@pytest.fixture
def three(db: None) -> list[int]:  # noqa: ARG001 - its rows need the database
    """Three suppressions, the newest first: a stranger everywhere, then two of a reader."""
    owner = a_list()
    a_reader(owner, ADA)
    suppress(address_key(ADA), Suppressed.UNSUBSCRIBED, "one-click", NOW, owner)
    suppress(address_key(ADA), Suppressed.BOUNCED, "told by sendgrid", NOW)
    suppress(address_key(BO), Suppressed.COMPLAINED, "=HYPERLINK\tx", NOW)
    return list(Suppression.objects.order_by("-pk").values_list("pk", flat=True))


def test_suppressions_are_shown_without_an_address(mailer: Mailer, three: list[int]) -> None:
    ran = mailer(*LS)
    key, other = address_key(ADA)[:8], address_key(BO)[:8]
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "id\tkey\temail\treason\twhere\tsince\tsource\n"
        f"{three[0]}\t{other}…\t\tcomplained\tevery list\t2026-12-01 09:00 UTC\t=HYPERLINK x\n"
        f"{three[1]}\t{key}…\ta•••a@x.example\tbounced\tevery list\t2026-12-01 09:00 UTC\ttold by sendgrid\n"
        f"{three[2]}\t{key}…\ta•••a@x.example\tunsubscribed\tspace-digest\t2026-12-01 09:00 UTC\tone-click\n"
    )
    assert ADA not in mailer(*LS, "--json").out + mailer(*LS, "--csv").out


def test_scripts_get_json_or_csv(mailer: Mailer, three: list[int]) -> None:
    rows = mailer(*LS, "--json").json
    assert rows[2] == {
        "id": three[2],
        "key": address_key(ADA)[:8],
        "email": "a•••a@x.example",
        "reason": "unsubscribed",
        "list": "space-digest",
        "everywhere": False,
        "since": "2026-12-01T09:00:00Z",
        "source": "one-click",
    }
    lines = list(csv.DictReader(io.StringIO(mailer(*LS, "--csv").out)))
    assert [(line["id"], line["list"], line["since"]) for line in lines] == [
        (str(row["id"]), row["list"] or "", row["since"]) for row in rows
    ]


def test_a_page_says_how_to_go_on(mailer: Mailer, three: list[int]) -> None:
    first = mailer(*LS, "--limit", "2", "--json")
    assert [row["id"] for row in first.json] == three[:2]
    assert first.err == f"There may be more: --after {three[1]}\n"
    rest = mailer(*LS, "--limit", "2", "--after", str(three[1]), "--json")
    assert ([row["id"] for row in rest.json], rest.err) == (three[2:], "")


@pytest.mark.usefixtures("three")
def test_one_reason_or_one_list_may_be_asked_for(mailer: Mailer) -> None:
    assert [row["reason"] for row in mailer(*LS, "--reason", "complained", "--json").json] == ["complained"]
    assert len(mailer(*LS, "--list", "space-digest", "--json").json) == 3


def test_an_empty_house_has_nobody(mailer: Mailer) -> None:
    ran = mailer(*LS)
    assert (ran.status, ran.out, ran.err) == (0, "", "Nobody is suppressed, as far as was asked.\n")
    assert mailer(*LS, "--json").json == []
    assert mailer(*LS, "--csv").out == "id,key,email,reason,list,since,source\n"


@pytest.mark.parametrize(
    "nonsense",
    [
        ("--reason", "bored"),
        ("--limit", "0"),
        ("--limit", "9" * 26),
        ("--after", "-1"),
        ("--after", "9" * 26),
        ("--after", "ada@x.example"),
        ("--json", "--csv"),
    ],
)
def test_nonsense_is_wrong_usage(mailer: Mailer, nonsense: tuple[str, ...]) -> None:
    assert mailer(*LS, *nonsense).status == 2


def test_a_list_that_is_not_there_is_a_failure_in_one_line(mailer: Mailer) -> None:
    failed = mailer(*LS, "--list", "nowhere")
    assert failed.status == 1
    assert failed.err.startswith("mailer: ")
    assert failed.err.count("\n") == 1


@pytest.mark.parametrize("command", ["sync", "ls"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer suppressions {command}" in mailer("suppressions", command, "--help").out
