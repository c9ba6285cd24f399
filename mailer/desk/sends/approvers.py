"""Who else may approve: named, so that an author knows whom to ask."""

from mailer.accounts.models import User
from mailer.accounts.roles import Role, may

MOST = 8  # named on a page; whoever is not, may all the same


def besides(who: str) -> list[str]:
    """Return the names of those who may approve what `who` wrote."""
    roles = [role for role in Role if may(role, "approve")]
    others = User.objects.filter(is_active=True, role__in=roles).exclude(name=who)
    return list(others.order_by("name").values_list("name", flat=True)[:MOST])
