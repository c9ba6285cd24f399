"""`mailer sends resolve`: what is known of letters in doubt, and a person's decision about them."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.commands.asking import ask
from mailer.commands.output import emit, say
from mailer.commands.sends import AsJson, Number, Yes, counted, say_sandboxed
from mailer.commands.start import ready, whoami

if TYPE_CHECKING:
    from mailer.doubts import Doubt
    from mailer.evidence import LookedUp
    from mailer.sends import Resolved


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer sends resolve 1 --status --look-up")(resolve)


def resolve(
    send: Number,
    status: Annotated[bool, typer.Option("--status", help="Show what is known; decide nothing.")] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="Send again to all in doubt: some may get it twice.")
    ] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave out all in doubt: some may not have it.")
    ] = False,
    look_up: Annotated[
        bool, typer.Option("--look-up", help="First ask the transport's own log; what it knows is proof.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Decide about letters of which nobody can tell whether they were taken.

    Evidence that comes after the decision still counts. Only what has waited (MAILER_UNKNOWN_WAIT) can be
    decided about.
    """
    if status + resend + leave_out != 1:
        raise typer.BadParameter("say one of --status, --resend and --leave-out")
    ready()
    from mailer import doubts, reports, sends  # noqa: PLC0415 - models want Django ready

    found, now = sends.find(send), dt.datetime.now(dt.UTC)
    known = doubts.doubts(found, wait=_wait())
    looked_up = sends.look_up(send, now=now) if look_up and known else None
    if looked_up:
        known = doubts.doubts(found, wait=_wait())
    decided = None
    if known and not status:
        ripe = sum(doubt.readers for doubt in known if doubt.decidable(now))
        if ripe:
            ask(_question(ripe, resend=resend), yes=yes)
        decide = sends.resend if resend else sends.leave_out
        decided = decide(send, by=whoami(), now=now)
        known = doubts.doubts(found, wait=_wait())
    found = sends.find(send)
    sums = reports.ledger(found)
    data = {
        "id": send,
        "status": reports.status(found, sums),
        "unknown": sums.outcomes["unknown"],
        "batches": [doubts.described(doubt, now=now) for doubt in known],
        "looked_up": vars(looked_up) if looked_up else None,
        "decided": vars(decided) | {"resend": resend} if decided else None,
    }

    def told() -> None:
        if looked_up:
            _say_looked_up(looked_up)
        if decided:
            _say_decided(send, decided, resend=resend)
        elif known:
            _say_known(send, known, now)
        else:
            say(f"Nothing of send {send} is unknown: there is nothing to decide.")
        say_sandboxed()

    emit(data, as_json=as_json, table=told)


def _question(ripe: int, *, resend: bool) -> str:
    if resend:
        return f"Send again to {counted(ripe, 'reader', 'readers')}? Each of them may get it twice."
    return f"Leave out {counted(ripe, 'reader', 'readers')}? Each of them may not have it."


def _say_known(send: int, known: "list[Doubt]", now: dt.datetime) -> None:
    readers = sum(doubt.readers for doubt in known)
    in_batches = counted(len(known), "batch", "batches")
    say(f"{counted(readers, 'reader', 'readers')} of send {send} in {in_batches} may have it or not.")
    for doubt in known:
        say(f"Batch {doubt.batch}, {counted(doubt.readers, 'reader', 'readers')}:")
        say(f"  request {doubt.attempt} left {_at(doubt.fired_at)} by {doubt.transport}")
        status = "" if doubt.said.startswith(str(doubt.status)) else str(doubt.status or "")
        said = " ".join(filter(None, [status, doubt.said]))
        say(f"  {f'it was said: {said}' if said else 'no answer was ever heard'}")
        if doubt.proved:
            say(f"  events have come of {counted(doubt.proved, 'copy', 'copies')} of it, which are accepted")
        if doubt.heard_at:
            say(
                f"  events about other requests have come since, the last {_at(doubt.heard_at)}: had this one"
                " been taken, its own should be here"
            )
        else:
            say("  no event about any other request has come since: that this one has none says nothing")
        if doubt.decidable(now):
            say("  it may be decided about now")
        else:
            say(
                f"  it may be decided about from {_at(doubt.decidable_at)}; an answer or event may still come"
            )
    say(f"`mailer sends resolve {send} --resend` sends again to them, --leave-out leaves them out.")


def _say_looked_up(found: "LookedUp") -> None:
    if not found.asked:
        say("The transport that took them has no log that can be asked.")
        return
    asked = counted(found.asked, "batch", "batches")
    say(f"The transport's log was asked about {asked}; it proves {found.proved} of them accepted.")
    if found.alike:
        alike = counted(found.alike, "other", "others")
        say(f"Of {alike} it knows the subject and a reader, but not our request: a hint, and no proof.")
    if found.incomplete:
        say(f"It did not say all: {found.incomplete}.")


def _say_decided(send: int, decided: "Resolved", *, resend: bool) -> None:
    who = counted(decided.readers, "reader", "readers")
    if resend:
        say(f"It is sent again to {who}, who may get it twice.")
        say(f"`mailer sends show {send}` counts them once it has left.")
    else:
        say(f"{who} of send {send} left out: not confirmed, until evidence comes.")
    if decided.too_early:
        early = counted(decided.too_early, "reader has", "readers have")
        say(f"{early} not waited long enough to be decided about.")


def _wait() -> float:
    from django.conf import settings  # noqa: PLC0415 - only readable once Django is ready

    wait: float = settings.CONFIGURATION.timings.unknown_wait
    return wait


def _at(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
