"""Domains that letters were refused at: each a number, given once."""

import pytest

from mailer.models import MailDomain
from mailer.tallies import domains
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_a_domain_has_one_number_however_many_are_at_it_and_strangers_have_none() -> None:
    owner = a_list()
    people = [
        a_reader(owner, f"{name}.example").subscriber_id for name in ("ada@x", "bo@X", "cy@münchen", "di@y")
    ]
    first = domains.of_subscribers([*people, 987654321])
    assert first[people[0]] == first[people[1]]
    assert len(set(first.values())) == 3
    assert domains.of_subscribers(reversed(people)) == first
    assert set(MailDomain.objects.values_list("name", flat=True)) == {
        "x.example",
        "xn--mnchen-3ya.example",
        "y.example",
    }
    assert domains.of_subscribers([]) == {}
    assert domains.NOBODYS not in first.values()
