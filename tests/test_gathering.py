"""Pictures from elsewhere become an edition's own: fetched once, from a real server, in a new revision."""

from collections.abc import Iterator
from pathlib import Path

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


def test_what_somebody_wrote_while_pictures_came_stays(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = street.url("/dish.png")
    edition = showing(f"![The dish]({url})")
    fetcher = a_fetcher(street)
    newer = editions.newest(edition).text.replace(PLACE.decode(), "Mended by Anna.")

    class Meanwhile(type(fetcher)):  # type: ignore[misc]  # a class of the instance at hand
        def read(self, *asked: object) -> object:
            editions.revise(edition, newer.encode(), author="anna", now=NOW)
            return super().read(*asked)

    monkeypatch.setattr(online, "fetcher", lambda: Meanwhile(**vars(fetcher)))
    (one,) = gathering.gather(edition, by="ed", now=NOW)
    revision = editions.newest(edition)
    assert (revision.number, revision.author) == (3, "ed")
    assert "Mended by Anna." in revision.text
    assert f"![The dish](picture:{one.name})" in revision.text


def test_images_by_reference_and_in_angles_are_gathered_and_code_is_left_alone(street: Street) -> None:
    dish, spaced = street.url("/dish.png"), street.url("/a b.png")
    street.says["/a%20b.png"] = answer(200, "image/png", drawing(300, 200))
    edition = showing(
        f"![By name][dish] and ![dish][] and `![code]({street.url('/code.png')})`",
        f'![Angles](<{spaced}> "Title")',
        f"```\n![fence]({street.url('/fence.png')})\n```",
        f"[dish]: {dish}",
    )
    first, second = gathering.gather(edition, by="ed", now=NOW)
    assert (first.url, second.url) == (dish, spaced.replace(" ", "%20"))
    text = editions.newest(edition).text
    assert f"[dish]: picture:{first.name}" in text
    assert f'![Angles](picture:{second.name} "Title")' in text
    assert f"`![code]({street.url('/code.png')})`" in text
    assert len(street.asked) == 2
    assert editions.render(edition, []).html.count("/pictures/") == 3


def test_what_the_text_cannot_be_written_anew_for_says_so(street: Street) -> None:
    dish = street.url("/dish.png")
    edition = showing("![No scheme](//a.example/x.png)", f"![Seen][dish], [linked][dish].\n\n[dish]: {dish}")
    troubles = [one.trouble for one in gathering.gather(edition, by="ed", now=NOW)]
    assert "write https: before it" in troubles[0]
    assert "A link leads to the same address" in troubles[1]
    assert (editions.newest(edition).number, street.asked) == (1, [])


def test_a_picture_of_many_megabytes_is_taken_and_one_of_too_many_is_told_so(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = drawing() + b"\0" * 6_000_000  # what stands behind the image is none of it
    street.says["/large.png"] = answer(200, "image/png", large)
    edition = showing(f"![Large]({street.url('/large.png')})")
    (one,) = gathering.gather(edition, by="ed", now=NOW)
    assert one.trouble == ""
    owner = edition.list
    monkeypatch.setattr(gathering, "LARGEST", 1_000_000)
    again = an_edition(owner, EDITION.replace(PLACE, f"![L]({street.url('/large.png')})".encode()))
    (one,) = gathering.gather(again, by="ed", now=NOW)
    assert one.trouble.startswith("It is larger than 1 MB; make it smaller")


def test_a_picture_on_which_a_decoder_stumbles_loses_nothing_of_the_others(street: Street) -> None:
    broken = (Path(__file__).parent / "pictures" / "damaged" / "crash-1.bin").read_bytes()
    street.says["/broken.tif"] = answer(200, "image/tiff", broken)
    edition = showing(f"![Dish]({street.url('/dish.png')})", f"![Broken]({street.url('/broken.tif')})")
    dish, other = gathering.gather(edition, by="ed", now=NOW)
    assert "damaged or cut off" in other.trouble
    assert dish.name in editions.newest(edition).text
