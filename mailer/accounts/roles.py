"""What each role may do at the desk: one table, printed in docs/desk.md, asked by every view."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a user is to the desk."""

    # sees editions, sends and numbers, and nobody's address
    VIEWER = "viewer"
    # writes and approves
    EDITOR = "editor"
    # lets letters leave, and sees whom they go to
    SENDER = "sender"
    # everything
    ADMIN = "admin"


@dataclass(frozen=True)
class Permission:
    """One thing that a view may ask for: its name, who has it, and what it covers."""

    name: str
    roles: frozenset[Role]
    covers: str


_EVERYBODY = frozenset(Role)
_WRITERS = frozenset({Role.EDITOR, Role.SENDER, Role.ADMIN})
_SENDERS = frozenset({Role.SENDER, Role.ADMIN})
_ADMINS = frozenset({Role.ADMIN})

PERMISSIONS = (
    Permission("look", _EVERYBODY, "editions, letters, sends, ledgers, numbers: nobody's address"),
    Permission("write", _WRITERS, "make and change editions, pictures, test letters"),
    Permission("approve", _WRITERS, "approve an edition (a second person where the list asks)"),
    Permission("halt", _WRITERS, "pause a send, stop the press: always safe"),
    Permission("send", _SENDERS, "schedule, resume, cancel, correct, resolve unknown"),
    Permission("people", _SENDERS, "search subscribers, see addresses, explain a delivery"),
    Permission("suppress", _ADMINS, "suppress, lift, unsubscribe, erase a person"),
    Permission("manage", _ADMINS, "lists, users, the audit log"),
)
_ROLES = {permission.name: permission.roles for permission in PERMISSIONS}

# Whose second factor may be asked for: the word of the setting, and the roles that it means.
SECOND_FACTOR = {"all": _EVERYBODY, "senders": _SENDERS, "none": frozenset[Role]()}


def may(role: str, permission: str) -> bool:
    """Return whether a role has a permission; no other word is a role. Raises KeyError for no permission."""
    return role in _ROLES[permission]


def needs_second_factor(role: str, rule: str) -> bool:
    """Return whether a role has to have a second factor where the setting says `rule`."""
    return role in SECOND_FACTOR[rule]
