"""A picture of a letter is the same to all, for ever, and shown inside mail programs on the web."""

import pytest
from django.test import Client

from mailer import pictures
from tests.pictures.images import drawing, photograph
from tests.stage import NOW

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.mark.parametrize(("data", "kind"), [(drawing(), "image/png"), (photograph(), "image/jpeg")])
def test_it_comes_as_it_is_kept(data: bytes, kind: str) -> None:
    encoded = pictures.encode(data)
    name = pictures.keep(encoded, source="a", by="ed", now=NOW)
    answer = Client().get(f"/pictures/{name}")
    assert answer.content == encoded.data
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in answer.headers
    again = Client().get(f"/pictures/{name}", headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_kept_is_not_found() -> None:
    name = pictures.encode(drawing()).name
    for asked in (name, "x", "..%2f..%2fetc%2fpasswd", name[:-3] + "svg"):
        answer = Client().get(f"/pictures/{asked}", headers={"if-none-match": f'"{asked}"'})
        assert answer.status_code == 404


@pytest.mark.parametrize("asked", ["W/{tag}", '"other", {tag}', "*", '"other",W/{tag}'])
def test_whoever_has_it_already_hears_so_however_they_say_it(asked: str) -> None:
    name = pictures.keep(pictures.encode(drawing()), source="a", by="ed", now=NOW)
    headers = {"if-none-match": asked.format(tag=f'"{name}"')}
    answer = Client().get(f"/pictures/{name}", headers=headers)
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", f'"{name}"')
    assert Client().get(f"/pictures/{name}", headers={"if-none-match": '"other"'}).status_code == 200
