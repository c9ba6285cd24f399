"""Who may do what: one table, the same in code and in docs/desk.md."""

import itertools
from pathlib import Path

import pytest

from mailer.accounts.roles import PERMISSIONS, SECOND_FACTOR, Role, may, needs_second_factor

DOCS = Path(__file__).parents[2] / "docs" / "desk.md"


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("look", "viewer editor sender admin"),
        ("write", "editor sender admin"),
        ("approve", "editor sender admin"),
        ("halt", "editor sender admin"),
        ("send", "sender admin"),
        ("people", "sender admin"),
        ("suppress", "admin"),
        ("manage", "admin"),
    ],
)
def test_each_permission_belongs_to_these_roles(permission: str, roles: str) -> None:
    assert {role for role in Role if may(role, permission)} == set(roles.split())


def test_no_permission_has_been_left_out() -> None:
    assert [each.name for each in PERMISSIONS] == [
        *("look", "write", "approve", "halt", "send", "people", "suppress", "manage")
    ]


def test_each_role_may_do_what_the_one_before_may() -> None:
    mine = [{each.name for each in PERMISSIONS if may(role, each.name)} for role in Role]
    assert mine == sorted(mine, key=len)
    assert all(less < more for less, more in itertools.pairwise(mine))


def test_a_word_that_is_no_role_may_nothing() -> None:
    assert not any(may(word, each.name) for word in ("", "root", "Admin") for each in PERMISSIONS)


def test_a_permission_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        may(Role.ADMIN, "fly")


def test_the_setting_says_whose_second_factor_is_asked_for() -> None:
    asked = {rule: {role for role in Role if needs_second_factor(role, rule)} for rule in SECOND_FACTOR}
    assert asked == {"all": set(Role), "senders": {"sender", "admin"}, "none": set()}


def test_the_page_prints_the_same_table() -> None:
    lines = [
        f"| {each.name} | {' | '.join('x' if role in each.roles else '' for role in Role)} | {each.covers} |"
        for each in PERMISSIONS
    ]
    assert "\n".join(line.replace("|  |", "| |").replace("|  |", "| |") for line in lines) in DOCS.read_text()
