"""A list of subscribers is told from an edition, and an edition from a list of subscribers."""

from pathlib import Path

import pytest

from mailer.manuscript.addresses import lists_subscribers
from mailer.manuscript.arriving import arrive
from mailer.manuscript.faults import ManuscriptError

REFUSAL = "line 1, column 1: this looks like a list of subscribers: `mailer subscribers import` takes it"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        "email,name\nana@a.example,Ana\n",
        "email,name",
        "Name;E-Mail\r\nAna;ana@a.example\r\n",
        '"name"\t"email"\n"Ana"\t"ana@a.example"',
        "email\nana@a.example",
        "email,name\nana@a.example,Ana\n,no address\n,nor here\n",
        "ana@a.example,Ana\nben@b.example,Ben",
        "ana@a.example\nben@b.example",
    ],
)
def test_a_list_of_subscribers_is_sent_where_it_belongs(text: str, encoding: str) -> None:
    with pytest.raises(ManuscriptError) as caught:
        arrive(text.encode(encoding), list_slug="space-digest", interests={})
    assert str(caught.value).startswith(REFUSAL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Orbit weekly\n\nNews\n\nIt flew, and it landed.\n\ndesk@a.example",
        "Email, web and phone\n\nHow to reach us: desk@a.example, or in person.",
        "Email\n\nWhy it will outlive us all.",
        "Contacts\n\nWrite to ana@a.example, please.\nOr to ben@b.example, if you must.",
    ],
)
def test_an_edition_may_name_addresses(text: str) -> None:
    assert not lists_subscribers(text)


def test_the_sample_is_no_list_of_subscribers(samples: Path) -> None:
    assert not lists_subscribers((samples / "edition.txt").read_text(encoding="utf-8"))
