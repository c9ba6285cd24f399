"""Test sends: to named addresses, outside approval and once-a-reader, never outside suppression."""

import orjson
import pytest

from mailer import sends
from mailer.models import Delivery, Edition, Send
from mailer.sends import SendError
from subscribers.addresses import address_key
from subscribers.suppressions import suppress
from subscribers.vocabulary import Suppressed
from tests.provider import Provider
from tests.sends.cast import deliver_all, mailed, shown, text_to
from tests.stage import NOW, a_list, a_reader, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def a_trial(edition: Edition, *addresses: str) -> Send:
    send = sends.test(edition, addresses, None, by="ann", now=NOW)
    sends.prepare(send.pk, now=NOW)
    deliver_all(send)
    return sends.find(send.pk)


def test_a_stranger_gets_everything_and_a_subscriber_their_own_letter(sendgrid: Provider) -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example", ["africa"])
    send = a_trial(an_edition(owner), "ada@x.example", "stranger@y.example")
    assert shown(send) == {"status": "done", "accepted": 2}
    assert "The rocket flew." not in text_to(sendgrid, "ada@x.example")
    assert "The dish turned." in text_to(sendgrid, "ada@x.example")
    assert "The rocket flew." in text_to(sendgrid, "stranger@y.example")
    assert all(orjson.loads(body)["subject"].startswith("[Test]") for _, _, body in sendgrid.asked)


def test_who_is_suppressed_gets_no_test_either(sendgrid: Provider) -> None:
    owner = a_list()
    suppress(address_key("bo@x.example"), Suppressed.COMPLAINED, "test", NOW)
    send = a_trial(an_edition(owner), "bo@x.example", "cy@x.example")
    assert shown(send) == {"status": "done", "accepted": 1, "excluded": 1}
    assert set(mailed(sendgrid)) == {"cy@x.example"}


def test_who_is_suppressed_between_freeze_and_request_gets_none(sendgrid: Provider) -> None:
    send = sends.test(an_edition(a_list()), ["bo@x.example"], None, by="ann", now=NOW)
    sends.prepare(send.pk, now=NOW)
    suppress(address_key("bo@x.example"), Suppressed.COMPLAINED, "test", NOW)
    deliver_all(send)
    assert shown(send) == {"status": "done", "excluded": 1}
    assert sendgrid.asked == []


def test_a_test_takes_nothing_from_the_send_that_follows(sendgrid: Provider) -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    edition = an_edition(owner)
    for _ in range(2):
        a_trial(edition, "ada@x.example", "ADA@x.example")
    edition.refresh_from_db()
    assert edition.status == "draft"
    send = a_send(edition)
    sends.prepare(send.pk, now=NOW)
    deliver_all(send)
    assert shown(send) == {"status": "done", "accepted": 1}
    assert mailed(sendgrid) == {"ada@x.example": 3}
    assert Delivery.objects.filter(edition=edition).count() == 1


@pytest.mark.parametrize("count", [0, 51])
def test_a_test_goes_to_a_few_people(count: int) -> None:
    edition = an_edition(a_list())
    with pytest.raises(SendError, match="1 to 50"):
        sends.test(edition, [f"r{n}@x.example" for n in range(count)], None, by="ann", now=NOW)
    assert not Send.objects.exists()


def test_what_is_no_address_makes_no_test() -> None:
    with pytest.raises(SendError, match="ada at home"):
        sends.test(an_edition(a_list()), ["ada at home"], None, by="ann", now=NOW)
    assert not Send.objects.exists()


def test_a_test_is_not_corrected() -> None:
    send = sends.test(an_edition(a_list()), ["ada@x.example"], None, by="ann", now=NOW)
    with pytest.raises(SendError, match="is a test"):
        sends.correct(send.pk, b"", by="ann", now=NOW)
