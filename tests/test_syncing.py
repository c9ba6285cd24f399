"""Suppressions brought up to date: from a sandbox over loopback, page by page, as often as one likes."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from pytest_django import Settings
from sendgrid import SendGridAPIClient

from mailer import syncing
from mailer.sandbox.suppressions import SEND_ONLY_KEY
from mailer.syncing import Synced, SyncError
from mailer.transports.relay import parse
from mailer.transports.sendgrid_suppressions import PAGE
from subscribers import changes
from subscribers.addresses import address_key
from subscribers.models import Change, Consent, Subscription, Suppression
from tests.sendgrid_lists import NOW, THEN, SendGridLists, sendgrid_lists
from tests.stage import a_list, a_reader
from tests.waiting import until

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ADA, BO, CY, DI = (f"{name}@x.example" for name in ("ada", "bo", "cy", "di"))


@pytest.fixture
def service(settings: Settings, tmp_path: Path) -> Iterator[SendGridLists]:
    with sendgrid_lists(tmp_path / "sandbox") as lists:
        settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, sandbox_url=lists.url)
        yield lists


def with_key(settings: Settings, service: SendGridLists, key: str = "SG.ours") -> None:
    settings.CONFIGURATION = dataclasses.replace(
        settings.CONFIGURATION, sendgrid_api_key=key, sendgrid_api_url=service.url
    )


def sync(now: dt.datetime = NOW, **how: object) -> Synced:
    return syncing.sync(by="ann", now=now, pause=nobody_waits, **how)  # type: ignore[arg-type]  # as a test says


def nobody_waits(seconds: float) -> None:
    raise AssertionError(f"somebody waits {seconds} s")


def new(synced: Synced) -> dict[str, int]:
    return {read.list: read.new for read in synced.lists if read.new}


def lines() -> list[Change]:
    return list(changes.as_told().filter(what="suppressions sync").order_by("pk"))


def suppressed(address: str) -> list[tuple[str, str | None, dt.datetime, str]]:
    rows = Suppression.objects.filter(address_key=address_key(address), lifted_at=None).order_by("pk")
    return list(rows.values_list("reason", "list__slug", "at", "source"))


def test_each_list_says_why_and_blocks_say_nothing(service: SendGridLists) -> None:
    service.put("bounces", ADA, reason=f"550 5.1.1 {ADA} unknown", status="5.1.1")
    service.put("invalid_emails", BO, reason="Known bad domain")
    service.put("spam_reports", CY)
    service.put("unsubscribes", DI)
    service.put("blocks", "ed@x.example", reason="552 5.2.2 mailbox full")
    synced = sync()
    assert new(synced) == {"bounces": 1, "invalid_emails": 1, "spam_reports": 1, "unsubscribes": 1}
    assert suppressed(ADA) == [("bounced", None, THEN, "The sandbox's bounce list: 550 5.1.1 … unknown")]
    invalid = "The sandbox's list of invalid addresses: Known bad domain"
    assert suppressed(BO) == [("bounced", None, THEN, invalid)]
    assert suppressed(CY) == [("complained", None, THEN, "The sandbox's list of spam reports")]
    assert suppressed(DI) == [("unsubscribed", None, THEN, "The sandbox's list of global unsubscribes")]
    assert suppressed("ed@x.example") == []


def test_what_came_of_real_letters_is_known_without_any_webhook(service: SendGridLists) -> None:
    names = ("bounce", "late-bounce", "block", "invalid", "complain", "unsubscribe", "open")
    client = SendGridAPIClient("SG.any", host=service.url)
    client.client.mail.send.post(
        request_body={
            "personalizations": [{"to": [{"email": f"{name}@x.example"}]} for name in names],
            "from": {"email": "news@x.example"},
            "subject": "Space",
            "content": [{"type": "text/html", "value": "<p>News</p>"}],
        }
    )
    wanted = {"bounces": 2, "invalid_emails": 1, "spam_reports": 1, "unsubscribes": 1}
    found: dict[str, int] = {}

    def all_came() -> bool:
        now = dt.datetime.now(dt.UTC)
        for name, count in new(sync(now)).items():
            found[name] = found.get(name, 0) + count
        return found == wanted

    until(all_came)


def test_a_second_sync_asks_from_a_day_before_the_first_and_finds_nothing_new(service: SendGridLists) -> None:
    service.put("bounces", ADA)
    first = sync()
    assert (first.since, new(first)) == (None, {"bounces": 1})
    service.put("bounces", BO, at=NOW - DAY)
    service.put("bounces", CY, at=NOW - DAY - HOUR)  # longer ago than anybody is late
    second = sync()
    assert (second.since, new(second)) == (NOW - DAY, {"bounces": 1})
    assert (suppressed(BO)[0][0], suppressed(CY)) == ("bounced", [])
    assert new(sync()) == {}
    whole = sync(since=dt.datetime.fromtimestamp(0, dt.UTC))
    assert (whole.lists[0].read, new(whole)) == (3, {"bounces": 1})


def test_each_sync_is_one_line_of_the_audit_log(service: SendGridLists) -> None:
    service.put("spam_reports", ADA)
    sync()
    [line] = lines()
    assert (line.who, line.what, line.at, f"http://{line.subject}") == (
        "ann",
        "suppressions sync",
        NOW,
        service.url,
    )
    assert line.after.pop("account")
    assert line.after == {
        "since": None,
        "until": NOW.isoformat(),
        "complete": True,
        "new": {"bounces": 0, "invalid_emails": 0, "spam_reports": 1, "unsubscribes": 0},
    }


def test_a_sync_that_ends_half_way_has_its_line_and_the_next_one_reads_all_again(
    service: SendGridLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.put("bounces", ADA)
    service.put("unsubscribes", BO)

    class PulledError(Exception):
        """The plug is pulled."""

    def pull(*_: object) -> None:
        raise PulledError

    end_subscriptions = getattr(syncing, "_end_subscriptions")  # noqa: B009 - a private function is put back
    monkeypatch.setattr(syncing, "_end_subscriptions", pull)
    with pytest.raises(PulledError):
        sync()
    monkeypatch.setattr(syncing, "_end_subscriptions", end_subscriptions)
    [line] = lines()
    assert (line.after["complete"], line.after["new"]["bounces"]) == (False, 1)
    assert (suppressed(ADA)[0][0], suppressed(BO)) == ("bounced", [])
    again = sync()
    assert (again.since, new(again)) == (None, {"unsubscribes": 1})
    assert [each.after["complete"] for each in lines()] == [False, True]


def test_a_sync_of_some_days_leaves_no_gap_behind_it(service: SendGridLists) -> None:
    service.put("bounces", ADA)
    assert new(sync(since=NOW - DAY)) == {}
    assert new(sync()) == {"bounces": 1}
    assert sync(since=NOW - 2 * DAY).since == NOW - 2 * DAY
    assert sync(NOW + DAY / 48).since == NOW - DAY


def test_another_account_is_asked_from_the_beginning(service: SendGridLists, settings: Settings) -> None:
    service.put("bounces", ADA)
    sync()
    with_key(settings, service)
    assert sync().since is None
    assert sync().since is not None
    with_key(settings, service, "SG.theirs")
    assert sync().since is None
    assert not any("SG." in str(line.after) for line in lines())


@pytest.mark.usefixtures("service")
def test_a_clock_that_was_ahead_keeps_nothing_unread() -> None:
    sync(NOW + 90 * DAY)
    assert sync().since == NOW - DAY


def test_a_dry_run_counts_the_same_and_writes_nothing(service: SendGridLists) -> None:
    service.put("bounces", ADA, BO)
    service.put("invalid_emails", BO, CY)
    service.put("unsubscribes", ADA)
    reader = a_reader(a_list(), ADA)
    tried = sync(dry_run=True)
    assert not Suppression.objects.exists()
    assert not lines()
    reader.refresh_from_db()
    assert reader.status == "active"
    assert new(tried) == new(sync()) == {"bounces": 2, "invalid_emails": 1, "unsubscribes": 1}


def test_what_was_lifted_or_agreed_to_later_stays(service: SendGridLists) -> None:
    owner = a_list()
    service.put("bounces", ADA, BO)
    sync()
    Suppression.objects.filter(address_key=address_key(ADA)).update(lifted_at=NOW)
    Suppression.objects.filter(address_key=address_key(BO)).update(lifted_at=THEN - HOUR)
    service.put("unsubscribes", CY)
    cy = a_reader(owner, CY)
    Consent.objects.create(
        subscriber=cy.subscriber, list=owner, action="confirmed", at=THEN + HOUR, how="form"
    )
    assert new(sync(since=THEN)) == {"bounces": 1}
    assert suppressed(ADA) == []
    assert len(suppressed(BO)) == 1
    cy.refresh_from_db()
    assert cy.status == "active"


def test_who_left_through_the_service_is_off_every_list_with_evidence(service: SendGridLists) -> None:
    lists = [a_list(), a_list("second")]
    for owner in lists:
        a_reader(owner, DI)
    service.put("unsubscribes", DI, "stranger@y.example")
    assert new(sync()) == {"unsubscribes": 2}
    assert set(Subscription.objects.values_list("status", flat=True)) == {"unsubscribed"}
    evidence = Consent.objects.values_list("action", "how", "at")
    assert list(evidence) == [("withdrawn", "The sandbox's list of global unsubscribes", THEN)] * 2
    assert None in {slug for _, slug, *_ in suppressed(DI)}
    assert new(sync()) == {}


def test_what_names_no_address_is_counted_and_stops_nothing(service: SendGridLists) -> None:
    service.put("invalid_emails", "nobody", "a@@b", "üñ@x.example", BO)
    [read] = [each for each in sync().lists if each.list == "invalid_emails"]
    assert (read.read, read.new, read.unreadable) == (4, 1, 3)


def test_the_source_fits_its_column_and_holds_no_address(service: SendGridLists) -> None:
    service.put("bounces", ADA, reason=f"550 <{ADA}> ada is away, ask bo@y.example " + "x" * 900)
    sync()
    source = suppressed(ADA)[0][3]
    assert len(source) == 200
    assert source.startswith("The sandbox's bounce list: 550 <…> … is away, ask … xxx")


def people(count: int) -> list[str]:
    return [f"reader{n}@x.example" for n in range(count)]


def test_who_comes_in_meanwhile_moves_nobody_to_another_page(service: SendGridLists) -> None:
    service.put("bounces", *people(PAGE + 40))
    late: list[int] = []

    def progress(step: str, done: int, _total: int | None) -> None:
        if step == "bounces" and not late:
            late.append(done)
            service.put("bounces", *(f"late{n}@x.example" for n in range(30)), at=NOW + HOUR / 2)

    synced = sync(progress=progress)
    assert late == [PAGE]
    assert (synced.lists[0].read, synced.lists[0].new) == (PAGE + 40, PAGE + 40)
    assert new(sync(NOW + HOUR)) == {"bounces": 30}


def test_killed_in_the_middle_it_keeps_what_it_has_and_is_run_again(service: SendGridLists) -> None:
    service.put("bounces", *people(PAGE + 40))
    service.put("spam_reports", ADA)

    def killed(_step: str, _done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(progress=killed)
    assert Suppression.objects.count() == PAGE
    again = sync()
    assert again.since is None
    assert new(again) == {"bounces": 40, "spam_reports": 1}
    assert Suppression.objects.count() == PAGE + 41


def test_a_key_without_the_scope_is_one_line_and_what_was_written_stays(
    service: SendGridLists, settings: Settings
) -> None:
    with_key(settings, service, SEND_ONLY_KEY)
    with pytest.raises(SyncError, match=r"SendGrid does not let this key read .* scope suppression\.read"):
        sync()
    assert not lines()


def test_by_smtp_there_is_nobody_to_ask(settings: Settings) -> None:
    relay = parse("smtp://127.0.0.1:9?tls=none")
    smtp = dataclasses.replace(settings.CONFIGURATION.smtp, relay=relay)
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, smtp=smtp)
    synced = sync()
    assert (synced.transport, synced.lists, synced.soft_bounces) == ("smtp", (), 0)


def test_at_night_trouble_is_logged_and_raises_nothing(settings: Settings) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, sandbox_url="http://127.0.0.1:9")
    with structlog.testing.capture_logs() as logged:
        syncing.nightly(now=NOW)
    [line] = logged
    assert line["event"] == "suppressions were not synced"
    assert line["why"].startswith("The sandbox at http://127.0.0.1:9 does not answer")


def test_at_night_the_timetable_signs(service: SendGridLists) -> None:
    service.put("bounces", ADA)
    with structlog.testing.capture_logs() as logged:
        syncing.nightly(now=NOW)
    assert logged[-1]["bounces"] == 1
    assert [line.who for line in lines()] == ["the timetable"]
    assert not any("@" in str(line) for line in logged)
