"""The report of a send: figures that were counted by hand, and nothing claimed that was not measured."""

import csv
import io
import json
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mailer.database import execute, is_postgresql
from mailer.models import Attempt, Send
from mailer.reporting import forms, of_send
from mailer.reporting.values import DomainTroubles
from subscribers.models import List
from tests.desk.conftest import Desk
from tests.desk.reporting.cast import HOSTILE, a_told_send, accept
from tests.desk.sends.cast import a_house, scheduled
from tests.stage import a_frozen_send, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
MOST = 14  # statements of a page, with the three that say who looks


def body(desk: Desk, path: str) -> str:
    answer = desk("viewer").get(path)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_the_figures_are_those_that_were_counted_by_hand(desk: Desk) -> None:
    page = body(desk, f"/desk/sends/{a_told_send().pk}/report")
    assert (
        '<p class="lead">Of 8 accepted copies 7 were delivered. 3 readers opened it, and 2 followed a link.'
        " 1 left by it, and 1 marked it as spam.</p>"
    ) in page
    assert '<b>3</b><span class="small muted">37.5\u00a0% of 8 counted; 1 by machines</span>' in page
    assert '<b>1</b><span class="small muted">14.3\u00a0% of 7 that arrived</span>' in page
    assert "5.1.1 no such mailbox" in page
    assert "1 of 7 (14.3\u00a0%), over the limit of 0.1\u00a0%" in page
    assert "fewer than 5 may be chance" in page
    assert "x.example" not in page  # fewer than five of a domain may be one person's


def test_a_domain_in_other_letters_is_readable_and_in_files_as_it_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, kept = a_told_send(), "xn--mnchen-3ya.example"
    report = replace(of_send.report(send), domains=(DomainTroubles(kept, 0, 5, 0, 0),))
    monkeypatch.setattr(of_send, "report", lambda _: report)
    page = body(desk, f"/desk/sends/{send.pk}/report")
    assert "<bdi>münchen.example</bdi>" in page
    assert kept not in page
    assert kept in body(desk, f"/desk/sends/{send.pk}/report?form=csv")


def test_opens_and_clicks_stand_in_the_hours_they_came(desk: Desk) -> None:
    page = body(desk, f"/desk/sends/{a_told_send().pk}/report")
    assert '<th scope="row" class="number">0–1</th><td class="right">3</td><td class="right">1</td>' in page
    assert (
        '<th scope="row" class="number">1–2</th><td class="right">0</td><td class="right">0</td>'
        '<td class="right">2</td><td class="right">0</td>'
    ) in page


def test_what_editors_and_strangers_write_is_escaped(desk: Desk) -> None:
    page = body(desk, f"/desk/sends/{a_told_send().pk}/report")
    assert "=SUM(A1) &lt;i&gt;&#34;Wenchang&#34;&lt;/i&gt;" in page
    assert "<b>bold</b>" not in page
    assert 'href="https://a.example/wenchang?a=1&amp;b=&#39;x&#39;" rel="noreferrer"' in page


def test_a_file_says_what_the_page_says_and_runs_in_no_spreadsheet(desk: Desk) -> None:
    send = a_told_send()
    answer = desk("viewer").get(f"/desk/sends/{send.pk}/report?form=csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="send-{send.pk}-report.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == list(forms.COLUMNS)
    assert ["stories", f"'{HOSTILE}", "china", "2", "1"] in rows
    assert ["events", "delivered", "", "7", ""] in rows
    told = json.loads(desk("viewer").get(f"/desk/sends/{send.pk}/report?form=json").content)
    assert told["opened"] == {"people": 3, "machines": 1}
    assert told["accepted"] == of_send.report(send).ledger.outcomes["accepted"]


def test_a_list_that_does_not_count_says_so_and_shows_no_nought(desk: Desk) -> None:
    owner = a_list()
    List.objects.update(tracked=False)
    owner.refresh_from_db()
    a_reader(owner, "nina@x.example")
    send = a_frozen_send(owner)
    accept(send)
    page = body(desk, f"/desk/sends/{send.pk}/report")
    assert "Who opened and clicked is not measured." in page
    assert "Not measured: the list does not count opens and clicks." in page
    assert page.count('<b class="none">not measured</b>') == 2
    assert '<td role="cell" class="right" data-label="People"><span class="muted">not measured</span>' in page
    assert '"people": null' in desk("viewer").get(f"/desk/sends/{send.pk}/report?form=json").content.decode()


def test_what_a_relay_does_not_tell_is_not_measured(desk: Desk) -> None:
    owner = a_list()
    a_reader(owner, "nina@x.example")
    send = a_frozen_send(owner)
    accept(send)
    Attempt.objects.update(transport="smtp")
    page = body(desk, f"/desk/sends/{send.pk}/report")
    assert "1 copy was accepted; how many were delivered is not measured." in page
    assert "whether anybody complained is not measured" in page
    assert "Not measured; the limit is 0.1\u00a0%" in page
    assert "Not measured: what a mail server refuses later comes back to the sender" in page
    assert page.count('<b class="none">not measured</b>') == 2


def test_while_an_old_send_is_counted_no_figure_is_shown(desk: Desk) -> None:
    send = a_told_send()
    Send.objects.update(tallied=False)
    page = body(desk, f"/desk/sends/{send.pk}/report")
    assert "Its figures are still being counted: look again in a minute." in page
    assert page.count('<b class="none">being counted</b>') == 5
    assert "Opened for the first time" not in page


def test_what_has_not_begun_has_nothing_to_tell(desk: Desk) -> None:
    _, edition = a_house()
    page = body(desk, f"/desk/sends/{scheduled(edition).pk}/report")
    assert "It has not begun" in page
    assert "The ledger</h2>" not in page


def test_there_is_no_report_of_another_number(desk: Desk) -> None:
    for path in ("report", "report/letter", "report/letter/shown"):
        assert desk("viewer").get(f"/desk/sends/{10**30}/{path}").status_code == 404


def test_no_page_reads_through_all_copies_or_events(desk: Desk) -> None:
    send, client = a_told_send(), desk("viewer")
    slug = send.edition.list.slug
    for path in (f"sends/{send.pk}/report", f"sends/{send.pk}/report/letter", f"lists/{slug}/report"):
        client.get(f"/desk/{path}")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/desk/{path}")
        assert len(asked) <= MOST, path
        plans = "\n".join(
            _plan(query["sql"]) for query in asked if query["sql"].lstrip()[:4] in {"SELE", "WITH"}
        )
        scans = ("Seq Scan on delivery", "Seq Scan on event", "SCAN delivery", "SCAN event", "SCAN trace")
        # An index on its own is walked where SQLite says USING; a table never is.
        assert [
            scan for scan in scans for line in plans.splitlines() if scan in line and "USING" not in line
        ] == []


def _plan(statement: str) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgresql():
            execute("SET LOCAL enable_seqscan = off")  # of so few rows it would read all
        way = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{way} {statement}")
        return "\n".join(str(row) for row in cursor.fetchall())
