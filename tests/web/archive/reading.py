"""Read pages of the archive as anybody does."""

from django.test import Client

from mailer.models import Edition


def path(edition: Edition, query: str = "") -> str:
    """Return the page of an edition of the first list."""
    return f"/archive/space-digest/{edition.pk}/{query}"


def page(address: str, status: int = 200) -> str:
    """Return what is written there, which is answered with this status."""
    response = Client().get(address)
    assert response.status_code == status
    return response.content.decode()


def notes(written: str) -> str:
    """Return the notes on corrections, '' for none."""
    begin = written.find('<div class="note bad"')
    return written[begin : written.index('<div class="two">')] if begin >= 0 else ""
