"""`mailer interests merge | retire`: an interest goes, and something becomes of its readers."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.anew import approvals_told
from mailer.commands.asking import ask
from mailer.commands.bars import progress
from mailer.commands.completion import interest_slugs
from mailer.commands.failures import FailedError
from mailer.commands.interests import Interest, named_by
from mailer.commands.lists import AsJson, Slug, now
from mailer.commands.output import emit, say, warn
from mailer.commands.start import ready, whoami

if TYPE_CHECKING:
    from subscribers.exchanging import Readers
    from subscribers.models import List
    from subscribers.retiring import Plan, Progress, Retired

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say whom it would change, and change nothing.")]

_CHOICES = "--move-to SLUG, --to-everything or --leave"


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(epilog="Example: mailer interests merge space-digest russia eurasia --dry-run")(merge)
    app.command(epilog="Example: mailer interests retire space-digest russia --move-to eurasia")(retire)


def merge(
    slug: Slug,
    interest: Annotated[
        str, typer.Argument(metavar="FROM", help="The interest that goes.", autocompletion=interest_slugs)
    ],
    into: Annotated[
        str,
        typer.Argument(
            metavar="INTO", help="The one that its readers get instead.", autocompletion=interest_slugs
        ),
    ],
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give all readers of one interest another instead, and retire it."""
    ready()
    from subscribers import curating, exchanging, lists, retiring  # noqa: PLC0415 - models want Django ready
    from subscribers.retiring import Plan  # noqa: PLC0415 - the same

    found = lists.find(slug)
    row = curating.find(found, interest)
    retiring.find_target(found, row, into)
    case = _Case(slug, interest, exchanging.readers(found, row), Plan.MOVE, into)
    if row.retired_at and not case.readers.all:
        _emit(case, None, f"{interest} is retired already; nothing was changed.", as_json=as_json)
    elif dry_run:
        _emit(case, None, case.would, as_json=as_json)
    else:
        ask(f"Merge {interest} into {into}? {case.chose}, and nobody can tell them apart again.", yes=yes)
        done = _done(
            found,
            case,
            lambda moving: retiring.merge(found, interest, into, by=whoami(), at=now(), progress=moving),
        )
        _emit(case, done, f"{interest} is merged into {into}: {case.did}", as_json=as_json)


