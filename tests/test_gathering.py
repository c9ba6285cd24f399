"""Pictures from elsewhere become an edition's own: fetched once, from a real server, in a new revision."""

from collections.abc import Iterator

import pytest

from mailer import editions, gathering, online, pictures
from mailer.models import Edition, Picture
from tests.fetching.street import Street, a_fetcher, a_street, answer
from tests.pictures.images import drawing, photograph
from tests.stage import EDITION, NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PLACE = b"The rocket flew."


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    says = {
        "/dish.png": answer(200, "image/png", drawing()),
        "/a_(1).jpg": answer(200, "image/jpeg", photograph(300, 200)),
        "/page.html": answer(200, "text/html", b"<p>no image"),
    }
    with a_street(says) as street:
        monkeypatch.setattr(online, "fetcher", lambda: a_fetcher(street))
        yield street


def showing(*lines: str) -> Edition:
    words = "\n\n".join([*lines, PLACE.decode()])
    return an_edition(a_list(), EDITION.replace(PLACE, words.encode()))


def test_a_picture_is_fetched_kept_and_referred_to_in_a_new_revision(street: Street) -> None:
    edition = showing(
        f'![The dish]({street.url("/dish.png")} "At noon")', f"![Two]({street.url('/a_(1).jpg')})"
    )
    progress: list[tuple[int, int]] = []
    done = gathering.gather(edition, by="ed", now=NOW, told=lambda *at: progress.append(at))
    assert [one.trouble for one in done] == ["", ""]
    assert progress == [(1, 2), (2, 2)]
    revision = editions.newest(edition)
    assert (revision.number, revision.author) == (2, "ed")
    assert f'![The dish](picture:{done[0].name} "At noon")' in revision.text
    assert f"![Two](picture:{done[1].name})" in revision.text
    assert pictures.kept(done[0].name) == pictures.encode(drawing()).data
    assert {picture.source for picture in Picture.objects.all()} == {one.url for one in done}
    letter = editions.render(edition, [])
    assert letter.html.count("/pictures/") == 2
    assert 'alt="The dish"' in letter.html
    assert "[The dish]" in letter.text


def test_once_gathered_nothing_is_fetched_again(street: Street) -> None:
    edition = showing(f"![The dish]({street.url('/dish.png')})")
    gathering.gather(edition, by="ed", now=NOW)
    assert gathering.gather(edition, by="ed", now=NOW) == ()
    assert len(street.asked) == 1
    assert editions.newest(edition).number == 2


def test_what_cannot_be_had_stays_and_says_why_and_the_rest_is_kept(street: Street) -> None:
    lost, page = street.url("/gone.png"), street.url("/page.html")
    private = "http://10.0.0.7/x.png"
    edition = showing(
        f"![Gone]({lost})",
        f"![Page]({page})",
        f"![Private]({private})",
        f"![Dish]({street.url('/dish.png')})",
    )
    done = gathering.gather(edition, by="ed", now=NOW)
    troubles = [one.trouble for one in done]
    assert "answered 404" in troubles[0]
    assert "none of the kinds" in troubles[1]
    assert "none of the public web's" in troubles[2]
    assert troubles[3] == ""
    text = editions.newest(edition).text
    assert all(f"]({url})" in text for url in (lost, page, private))
    assert f"](picture:{done[3].name})" in text


def test_where_nothing_can_be_had_there_is_no_new_revision(street: Street) -> None:
    edition = showing(f"![Gone]({street.url('/gone.png')})")
    gathering.gather(edition, by="ed", now=NOW)
    assert editions.newest(edition).number == 1


def test_addresses_are_found_as_markdown_has_them() -> None:
    text = (
        "![a](https://a.example/1.png) ![b]( <https://a.example/2.png> ) \\![no](https://a.example/3.png)"
        " ![a [b] c](https://a.example/5.png) [link](https://a.example/4.png) ![c](picture:x) ![a](https://a.example/1.png)"
    )
    assert gathering.addresses(text) == tuple(f"https://a.example/{number}.png" for number in (1, 2, 5))
