"""`mailer editions pictures`, as an editor uses it; what is fetched is tests/test_gathering.py's."""

import pytest

from mailer import online
from tests.commands.conftest import Mailer
from tests.fetching.street import a_fetcher, a_street, answer
from tests.pictures.images import drawing
from tests.stage import EDITION, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


def test_pictures_are_told_and_one_that_is_lost_is_a_failure(
    mailer: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_street({"/dish.png": answer(200, "image/png", drawing())}) as street:
        monkeypatch.setattr(online, "fetcher", lambda: a_fetcher(street))
        shown = f"![Dish]({street.url('/dish.png')}) ![Gone]({street.url('/gone.png')}) The rocket flew."
        edition = an_edition(a_list(), EDITION.replace(b"The rocket flew.", shown.encode()))
        ran = mailer("editions", "pictures", str(edition.pk), "--json")
        assert ran.status == 1
        kept, lost = ran.json["pictures"]
        assert kept["name"].endswith("-400x300.png")
        assert "404" in lost["trouble"]
        assert "1 of 2 pictures could not be had" in ran.err
        again = mailer("editions", "pictures", str(edition.pk))
        assert "The server answered 404" in again.out


def test_an_edition_without_says_so(mailer: Mailer) -> None:
    edition = an_edition(a_list())
    ran = mailer("editions", "pictures", str(edition.pk))
    assert ran.status == 0
    assert "shows no picture from elsewhere" in ran.err