def retire(
    slug: Slug,
    interest: Interest,
    *,
    move_to: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG", help="Its readers get this interest instead.", autocompletion=interest_slugs
        ),
    ] = None,
    to_everything: Annotated[
        bool,
        typer.Option(
            "--to-everything", help="Who has nothing else gets everything; the others keep the rest."
        ),
    ] = False,
    leave: Annotated[
        bool,
        typer.Option("--leave", help="They keep it; new editions have no story for who has nothing else."),
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Offer an interest no longer, with a plan for those who chose it. Its number is never used again."""
    if (move_to is not None) + to_everything + leave > 1:
        raise typer.BadParameter(f"say one of {_CHOICES}")
    ready()
    from subscribers import curating, exchanging, lists, retiring  # noqa: PLC0415 - models want Django ready
    from subscribers.retiring import Plan  # noqa: PLC0415 - the same

    found = lists.find(slug)
    row = curating.find(found, interest)
    readers = exchanging.readers(found, row)
    plan = Plan.MOVE if move_to is not None else Plan.EVERYTHING if to_everything else None
    if plan is None and (leave or not readers.all):
        plan = Plan.LEAVE
    if row.retired_at and plan in {None, Plan.LEAVE}:
        raise curating.InterestError(retiring.already(row, readers))
    case = _Case(slug, interest, readers, plan, move_to)
    if plan is None and not dry_run:
        case, yes = _planned(case), True  # to answer is to agree
    if case.into is not None:
        retiring.find_target(found, row, case.into)
    if dry_run or case.plan is None:
        _emit(case, None, case.would, as_json=as_json)
        return
    chosen, into = case.plan, case.into or ""
    if chosen is not Plan.LEAVE:
        ask(f"Retire {interest}? {case.would}", yes=yes)
    done = _done(
        found,
        case,
        lambda moving: retiring.retire(
            found, interest, chosen, into=into, by=whoami(), at=now(), progress=moving
        ),
    )
    _emit(case, done, f"{interest} is retired: {case.did}", as_json=as_json)


@dataclass(frozen=True)
class _Case:
    """What is asked: which interest goes, who chose it, and what becomes of them (None: not said yet)."""

    newsletter: str
    interest: str
    readers: "Readers"
    plan: "Plan | None" = None
    into: str | None = None

    @property
    def chose(self) -> str:
        """Return how many chose it."""
        only, others = self.readers.only, self.readers.others
        if not self.readers.all:
            return f"No reader chose {self.interest}"
        verb = "has" if only == 1 else "have"
        also = "has" if others == 1 else "have"
        return (
            f"{_people(self.readers.all)} chose {self.interest}: {only:,} {verb} nothing else,"
            f" {others:,} {also} others too"
        )

    @property
    def would(self) -> str:
        """Return how many chose it, and what would become of them."""
        if not self.readers.all:
            return f"{self.chose}; nobody's interests would change."
        if self.plan is None:
            return f"{self.chose}. Say what becomes of them: {_CHOICES}."
        return f"{self.chose}. {self._becomes(would=True)}"

    @property
    def did(self) -> str:
        """Return what became of them."""
        return self._becomes(would=False) if self.readers.all else "no reader had chosen it."

    def data(self, done: "Retired | None") -> dict[str, Any]:
        """Return it for scripts."""
        return {
            "list": self.newsletter,
            "interest": self.interest,
            "plan": self.plan,
            "into": self.into,
            "only": self.readers.only,
            "others": self.readers.others,
            "changed": done is not None,
            "moved": done.moved if done else 0,
        }

    def _becomes(self, *, would: bool) -> str:
        def do(number: int, verb: str) -> str:
            form = f"would {verb}" if would else f"{verb}s" if number == 1 else verb
            return f"{_people(number)} {form}"

        only, others = self.readers.only, self.readers.others
        match self.plan:
            case "move":
                return f"{do(self.readers.all, 'get')} {self.into} instead."
            case "everything":
                return f"{do(only, 'get')} everything, {do(others, 'keep')} what else they chose."
            case _:
                return f"{do(self.readers.all, 'keep')} it, and new editions hold nothing by it."


def _planned(case: _Case) -> _Case:
    """Return the case with the plan that a person at the keyboard answers with. Raises FailedError."""
    from subscribers.retiring import Plan  # noqa: PLC0415 - models want Django ready

    if not sys.stdin.isatty():
        raise FailedError(f"{case.chose}. Say what becomes of them: {_CHOICES}; --dry-run says more")
    say(f"{case.chose}.")
    answer = typer.prompt(
        "What becomes of them: everything, leave, or the slug of the interest they get instead", err=True
    ).strip()
    words = {plan.value: plan for plan in (Plan.EVERYTHING, Plan.LEAVE)}
    if answer in words:
        return _Case(case.newsletter, case.interest, case.readers, words[answer])
    return _Case(case.newsletter, case.interest, case.readers, Plan.MOVE, answer)


def _done(newsletter: "List", case: _Case, change: Callable[["Progress | None"], "Retired"]) -> "Retired":
    """Do it, with a bar where there is a terminal; say what else names the interest."""
    from subscribers import retiring  # noqa: PLC0415 - models want Django ready

    naming = named_by(newsletter, case.interest)
    with approvals_told(newsletter), progress() as shown:
        done = change((lambda moved, total: shown("readers", moved, total)) if shown else None)
    if naming:
        advice = f"write {{{case.into}}} there" if case.into else "give its stories another interest, or none"
        warn(f"{naming} {{{case.interest}}}, which is not offered any more: {advice}")
    if done.moved and (segments := retiring.segments_naming(newsletter, done.interest)):
        warn(f"No reader has {case.interest} any more, which these segments ask for: {', '.join(segments)}")
    return done


def _emit(case: _Case, done: "Retired | None", outcome: str, *, as_json: bool) -> None:
    emit(case.data(done), as_json=as_json, table=lambda: say(outcome))


def _people(number: int) -> str:
    return f"{number:,} reader" if number == 1 else f"{number:,} readers"
