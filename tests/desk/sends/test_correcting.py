"""The second part of stopping the press: what differs, who gets it, and who may let it leave."""

import pytest

from mailer import editions, sends
from mailer.accounts.models import User
from mailer.models import Revision, Send
from subscribers.models import List
from tests.desk.conftest import Desk
from tests.desk.sends.cast import now, running
from tests.stage import EDITION

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

CORRECTED = EDITION.replace(b"The rocket flew.", b"The rocket flew on Monday.").decode()


def post(desk: Desk, send: Send, role: str = "sender", **form: str) -> tuple[int, str]:
    answer = desk(role).post(f"/desk/sends/{send.pk}/correct", {"text": CORRECTED, **form})
    return answer.status_code, answer.content.decode()


def test_the_text_is_there_to_be_corrected_with_who_will_get_it(desk: Desk) -> None:
    send = running(3)
    page = desk("editor").get(f"/desk/sends/{send.pk}/correct").content.decode()
    assert "The rocket flew." in page
    assert "Corrected text goes to 3 readers" in page


def test_what_differs_is_shown_and_nothing_changes(desk: Desk) -> None:
    send = running(3)
    status, page = post(desk, send, do="see")
    assert status == 200
    assert "<ins>" in page
    assert "End the first text, and send this to 3 readers" in page
    assert Revision.objects.count() == 1
    assert sends.find(send.pk).status == "sending"


def test_the_word_is_given_and_the_corrected_text_leaves(desk: Desk) -> None:
    send = running(3)
    assert post(desk, send, do="send")[0] == 422  # its warnings want a word
    assert sends.find(send.pk).status == "sending"
    status, _ = post(desk, send, do="send", word="so it is meant")
    assert status == 303
    assert sends.find(send.pk).status == "cancelled"
    correction = Send.objects.get(corrects=send)
    assert correction.created_by == "Sam Njoroge"
    assert correction.approval is not None
    assert correction.approval.word == "so it is meant"


def test_an_editor_sees_what_differs_and_whoever_may_send_lets_it_leave(desk: Desk) -> None:
    send = running()
    status, page = post(desk, send, "editor", do="see")
    assert status == 200
    assert "Whoever may send has to let the corrected text leave" in page
    assert post(desk, send, "editor", do="send", word="x")[0] == 403
    assert not Send.objects.filter(corrects=send).exists()


def test_a_faulty_text_stops_nothing_and_is_still_there(desk: Desk) -> None:
    send = running()
    status, page = post(desk, send, do="send", text=CORRECTED.replace("{china}", "{mars}"), word="x")
    assert status == 422
    assert "{mars}" in page
    assert f'href="/desk/editions/{send.edition_id}#L7"' in page
    assert sends.find(send.pk).status == "sending"


def test_the_very_same_text_is_no_correction(desk: Desk) -> None:
    status, page = post(desk, running(), do="see", text=EDITION.decode().replace("\n", "\r\n"))
    assert status == 422
    assert "there is nothing to correct" in page


def test_where_a_second_person_is_wanted_it_is_said_beforehand_and_who_that_may_be(desk: Desk) -> None:
    send = running()
    List.objects.update(second_approval=True)
    desk("editor")
    status, page = post(desk, send, do="see")
    assert status == 200
    assert "leaves once it is approved by Edda Lind" in page
    status, page = post(desk, send, do="send", word="meant so")
    assert status == 422
    assert "needs the word of a second person" in page
    assert sends.find(send.pk).status == "cancelled"
    edda = User.objects.get(name="Edda Lind")
    editions.approve(editions.find(send.edition_id), by=edda.by, now=now(), word="meant so")
    assert post(desk, send, do="send", word="meant so")[0] == 303


def test_a_correction_has_a_page_of_its_own_and_each_leads_to_the_other(desk: Desk) -> None:
    send = running()
    post(desk, send, do="send", word="meant so")
    correction = Send.objects.get(corrects=send)
    client = desk("viewer")
    page = client.get(f"/desk/sends/{correction.pk}").content.decode()
    assert f'href="/desk/sends/{send.pk}"' in page
    assert f'href="/desk/sends/{correction.pk}"' in client.get(f"/desk/sends/{send.pk}").content.decode()
