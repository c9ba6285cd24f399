"""The desk's people, each signed in as their role has to be: with the second factor done."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.accounts.conftest import _quick_hashes  # noqa: F401 - fixtures are found by their names
from tests.browsing import browser, launched, url  # noqa: F401 - the same

if TYPE_CHECKING:
    from django.test import Client

Desk = Callable[..., "Client"]


@pytest.fixture
def desk(db: None) -> Desk:  # noqa: ARG001 - users are rows
    """A browser in which somebody of this role has signed in; `desk(role)` again is the same person's.

    With `check_csrf` it has forms refused as production does.
    """
    # Models want Django ready, which this file is read before.
    from django.test import Client  # noqa: PLC0415 - as said above

    from mailer.accounts.roles import Role  # noqa: PLC0415 - as said above
    from tests.accounts import cast  # noqa: PLC0415 - as said above

    browsers: dict[str, Client] = {}

    def of(role: str, *, check_csrf: bool = False) -> Client:
        if role not in browsers:
            browsers[role] = cast.signed_in(cast.a_person(Role(role)))
        if not check_csrf:
            return browsers[role]
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = browsers[role].cookies
        return strict

    return of
