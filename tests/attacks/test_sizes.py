"""Bodies that are too large or have no length; slow ones are tests/web/test_patience.py's."""

from typing import Any

import pytest
from django.test import Client

from mailer.web.arriving import FORM, REPORT, largest
from subscribers.models import Subscription
from tests.attacks.addresses import ROUTES, address, with_forms
from tests.web.stored import every_row

pytestmark = pytest.mark.usefixtures("db")

TYPES = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]


class Untouched:
    """A body that nobody may look at."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError(f"{size} octets were asked for")

    readline = read


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("route", [each for each in ROUTES if each != "u/<str:token>"])
def test_what_is_too_large_is_refused_before_it_is_read(route: str, kind: str) -> None:
    there = address(route)
    before = every_row()
    for more in (1, FORM, REPORT, 10**12):
        length = str(largest(there.path) + more)
        environ: dict[str, Any] = {"wsgi.input": Untouched(), "CONTENT_LENGTH": length}
        answer = Client().generic("POST", there.path, b"", kind, **environ)
        assert answer.status_code == 413
    assert every_row() == before


@pytest.mark.parametrize("route", [each for each in with_forms() if each != "u/<str:token>"])
def test_what_has_no_length_is_refused_before_it_is_read(route: str) -> None:
    there = address(route)
    before = every_row()
    for length in ("", "0", "9"):
        environ: dict[str, Any] = {"wsgi.input": Untouched(), "CONTENT_LENGTH": length}
        client = Client(headers={"transfer-encoding": "chunked"})
        answer = client.generic("POST", there.path, b"", TYPES[0], **environ)
        assert answer.status_code == 400
    assert every_row() == before


def test_a_limit_applies_to_the_path_and_not_to_what_looks_like_it() -> None:
    for path in ("/webhooks", "/Webhooks/sendgrid", "/u/../webhooks/sendgrid", "/preferences/webhooks/"):
        assert largest(path) == FORM


@pytest.mark.parametrize("kind", TYPES)
def test_who_leaves_with_far_too_many_words_leaves(kind: str) -> None:
    there = address("u/<str:token>")
    body = b"List-Unsubscribe=One-Click&" + b"a" * (FORM + 1)
    assert Client().post(there.path, body, content_type=kind).status_code == 200
    assert Subscription.objects.get().status == "unsubscribed"


@pytest.mark.parametrize("route", with_forms())
@pytest.mark.parametrize("field", ["a", "interest", "also", "email"])
def test_a_form_of_a_thousand_fields_is_refused(route: str, field: str) -> None:
    there = address(route)
    before = every_row()
    body = "&".join([f"{field}=x"] * 1000)
    answer = Client().post(there.path, body, content_type=TYPES[0])
    if route == "u/<str:token>":
        assert answer.status_code == 200
        assert Subscription.objects.get().status == "unsubscribed"
    elif there.form == {}:
        assert answer.status_code in {200, 400}  # the token alone is the wish: nobody looks at the fields
    else:
        assert answer.status_code == 400
        assert every_row() == before


@pytest.mark.parametrize("route", ROUTES)
def test_a_thousand_parameters_in_an_address_break_nothing(route: str) -> None:
    there = address(route)
    before = {name: rows for name, rows in every_row().items() if name != "glimpse"}
    for query in ("&".join(["lang=x"] * 1000), "lang=" + "x" * 4000, "%00" * 1000, "lang[]=" * 300):
        assert Client().get(f"{there.path}?{query}").status_code in {200, 302, 400, 405}
    assert {name: rows for name, rows in every_row().items() if name != "glimpse"} == before
