"""A whole send through the sandbox: every figure of its report is what the seed says."""

import datetime as dt
import json
from dataclasses import replace
from urllib.request import urlopen

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from mailer import batches, events
from mailer.reporting import of_send
from mailer.reporting.of_troubles import FEWEST
from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.life import BRISK, SPECIAL
from mailer.tallies import checking
from mailer.tallies.reasons import said
from mailer.transports.sendgrid import SendGrid
from tests.sandbox.cast import Product, Start
from tests.sandbox.truth import FIGURES, of_report, of_requests, small_together
from tests.stage import INTERESTS, Nobody, a_frozen_send, a_list, a_reader, batches_of, body_of_request
from tests.waiting import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

MANNER = Manner(seed="27", pace=BRISK, doubles=True, shuffle=True)
NOW = dt.datetime.now(dt.UTC)


def test_every_figure_of_a_report_is_the_truth_of_the_seed(
    start: Start, product: Product, settings: Settings
) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, base_url=product.url)
    owner = a_list()
    for number in range(360):
        chosen = [slug for place, slug in enumerate(INTERESTS) if number >> place & 1]
        a_reader(
            owner,
            f"reader{number}@{'xyz'[number % 3]}.example",
            chosen,
            text_only=number % 41 == 0,
            tracked=number % 37 != 0,
        )
    for number, word in enumerate([*SPECIAL, *SPECIAL]):
        a_reader(owner, f"{word}+{number}@{'xy'[number % 2]}.example")
    send = a_frozen_send(owner)
    sandbox = start(f"{product.url}/webhook", MANNER)
    transport = SendGrid("SG.any", sandbox.url, 20)
    requests = []
    for batch in batches_of(send):
        attempt = batches.claim(batch.pk, now=NOW, lease=60)
        assert attempt is not None
        fired = batches.fire(batch.pk, attempt, transport, now=NOW)
        assert fired is not None
        requests.append(body_of_request(fired))
        assert batches.settle(batch.pk, attempt, transport.submit(fired.parcel, Nobody()), now=NOW)
    until(lambda: _waiting(sandbox) == 0)
    _take(product)

    send.refresh_from_db()
    report = of_send.report(send)
    found, true = of_report(report), small_together(of_requests(requests, MANNER), FEWEST)
    assert {name: found.figures[name] for name in FIGURES} == {name: true.figures[name] for name in FIGURES}
    # Nothing is shown to be right that does not happen.
    assert min(true.figures[name] for name in FIGURES) > 0
    assert found.links == true.links
    assert len(found.links) > len(INTERESTS)
    assert found.reasons == true.reasons
    assert {each.words for each in report.refusals or ()} == {said(code) for _, code in true.reasons}
    assert found.domains == true.domains
    hours = [(each.opened, each.clicked) for each in report.hours or ()]
    for name, place in (("opened", 0), ("clicked", 1)):
        assert sum(hour[place].people or 0 for hour in hours) == true.figures[name]
        assert sum(hour[place].machines or 0 for hour in hours) == true.figures[f"machine_{name}"]
    stories = {story.url: story.clicked for story in report.stories}
    assert {url: count.people for url, count in stories.items() if count.people} == {
        url: n for (url, who), n in true.links.items() if who == "people" and url in stories
    }
    assert list(checking.check([send.pk], now=NOW, by="ops")) == []


def _waiting(sandbox: Sandbox) -> int:
    with urlopen(f"{sandbox.url}/sandbox/progress.json", timeout=20) as answer:  # noqa: S310 - our own server
        waiting: int = json.loads(answer.read())["events_waiting"]
    return waiting


def _take(product: Product) -> None:
    """Apply what the webhook posted, in its order, and let leave who left with one click."""
    for post in product.posts:
        if post.path == "/webhook":
            number = events.store(post.body, now=NOW)
            if number is not None:
                events.apply(number, now=NOW)
        else:
            kind = post.headers["Content-Type"]
            assert Browser().post(post.path, post.body.decode(), content_type=kind).status_code == 200
