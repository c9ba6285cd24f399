"""The second part of stopping the press: what differs, who gets it, and who may let it leave."""

import pytest

from mailer import drafts, editions, merging, sends
from mailer.accounts.models import User
from mailer.models import Draft, Revision, Send
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


OTHERS = EDITION.replace(b"The dish turned.", b"The dish turned twice.").decode()


def test_what_another_saved_meanwhile_is_put_together_and_shown_before_it_is_sent(desk: Desk) -> None:
    send = running(3)
    page = desk("sender").get(f"/desk/sends/{send.pk}/correct").content.decode()
    assert '<input type="hidden" name="base" value="1">' in page
    drafts.save(send.edition, OTHERS, based_on=1, by="Edda Lind", now=now())
    for wanted, answered in (("see", 200), ("send", 409)):
        status, page = post(desk, send, do=wanted, base="1", word="meant so")
        assert status == answered
        assert "<bdi>Edda Lind</bdi> saved revision 2 since you opened this page." in page
        assert '<input type="hidden" name="base" value="2">' in page
        assert "The dish turned twice." in page
        assert "The rocket flew on Monday." in page
        assert Revision.objects.count() == 2
        assert sends.find(send.pk).status == "sending"
    both = drafts.together(send.edition, CORRECTED, based_on=1).text
    assert post(desk, send, do="send", base="2", word="meant so", text=both)[0] == 303
    assert Send.objects.get(corrects=send).revision.text == both


def test_where_both_changed_the_same_lines_both_texts_are_shown_and_one_settles_it(desk: Desk) -> None:
    send = running(3)
    theirs = EDITION.replace(b"The rocket flew.", b"The rocket fell.").decode()
    drafts.save(send.edition, theirs, based_on=1, by="Edda Lind", now=now())
    status, page = post(desk, send, do="send", base="1", word="meant so")
    assert status == 409
    assert "Edda Lind saved revision 2 while you wrote" in page
    assert f'action="/desk/sends/{send.pk}/correct"' in page
    assert 'name="do" value="see"' in page
    assert 'value="save"' not in page
    marked = merging.merge(EDITION.decode(), CORRECTED, theirs).text
    status, page = post(desk, send, do="send", base="2", word="meant so", text=marked)
    assert status == 422
    assert "a mark of the conflict still stands" in page
    assert not Send.objects.filter(corrects=send).exists()
    assert sends.find(send.pk).status == "sending"
    assert post(desk, send, do="send", base="2", word="meant so")[0] == 303


def test_what_is_saved_in_the_last_moment_is_not_written_over_either(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = running(3)
    together = drafts.together

    def and_then_another_saves(*args: object, **more: object) -> drafts.Together:
        both = together(*args, **more)  # type: ignore[arg-type]  # as it was called
        monkeypatch.undo()
        drafts.save(send.edition, OTHERS, based_on=1, by="Edda Lind", now=now())
        return both

    monkeypatch.setattr(drafts, "together", and_then_another_saves)
    status, page = post(desk, send, do="send", base="1", word="meant so")
    assert status == 409
    assert "The dish turned twice." in page
    assert Revision.objects.count() == 2


def test_own_text_of_the_edition_that_is_not_saved_is_told(desk: Desk) -> None:
    send = running(3)
    client = desk("sender")
    Draft.objects.create(
        edition=send.edition, who="Sam Njoroge", based_on=1, text=CORRECTED, changed_at=now()
    )
    page = client.get(f"/desk/sends/{send.pk}/correct").content.decode()
    assert "You have text that is not saved. This takes the text of revision 1, as saved on" in page


@pytest.mark.parametrize("begun", [False, True])
def test_posted_twice_it_is_said_that_the_correction_goes(desk: Desk, begun: bool) -> None:  # noqa: FBT001 - a case
    send = running(3)
    assert post(desk, send, do="send", base="1", word="meant so")[0] == 303
    correction = Send.objects.get(corrects=send)
    if begun:
        sends.prepare(correction.pk, now=now())
    form = {"text": CORRECTED.replace("\n", "\r\n"), "do": "send", "base": "1", "word": "meant so"}
    told = desk("sender").post(f"/desk/sends/{send.pk}/correct", form, follow=True)
    assert told.redirect_chain == [(f"/desk/sends/{correction.pk}", 303)]
    assert "The corrected text goes already: this is its send." in told.content.decode()
    assert Send.objects.filter(corrects=send).count() == 1
