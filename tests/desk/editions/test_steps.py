"""How far an edition is, and the one next thing to do."""

from dataclasses import replace

import pytest

from mailer.desk.editions.steps import Action, Standing, action, steps

FRESH = Standing(7)


def now(standing: Standing) -> str:
    [step] = [step for step in steps(standing) if step.now]
    return f"{step.name} {step.warn}".strip()


@pytest.mark.parametrize(
    ("standing", "step", "button"),
    [
        (FRESH, "Test", "Test to myself"),
        (replace(FRESH, errors=2, first_error=13), "Checked: 2 errors to mend", "Mend 2 errors"),
        (replace(FRESH, tested=True), "Approval", "Approve"),
        (replace(FRESH, tested=True, second_person=True), "Approval by a second person", "Approve"),
        (replace(FRESH, tested=True, second_person=True, own=True), "Approval by a second person", ""),
        (replace(FRESH, tested=True, approved_by=("Boris",)), "Leaves", "Schedule"),
        (replace(FRESH, approved_by=("Boris",)), "Leaves", "Schedule"),
        (
            replace(FRESH, approved_by=("Boris",), send=3, leaves="Mon 24 March"),
            "Leaves Mon 24 March",
            "See the send",
        ),
        (replace(FRESH, send=3, leaves="Mon", errors=1), "Checked: 1 error to mend", "Mend 1 error"),
        (replace(FRESH, send=3, over="Done", errors=1), "Done", "See the send"),
    ],
)
def test_there_is_one_step_and_one_button_that_names_it(standing: Standing, step: str, button: str) -> None:
    assert now(standing) == step
    found = action(standing)
    assert (found.name if found else "") == button


def test_to_mend_an_error_is_to_go_to_its_line() -> None:
    assert action(replace(FRESH, errors=1, first_error=13)) == Action("Mend 1 error", "#L13", "look")
