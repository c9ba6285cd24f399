import pytest

from subscribers.models import List
from tests.commands.conftest import Mailer
from tests.stage import a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

FORM = ("lists", "form", "space-digest")


def test_the_form_is_printed_for_where_readers_find_us(mailer: Mailer) -> None:
    a_list()
    ran = mailer(*FORM)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith('<form method="post" action="http://127.0.0.1:8000/subscribe/space-digest"')
    assert ran.out.endswith("</form>\n")
    elsewhere = mailer(*FORM, "--base-url", "https://news.example.org/")
    assert 'action="https://news.example.org/subscribe/space-digest"' in elsewhere.out


def test_a_list_that_is_not_there_or_not_public_has_no_form(mailer: Mailer) -> None:
    missing = mailer(*FORM)
    assert (missing.status, missing.out) == (1, "")
    a_list()
    List.objects.update(public=False)
    private = mailer(*FORM)
    assert (private.status, private.out) == (1, "")
    assert "`mailer lists set space-digest --public`" in private.err


@pytest.mark.parametrize(
    "url",
    [
        "news.example.org",
        "javascript:alert(1)",
        "ftp://a.example",
        "https://",
        "https://a.example/?x=1",
        'https://a.example/"><b>',
        "https://[",
        "https://u:p@a.example",
    ],
)
def test_an_address_that_is_none_is_refused(mailer: Mailer, url: str) -> None:
    a_list()
    ran = mailer(*FORM, "--base-url", url)
    assert (ran.status, ran.out) == (2, "")
    assert "--base-url" in ran.err
