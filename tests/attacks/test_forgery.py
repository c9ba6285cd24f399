"""Cross-site request forgery: another site makes a reader's browser post what they never pressed."""

import pytest
from django.test import Client

from tests.attacks.addresses import Address, address, send, with_forms
from tests.web.form import is_asked
from tests.web.stored import every_row

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

ELSEWHERE = ["cross-site", "same-site"]
# What a browser says of a form that another site has it send, by hand or by script.
FORGED = {"origin": "https://evil.example", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def posted(there: Address, site: str) -> tuple[int, bool]:
    """Return the status of a post that comes from `site`, and whether it changed anything."""
    before = every_row()
    answer = send(there, Client(headers=FORGED | {"sec-fetch-site": site}))
    return answer.status_code, every_row() != before


@pytest.mark.parametrize("site", ELSEWHERE)
@pytest.mark.parametrize("route", [each for each in with_forms() if each != "u/<str:token>"])
def test_another_site_changes_nothing(route: str, site: str) -> None:
    there = address(route)
    status, changed = posted(there, site)
    assert (status, changed) == (200 if there.anywhere else 403, False)


@pytest.mark.parametrize("site", ["same-origin", "none"])
@pytest.mark.parametrize("route", with_forms())
def test_our_own_pages_are_believed(route: str, site: str) -> None:
    assert posted(address(route), site) == (200, True)


@pytest.mark.parametrize("site", ELSEWHERE)
def test_leaving_is_exempt_since_the_token_is_the_proof_and_mail_programs_are_other_sites(site: str) -> None:
    """RFC 8058, section 3.2: no cookie, no other context."""
    assert posted(address("u/<str:token>"), site) == (200, True)


@pytest.mark.parametrize("site", ELSEWHERE)
def test_a_sign_up_from_another_site_comes_back_filled_in_to_be_pressed_here(site: str) -> None:
    there = address("subscribe/<slug:slug>")
    client = Client(headers={"sec-fetch-site": site})
    answer = send(there, client)
    assert not is_asked(answer)
    assert 'value="nina@example.org"' in answer.content.decode()


@pytest.mark.parametrize("route", with_forms())
def test_a_form_in_another_shape_is_not_taken_for_ours(route: str) -> None:
    """text/plain and JSON are what a script may send without asking (Fetch, CORS-safelisted)."""
    there = address(route)
    before = every_row()
    for kind in ("text/plain", "application/json"):
        Client().post(there.path, b'{"whole": "yes", "interest": "china"}', content_type=kind)
    # Where the token alone is the wish there is nothing in the body to be read.
    empty = there.form == {} or route == "u/<str:token>"
    assert (every_row() != before) == empty
