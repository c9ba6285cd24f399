"""A second person's word: who is another person than the author of a text, and which approvals count.

A user of the desk is known by their number, whoever gives commands by the name that their account, or they
themselves, chose (mailer.commands.start.whoami). So a command's name is never a user's; and where it could be
the same human's, by their name or their address, it is taken to be: who is in doubt asks somebody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mailer.accounts.models import User
from mailer.accounts.names import user_number
from mailer.models import Approval, Revision


@dataclass(frozen=True)
class Person:
    """Whoever wrote or approved something; `user` is None for one by the command line."""

    name: str
    user: int | None

    @classmethod
    def of(cls, by: str) -> "Person":
        """Return who does something now."""
        return cls(str(by), user_number(by))

    @classmethod
    def author_of(cls, revision: Revision) -> "Person":
        """Return who wrote a text."""
        return cls(revision.author, revision.author_user_id)

    @classmethod
    def behind(cls, approval: Approval) -> "Person":
        """Return who approved."""
        return cls(approval.by, approval.by_user_id)


def wrote(revision: Revision, by: str) -> bool:
    """Return whether the text may be this person's own."""
    return _may_be_one(Person.author_of(revision), Person.of(by))


def poses(by: str) -> bool:
    """Return whether a command has the name of a user of the desk, and so would pass for them."""
    return _poses(Person.of(by))


def counting(revision: Revision, content_hash: str) -> list[Approval]:
    """Return the approvals of exactly this that no send has consumed and that its list takes, oldest first.

    Where the list wants a second person, the author's own do not count, whenever they were made.
    """
    found = revision.approvals.filter(send=None, content_hash=content_hash).order_by("pk")
    return those_that_count(revision, found)


def those_that_count(revision: Revision, approvals: Iterable[Approval]) -> list[Approval]:
    """Return those of the revision's approvals that its list takes."""
    if not revision.edition.list.second_approval:
        return list(approvals)
    author = Person.author_of(revision)
    people = [(each, Person.behind(each)) for each in approvals]
    return [each for each, person in people if not _may_be_one(author, person) and not _poses(person)]


def _may_be_one(one: Person, other: Person) -> bool:
    if one.user is not None and other.user is not None:
        return one.user == other.user
    return not _names_of(one).isdisjoint(_names_of(other))


def _names_of(person: Person) -> set[str]:
    """Return what somebody's account could be called: their name, a user's address, what is before its @."""
    names = {person.name}
    if person.user is not None:
        email = User.objects.filter(pk=person.user).values_list("email", flat=True).first() or ""
        names |= {email, email.partition("@")[0]}
    return {name.casefold() for name in names} - {""}


def _poses(person: Person) -> bool:
    if person.user is not None:
        return False
    # Compared here: SQLite knows capitals of ASCII alone. Users are few.
    names = User.objects.values_list("name", flat=True)
    return person.name.casefold() in {name.casefold() for name in names}
