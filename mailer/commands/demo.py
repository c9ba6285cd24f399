"""`mailer demo`: everything embedded, one sample edition delivered through the sandbox, and its ledger."""

import datetime as dt
import os
import signal
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.failures import FailedError
from mailer.commands.output import emit, say
from mailer.commands.sends import print_ledger
from mailer.commands.start import ready

if TYPE_CHECKING:
    from mailer.embedded.stack import Stack
    from mailer.rehearsal import Outcome

Progress = Callable[[str, int, int], None]  # what is under way, how many are done, how many in all

# What an operator's shell may hold, and a demonstration must never touch.
OUTSIDE = ("DATABASE_URL", "REDIS_URL", "SENDGRID_", "SMTP_URL", "MAILER_")
PACE = 60_000.0  # times faster than life: two days of letters in three seconds


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer demo --subscribers 5000 --exit")(demo)


def demo(
    subscribers: Annotated[int, typer.Option(min=16, max=100_000, help="How many sample readers.")] = 1000,
    end: Annotated[bool, typer.Option("--exit", help="Print the report and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what `sends show --json` prints.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the pages; 0 takes a free one.")] = 0,
) -> None:
    """Deliver a sample edition to sample readers through the sandbox; nothing leaves this machine.

    Uses a place of its own that is gone afterwards, never your database, broker or key. Ends with
    status 0 only if every reader is accounted for.
    """
    from mailer.embedded.stack import Stack  # noqa: PLC0415 - only this command and `up` need it

    # What ends this command, ends it as Ctrl-C does: nothing stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="mailer-demo-") as folder:
        stack = Stack(
            _environment(Path(folder)),
            workers=2,
            port=port,
            sandbox_port=0,
            sandbox_options=["--pace", str(PACE)],
        )
        with ExitStack() as running:
            _start(stack, running)
            outcome, seconds = _rehearse(stack, subscribers)
            _print(outcome, seconds, as_json=as_json)
            if not end:
                _stay(stack)
    if not outcome.adds_up:
        raise FailedError("The ledger does not add up; please report this with what is above")


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment without anything of the operator's own installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OUTSIDE)}
    # Whoever looks at the desk of a demonstration has nothing to guard: nothing leaves this machine.
    return kept | {"MAILER_DATA_DIR": str(folder), "MAILER_SWEEP": "1", "MAILER_SECOND_FACTOR": "none"}


def _start(stack: "Stack", running: ExitStack) -> None:
    """Start the stack for as long as `running` lasts, and Django in this process beside it."""
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that no other command need pay

    with Console(stderr=True).status("Starting broker, sandbox, web, worker and scheduler"):
        running.enter_context(stack)
    # Whole, not added to: what the operator's shell holds must not reach this process either.
    os.environ.clear()
    os.environ.update(stack.environ)
    ready()


def _rehearse(stack: "Stack", subscribers: int) -> tuple["Outcome", float]:
    """Play the whole send; return what came of it, and the seconds from schedule to the last event."""
    from mailer import rehearsal  # noqa: PLC0415 - its models need Django, which has only now begun

    with _bars() as progress:
        progress("Readers", 0, subscribers)
        owner = rehearsal.stage(subscribers)
        progress("Readers", subscribers, subscribers)
        began = time.monotonic()
        outcome = rehearsal.play(owner, stack.sandbox_url, stack.check, progress)
        return outcome, time.monotonic() - began


@contextmanager
def _bars() -> Iterator[Progress]:
    """Show progress on a terminal and nothing on a pipe."""
    from rich import progress as bars  # noqa: PLC0415 - a tenth of a second that no other command need pay
    from rich.console import Console  # noqa: PLC0415 - the same

    console = Console(stderr=True)
    with bars.Progress(
        bars.TextColumn("{task.description:<8}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as shown:
        tasks: dict[str, bars.TaskID] = {}

        def progress(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what)
            shown.update(tasks[what], completed=done, total=whole or None)

        yield progress


def _print(outcome: "Outcome", seconds: float, *, as_json: bool) -> None:
    """Print the ledger for people, or for scripts what `sends show --json` prints."""
    from mailer import reports  # noqa: PLC0415 - its models need Django, which has only now begun

    described = reports.described(outcome.send)
    emit(described, as_json=as_json, table=lambda: _tell(outcome, described, seconds))


def _tell(outcome: "Outcome", described: dict[str, Any], seconds: float) -> None:
    """Print the ledger for people."""
    say(outcome.send.title)
    say(
        f"One edition, {len(described['variants'])} letters, {described['candidates']:,} readers;"
        f" {seconds:.1f} s from schedule to the last event."
    )
    print_ledger(described)
    say(_verdict(outcome))
    say("The sandbox is the transport: nothing has left this machine.")


def _verdict(outcome: "Outcome") -> str:
    """Return, in words, whether both ledgers are equal."""
    comparison = outcome.comparison
    if outcome.adds_up:
        return (
            f"It adds up: every reader has one outcome, and the sandbox's ledger holds the same"
            f" {outcome.taken:,} copies, address by address, nobody twice."
        )
    return (
        f"It does not add up: status {outcome.send.status}; only in ours {len(comparison.only_ours)},"
        f" only in the sandbox's {len(comparison.only_theirs)}, twice {len(comparison.twice)}."
    )


def _way_in() -> str:
    """Add a user of the desk, and return the address at which they choose a password."""
    from mailer.accounts import inviting, making  # noqa: PLC0415 - models need Django, which has only now begun
    from mailer.accounts.roles import Role  # noqa: PLC0415 - the same

    now = dt.datetime.now(dt.UTC)
    user = making.add("you@demo.example", name="You", role=Role.ADMIN, by="mailer demo", at=now)
    return inviting.invitation(user, by="mailer demo", at=now)


def _stay(stack: "Stack") -> None:
    """Show where to look and wait for Ctrl-C."""
    say(f"Letters as their readers see them: {stack.sandbox_url}/")
    say(f"The front page:                    {stack.base_url}/")
    say(f"The desk, with a password of yours: {_way_in()}")
    say("Ctrl-C ends it all.")
    sys.stdout.flush()  # whoever reads it from a pipe is not to wait for the end
    if sys.stdout.isatty() and (os.environ.get("DISPLAY") or sys.platform == "darwin"):
        webbrowser.open(f"{stack.sandbox_url}/")
    try:
        stack.wait()
    except KeyboardInterrupt:
        say("")
