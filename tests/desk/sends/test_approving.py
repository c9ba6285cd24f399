"""An approval: of exactly what was seen, with a word for warnings, by a second person where it is wanted."""

import pytest

from mailer import editions
from mailer.accounts.models import User
from mailer.look import content_hash, look_of
from mailer.models import Approval, Edition, Revision
from subscribers import changes
from subscribers.models import List
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, now
from tests.stage import EDITION, a_list

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def edition() -> Edition:
    return a_house()[1]


def hash_of(edition: Edition) -> str:
    return content_hash(editions.newest(edition), look_of(edition.list))


def post(desk: Desk, edition: Edition, role: str = "editor", **form: str) -> tuple[int, str]:
    answer = desk(role).post(
        f"/desk/editions/{edition.pk}/approve", {"content": hash_of(edition), "word": "meant so", **form}
    )
    return answer.status_code, answer.content.decode()


def test_it_is_bound_to_the_hash_that_the_page_shows(desk: Desk, edition: Edition) -> None:
    page = desk("editor").get(f"/desk/editions/{edition.pk}/approve").content.decode()
    assert f"<code>{hash_of(edition)[:12]}</code>" in page
    assert post(desk, edition)[0] == 303
    approval = Approval.objects.get()
    assert (approval.content_hash, approval.by, approval.word) == (hash_of(edition), "Edda Lind", "meant so")
    (line,) = [line for line in changes.listing() if line["what"] == "editions approve"]
    assert (line["who"], line["subject"]) == ("Edda Lind", f"edition {edition.pk}")


def test_what_has_changed_since_it_was_seen_is_not_approved(desk: Desk, edition: Edition) -> None:
    seen = hash_of(edition)
    editions.revise(edition, EDITION.replace(b"flew", b"fell"), author="ed", now=now())
    status, page = post(desk, edition, content=seen)
    assert status == 409
    assert "It has changed since you saw it" in page
    assert not Approval.objects.exists()


def test_warnings_want_a_word(desk: Desk, edition: Edition) -> None:
    status, page = post(desk, edition, word="  ")
    assert status == 422
    assert 'aria-invalid="true"' in page
    assert not Approval.objects.exists()


def test_errors_stand_in_the_way_each_with_a_link_to_its_line(desk: Desk) -> None:
    owner = a_house()[0]
    text = EDITION.replace(b"The rocket flew.", b"The rocket flew over {{place}}.")
    broken = editions.import_text(
        owner, text.replace(b"elsewhere", b"Nairobi"), author="ed", now=now()
    ).edition
    page = desk("editor").get(f"/desk/editions/{broken.pk}/approve").content.decode()
    assert f'href="/desk/editions/{broken.pk}#L8"' in page
    assert "<button" not in page.split("<main")[1].split("</main")[0]
    assert post(desk, broken)[0] == 409
    assert not Approval.objects.exists()


def test_the_author_is_told_plainly_that_somebody_else_must_and_who_may(desk: Desk, edition: Edition) -> None:
    List.objects.update(second_approval=True)
    desk("sender")
    Revision.objects.update(author="Edda Lind")
    page = desk("editor").get(f"/desk/editions/{edition.pk}/approve").content.decode()
    assert "You wrote this text, and Space Digest wants a second person’s word" in page
    assert "<dd>Sam Njoroge</dd>" in page
    status, page = post(desk, edition)
    assert status == 409
    assert not Approval.objects.exists()
    assert post(desk, edition, "sender")[0] == 303


def test_of_two_who_both_wrote_neither_approves_and_both_are_told_who_may_or_what_to_do(
    desk: Desk, edition: Edition
) -> None:
    List.objects.update(second_approval=True)
    sam, edda, path = desk("sender"), desk("editor"), f"/desk/editions/{edition.pk}"
    Revision.objects.update(author="Sam Njoroge", author_user=User.objects.get(role="sender"))
    line = EDITION.decode().split("{africa}")[0].count("\n") + 1
    tagged = {"base": "1", "line": str(line), "do": "tag", "interest": "china"}
    assert edda.post(f"{path}/board/change", tagged).status_code == 303
    for client, other in ((sam, "Edda Lind"), (edda, "Sam Njoroge")):
        page = client.get(f"{path}/approve").content.decode()
        assert f"You and <bdi>{other}</bdi> wrote this text since it was last approved" in page
        assert "one of you restores, in its history, what stood before the other wrote" in page
        assert 'name="content"' not in page
    status, page = post(desk, edition, "sender")
    assert status == 409
    assert "Sam Njoroge and Edda Lind wrote edition" in page
    assert sam.post(f"{path}/history", {"revision": "1", "over": "2"}).status_code == 303
    assert post(desk, edition, "sender")[0] == 409
    assert post(desk, edition)[0] == 303
    assert Approval.objects.get().by == "Edda Lind"


def test_a_viewer_approves_nothing(desk: Desk, edition: Edition) -> None:
    assert post(desk, edition, "viewer")[0] == 403
    assert desk("viewer").get(f"/desk/editions/{edition.pk}/approve").status_code == 403


def test_there_is_no_edition_of_another_number(desk: Desk) -> None:
    for number in (999, 10**30):
        assert desk("editor").get(f"/desk/editions/{number}/approve").status_code == 404


def test_every_text_that_is_made_at_the_desk_is_its_users(desk: Desk) -> None:
    owner = a_list()
    editor, sender = desk("editor"), desk("sender")
    edda, sam = (User.objects.get(role=role) for role in ("editor", "sender"))
    editor.post("/desk/editions/new", {"list": owner.slug, "text": EDITION.decode()})
    edition = Edition.objects.get()
    here = f"/desk/editions/{edition.pk}"
    line = EDITION.decode().split("{africa}")[0].count("\n") + 1
    deeds = [
        (sender, here, {"text": EDITION.decode().replace("flew", "fell"), "base": "1", "do": "save"}),
        (editor, f"{here}/board/change", {"base": "2", "line": str(line), "do": "tag", "interest": "china"}),
        (sender, f"{here}/board/change", {"base": "3", "to": "2", "do": "undo"}),
        (editor, f"{here}/history", {"revision": "1", "over": "4"}),
    ]
    whose = [edda.pk]
    for client, address, form in deeds:
        answer = client.post(address, form)
        assert answer.status_code in (302, 303), (address, answer.content.decode())
        whose.append(edda.pk if client is editor else sam.pk)
        assert list(Revision.objects.order_by("number").values_list("author_user", flat=True)) == whose
