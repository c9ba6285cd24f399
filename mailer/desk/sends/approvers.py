"""Who else may approve: named, so that an author knows whom to ask."""

from collections.abc import Sequence
from itertools import islice

from mailer import seconding
from mailer.accounts.models import User
from mailer.accounts.roles import Role, may
from mailer.seconding import Person

MOST = 8  # named on a page; whoever is not, may all the same


def besides(authors: Sequence[Person]) -> list[str]:
    """Return the names of those who may approve what these wrote."""
    roles = [role for role in Role if may(role, "approve")]
    users = User.objects.filter(is_active=True, role__in=roles).order_by("name")
    return list(islice((each.name for each in users if not seconding.is_among(authors, each.by)), MOST))
