"""Read an edition and its readers from their rows, for the matrix."""

import datetime as dt

from django.conf import settings

from mailer import counting, editions
from mailer.look import look_of
from mailer.manuscript.document import Document
from mailer.matrix.deciding import Issue, decide
from mailer.matrix.values import Matrix
from mailer.models import Edition
from mailer.rendering.values import InterestLook
from mailer.tracking.chosen import rewriting_of
from subscribers.models import List


def issue_of(owner: List, document: Document) -> Issue:
    """Return an edition of the list, with all that its letters depend on."""
    return Issue(
        number=document.number,
        document=document,
        look=look_of(owner),
        interests=tuple(
            InterestLook(interest.slug, interest.name, colour)
            for colour, interest in enumerate(owner.interests.all())
        ),
        counted=owner.tracked,
        rewriting=rewriting_of(settings.CONFIGURATION),
    )


def matrix(edition: Edition) -> Matrix:
    """Return all letters of the edition's newest revision, as readers of the list would get them now."""
    owner = edition.list
    issue = issue_of(owner, editions.document_of(editions.newest(edition)))
    return decide(issue, counting.exact(owner, now=dt.datetime.now(dt.UTC)).groups)
