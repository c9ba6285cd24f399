"""How far an edition is on its way, and the one next thing to do: values in, values out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """What decides the next step.

    `approved_by` are those whose approval holds for the text as it stands; `own`: whoever looks wrote it, and
    the list wants a second person. `send` is the one that leaves next or has left, `leaves` when, in words.
    """

    number: int
    errors: int = 0
    first_error: int = 1
    tested: bool = False
    approved_by: tuple[str, ...] = ()
    second_person: bool = False
    own: bool = False
    send: int | None = None
    of_revision: int | None = None  # which text that has, where it is not what the newest says
    leaves: str = ""
    over: str = ""  # how its last send ended or stands, where it has begun


@dataclass(frozen=True)
class Step:
    """One step as the line of steps shows it; `warn` is what is in the way."""

    name: str
    warn: str = ""
    now: bool = False


@dataclass(frozen=True)
class Action:
    """The button that names the next step, and where it leads; `posts`: it does it at once."""

    name: str
    path: str
    permission: str
    posts: bool = False


def steps(standing: Standing) -> tuple[Step, ...]:
    """Return the way from text to letters; one of the steps is where it stands."""
    place = _place(standing)
    in_the_way = 0 if standing.over else standing.errors
    mend = f"{counted(in_the_way, 'error')} to mend" if in_the_way else ""
    approved = f"Approved by {', '.join(standing.approved_by)}" if standing.approved_by else ""
    second = "Approval by a second person" if standing.second_person else "Approval"
    leaves = standing.over or (f"Leaves {standing.leaves}" if standing.leaves else "Leaves")
    named = (
        Step("Written"),
        Step("Checked:", mend) if mend else Step("Checked"),
        Step("Tested" if standing.tested else "Test"),
        Step(approved or second),
        Step(leaves),
    )
    return tuple(Step(each.name, each.warn, now=number == place) for number, each in enumerate(named))


def _place(standing: Standing) -> int:
    if standing.errors and not standing.over:
        return 1
    if standing.send is not None or standing.approved_by:
        return 4
    return 3 if standing.tested else 2


def action(standing: Standing) -> Action | None:
    """Return what to do next; None where it is another person's turn."""
    here = f"/desk/editions/{standing.number}"
    if standing.send is not None and (standing.over or not standing.errors):
        return Action("See the send", f"/desk/sends/{standing.send}", "look")
    if standing.errors:
        return Action(f"Mend {counted(standing.errors, 'error')}", f"#L{standing.first_error}", "look")
    if standing.approved_by:
        return Action("Schedule", f"{here}/schedule", "send")
    if not standing.tested:
        return Action("Test to myself", f"{here}/test", "write", posts=True)
    return None if standing.own else Action("Approve", f"{here}/approve", "approve")


def counted(number: int, what: str) -> str:
    """Return "1 error" or "3 errors"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
