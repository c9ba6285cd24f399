"""A whole send by SMTP to readers who follow a script: every figure of its report is what they did."""

import datetime as dt

import pytest

from mailer import events
from mailer.reporting import of_send
from mailer.reporting.values import Count, DomainTroubles, Refused
from mailer.tallies import checking
from mailer.tracking import applying
from mailer.webhooks.bounces import hear
from tests.stage import a_frozen_send, a_list, a_reader, delivery_of
from tests.tracking.letters import by_smtp, leave
from tests.tracking.readers import APPLE, SCRIPT, act, links_followed
from tests.webhooks.cast import mail

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_every_figure_of_a_report_is_what_the_script_says() -> None:
    now = dt.datetime.now(dt.UTC)
    owner = a_list()
    for reader in SCRIPT:
        a_reader(owner, reader.address, text_only=reader.text_only, tracked=reader.tracked)
    send = a_frozen_send(owner)
    with by_smtp("bounces@b.example.org") as server:
        letters = leave(send, server, now)
        for reader in SCRIPT:
            act(reader, letters[reader.address])
            if reader.mail:
                heard = hear(mail(reader.mail, delivery_of(send, reader.address).pk), recipient="", now=now)
                assert events.take(heard.events, source=events.MAIL, now=now) == 1
        while newest := applying.waiting():
            applying.apply_until(*newest, now=now)
        send.refresh_from_db()
        report = of_send.report(send)

    assert report.ledger.outcomes["accepted"] == len(SCRIPT)
    assert report.counted == sum(reader.counted for reader in SCRIPT)
    # A relay takes a letter, and tells nobody what became of it; what comes back by mail is measured.
    assert report.delivered is report.dropped is None
    assert (report.deferred, report.blocked) == (0, 0)
    assert (report.bounced, report.complained, report.unsubscribed) == (2, 1, 3)
    assert report.opened == Count(
        people=sum(any(agent != APPLE for agent in reader.opens) for reader in SCRIPT),
        machines=sum(APPLE in reader.opens for reader in SCRIPT),
    )
    assert report.clicked == Count(
        people=sum(bool(reader.follows) for reader in SCRIPT),
        machines=sum(reader.scanned for reader in SCRIPT),
    )
    followed = {url: Count(*both) for url, both in links_followed(SCRIPT).items()}
    assert {link.url: link.clicked for link in report.links} == followed
    assert {story.url: story.clicked for story in report.stories} == followed
    assert {each.slug: each.clicked for each in report.interests} == {
        interest: followed[url]
        for interest, url in zip(("china", "africa", "russia", "south-asia"), followed, strict=True)
    }
    assert report.refusals == (Refused("bounced", 5_001_001, "5.1.1 no such mailbox", 2),)
    # Three troubles at one domain may be one person's.
    assert report.domains == (DomainTroubles(None, deferred=0, bounced=2, blocked=0, complained=1),)
    assert sum(hour.opened.people or 0 for hour in report.hours or ()) == report.opened.people
    assert sum(hour.clicked.machines or 0 for hour in report.hours or ()) == report.clicked.machines
    assert list(checking.check([send.pk], now=now, by="ops")) == []
