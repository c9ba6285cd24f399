"""The name of a user as it goes through everything that is done at the desk: with the number of whose it is.

Every function that changes something takes `by`, a name. Whoever has a shell can give their commands any
name; that of a user who has signed in is one of these, and no command makes one.
"""


class UserName(str):
    """How the audit log and approvals name a user; `number` is the user's."""

    __slots__ = ("number",)
    number: int

    @classmethod
    def of(cls, name: str, number: int) -> "UserName":
        """Return the name of the user with this number."""
        made = cls(name)
        made.number = number
        return made


def user_number(by: str) -> int | None:
    """Return the number of the user of the desk whose name this is; None for a name that a command gave."""
    return by.number if isinstance(by, UserName) else None
