"""What is unknown, decided: the evidence shown, asked once more, and about what was shown."""

import pytest

from mailer import reports, sends
from mailer.models import Batch, Send
from tests.desk.conftest import Desk
from tests.desk.sends.cast import busy, now

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def unknown(send: Send) -> int:
    return reports.ledger(sends.find(send.pk)).outcomes["unknown"]


def about(send: Send) -> str:
    return ",".join(str(batch.pk) for batch in Batch.objects.filter(send=send, state="unknown"))


@pytest.mark.parametrize(
    ("decision", "said", "becomes"),
    [
        ("send-again", "Each of them may get it twice, which cannot be undone.", "pending"),
        ("leave-out", "Each of them may not have it.", "not_confirmed"),
    ],
)
def test_a_decision_is_asked_with_its_consequence_and_then_done(
    desk: Desk, decision: str, said: str, becomes: str
) -> None:
    send = busy()
    path = f"/desk/sends/{send.pk}/unknown/{decision}"
    page = desk("sender").get(path).content.decode()
    assert said in page
    assert "gave no answer that was heard" in page
    assert unknown(send) == 300
    before = reports.ledger(send).outcomes[becomes]
    assert desk("sender").post(path, {"about": about(send)}).status_code == 303
    assert unknown(send) == 0
    assert reports.ledger(send).outcomes[becomes] == before + 300


def test_what_was_not_shown_is_not_decided(desk: Desk) -> None:
    send = busy()
    answer = desk("sender").post(f"/desk/sends/{send.pk}/unknown/send-again", {"about": "1,2"})
    assert answer.status_code == 409
    assert "look again at who is in doubt now" in answer.content.decode()
    assert unknown(send) == 300


def test_nothing_can_be_decided_before_its_time(desk: Desk) -> None:
    send = busy()
    Batch.objects.filter(state="unknown").update(fired_at=now())
    page = desk("sender").get(f"/desk/sends/{send.pk}/unknown/leave-out").content.decode()
    assert "cannot be decided about yet" in page
    assert '<button class="btn stop">' not in page
    assert "They can be decided about from" in desk("sender").get(f"/desk/sends/{send.pk}").content.decode()


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_whoever_may_send_decides(desk: Desk, role: str) -> None:
    send = busy()
    for decision in ("send-again", "leave-out"):
        path = f"/desk/sends/{send.pk}/unknown/{decision}"
        assert desk(role).post(path, {"about": about(send)}).status_code == 403
    assert unknown(send) == 300


def test_there_is_no_third_decision(desk: Desk) -> None:
    assert desk("sender").get(f"/desk/sends/{busy().pk}/unknown/forget").status_code == 404
