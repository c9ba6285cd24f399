"""Read an edition and its readers from their rows, for the matrix."""

import datetime as dt

from django.conf import settings

from mailer import counting, editions
from mailer.look import look_of
from mailer.matrix.deciding import Issue, decide
from mailer.matrix.values import Matrix
from mailer.models import Edition
from mailer.rendering.values import InterestLook
from mailer.tracking.chosen import rewriting_of


def matrix(edition: Edition) -> Matrix:
    """Return all letters of the edition's newest revision, as readers of the list would get them now."""
    owner = edition.list
    issue = Issue(
        number=edition.pk,
        document=editions.document_of(editions.newest(edition)),
        look=look_of(owner),
        interests=tuple(
            InterestLook(interest.slug, interest.name, colour)
            for colour, interest in enumerate(owner.interests.all())
        ),
        counted=owner.tracked,
        rewriting=rewriting_of(settings.CONFIGURATION),
    )
    return decide(issue, counting.exact(owner, now=dt.datetime.now(dt.UTC)).groups)
