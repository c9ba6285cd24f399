"""A second person's word: who is another person than the author of a text, and which approvals count.

A user of the desk is known by their number, whoever gives commands by the name that their account, or they
themselves, chose (mailer.commands.start.whoami). So a command's name is never a user's; and where it could be
the same human's, by their name or their address, it is taken to be: who is in doubt asks somebody else.

The authors of a text are all who wrote in it since a second person last approved the edition: a text approved
has been seen by two, and what follows has not.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mailer.accounts.models import User
from mailer.accounts.names import user_number
from mailer.models import Approval, Revision

# What a team of two does, both of whom wrote.
WAY_OUT = (
    "Where there is nobody else, one of you restores, in its history, what stood before the other wrote; the"
    " other approves that, writes again, and has it approved in turn"
)


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
    def behind(cls, approval: Approval) -> "Person":
        """Return who approved."""
        return cls(approval.by, approval.by_user_id)


def authors(revision: Revision) -> tuple[Person, ...]:
    """Return who wrote in the text since a second person last approved the edition, the last of them first.

    Every revision counts, be it one move on the board. Whoever restores an earlier text stands beside those
    who wrote that, and what came between is gone from it. Two statements, without the texts.
    """
    rows = revision.edition.revisions.filter(number__lte=revision.number).order_by("number")
    words: dict[int, list[Approval]] = {}
    for each in Approval.objects.filter(revision__in=rows).exclude(revision=revision).order_by("pk"):
        words.setdefault(each.revision_id, []).append(each)
    found: tuple[Person, ...] = ()
    before: tuple[Person, ...] = ()  # who wrote in the revision before, and nobody else has approved it
    unseen: dict[str, tuple[Person, ...]] = {}  # the same of each text, by its hash
    for pk, text, author, user in rows.values_list("pk", "text_hash", "author", "author_user"):
        found = tuple(dict.fromkeys((Person(author, user), *unseen.get(text, before))))
        seconded = any(_seconds(found, Person.behind(each)) for each in words.get(pk, ()))
        before = unseen[text] = () if seconded else found
    return found


def is_among(people: Iterable[Person], by: str) -> bool:
    """Return whether this person may be one of them."""
    return any(_may_be_one(each, Person.of(by)) for each in people)


def others(people: Iterable[Person], by: str) -> list[str]:
    """Return the names of those of them who are certainly another than this person."""
    return [each.name or "somebody" for each in people if not is_among([each], by)]


def poses(by: str) -> bool:
    """Return whether a command has the name of a user of the desk, and so would pass for them."""
    return _poses(Person.of(by))


def counting(revision: Revision, content_hash: str) -> list[Approval]:
    """Return the approvals of exactly this that no send has consumed and that its list takes, oldest first.

    Where the list wants a second person, its authors' own do not count, whenever they were made.
    """
    found = revision.approvals.filter(send=None, content_hash=content_hash).order_by("pk")
    return those_that_count(revision, found)


def those_that_count(
    revision: Revision, approvals: Iterable[Approval], people: Collection[Person] | None = None
) -> list[Approval]:
    """Return those of the revision's approvals that its list takes; `people` are its authors, where known."""
    asked = list(approvals)
    if not asked or not revision.edition.list.second_approval:
        return asked
    people = authors(revision) if people is None else people
    return [each for each in asked if _seconds(people, Person.behind(each))]


def _seconds(people: Iterable[Person], approver: Person) -> bool:
    """Return whether somebody is certainly another than these."""
    return not any(_may_be_one(each, approver) for each in people) and not _poses(approver)


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
