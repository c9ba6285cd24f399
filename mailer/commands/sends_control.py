"""`mailer sends pause | resume | cancel | correct`: seconds, at any moment, and what it meant for whom."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands import findings
from mailer.commands.asking import ask
from mailer.commands.editions import Word, misread
from mailer.commands.failures import FailedError
from mailer.commands.output import emit, say
from mailer.commands.sends import AsJson, Number, Yes, counted, say_sandboxed
from mailer.commands.start import ready, whoami
from mailer.commands.usage import words

if TYPE_CHECKING:
    from mailer.models import Send


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(epilog='Example: mailer sends pause 1 --reason "a wrong figure in the second story"')(pause)
    app.command(epilog="Example: mailer sends resume 1")(resume)
    app.command(epilog="Example: mailer sends cancel 1 --yes")(cancel)
    app.command(epilog="Example: mailer sends correct 1 corrected.md")(correct)


def pause(
    send: Number,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, in words; everybody who looks sees it.", parser=words)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Hold a send: from now on no further request begins. What has left is answered as ever."""
    ready()
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready

    paused = sends.pause(send, by=whoami(), now=_now(), reason=reason)
    described = reports.described(paused)

    def told() -> None:
        say(f"Send {send} is paused: {paused.pause_reason.rstrip('.')}.")
        if paused.frozen_at is None:
            say("Its audience is not frozen yet, and nothing of it has left.")
        else:
            _say_where_all_are(described)
        say(f"`mailer sends resume {send}` lets it go on, `mailer sends cancel {send}` ends it.")

    emit(described, as_json=as_json, table=told)


def resume(send: Number, as_json: AsJson = False) -> None:
    """Let a paused or missed send go on from where it stands; nobody gets a second copy."""
    ready()
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready

    now = _now()
    resumed = sends.resume(send, by=whoami(), now=now)
    described = reports.described(resumed)

    def told() -> None:
        if resumed.frozen_at is None:
            at = resumed.scheduled_at
            say(f"Send {send} leaves {_when(at) if at > now else 'as soon as a worker takes it'}.")
        elif described["pending"]:
            say(f"Send {send} goes on.")
            _say_where_all_are(described)
        else:
            say(f"Send {send} is {_words(described['status'])}: nobody was left to send to.")
        say_sandboxed()

    emit(described, as_json=as_json, table=told)


def cancel(send: Number, yes: Yes = False, as_json: AsJson = False) -> None:
    """End a send for good: whoever has not had it will not get it. What has left cannot be called back."""
    ready()
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready

    found = sends.find(send)
    if _may_be_cancelled(found):
        before = reports.described(found)
        gone = before["accepted"] + before["in_flight"] + before["unknown"]
        left = counted(gone, "letter has", "letters have")
        doubt = f"; of {before['unknown']:,} nobody can tell yet" if before["unknown"] else ""
        ask(f"Cancel send {send} for good? {left} left already{doubt}.", yes=yes)
    cancelled = sends.cancel(send, by=whoami(), now=_now())
    described = reports.described(cancelled)

    def told() -> None:
        state = "being cancelled" if described["in_flight"] else "cancelled"
        say(f"Send {send} is {state}: no further request begins.")
        if cancelled.frozen_at is None:
            say("Its audience was not frozen yet, and nothing of it has left.")
        else:
            say(f"{counted(described['cancelled'], 'reader does', 'readers do')} not get it.")
            _say_where_all_are(described)

    emit(described, as_json=as_json, table=told)


def correct(
    send: Number,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The corrected text; - reads it from a pipe.")],
    word: Word = None,
    over: Annotated[
        int | None,
        typer.Option(
            metavar="REVISION",
            help="The newest revision you have seen; left out, the one that is being sent.",
        ),
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Stop the press: end a send, and give the corrected text to those whose letter had not left.

    A faulty text stops nothing, nor does one where somebody saved another revision that you have not seen.
    Whoever may have the first text is left in peace. Run again with the same text, it takes those whose
    request was refused since.
    """
    data = _read(file)
    ready()
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready
    from mailer.manuscript.faults import ManuscriptError  # noqa: PLC0415 - the same

    found = sends.find(send)
    ask(f"Stop send {send}, and send this text to those who have no letter of it?", yes=yes)
    try:
        over = found.revision.number if over is None else over
        checked = sends.tried(send, data, by=whoami(), now=_now(), over=over).checked
        said = findings.word_for(found.edition_id, checked, word)
        correction = sends.correct(send, data, by=whoami(), now=_now(), word=said, over=over)
    except ManuscriptError as error:
        lines = misread("stdin" if file == "-" else file, error)
        raise FailedError(f"{lines}\nNothing was stopped: mend these, and run it again") from error
    except sends.SendError as error:
        if not _may_be_cancelled(found) or _may_be_cancelled(sends.find(send)):
            raise
        raise FailedError(
            f"{error}\nSend {send} is stopped all the same: no further request begins"
        ) from error
    reach, first = reports.corrected(correction), reports.described(found)

    def told() -> None:
        takes = counted(reach.taken, "reader", "readers")
        say(f"Send {send} is stopped. Send {correction.pk} takes the corrected text to {takes}.")
        if reach.in_doubt:
            doubted = counted(reach.in_doubt, "reader is", "readers are")
            say(f"{doubted} left in peace: they may have the first text, which cannot be told yet.")
        if first["accepted"]:
            say(f"{counted(first['accepted'], 'reader has', 'readers have')} the first text.")
        say(f"`mailer sends show {correction.pk}` says how it stands.")
        say_sandboxed()

    data_of = {
        "corrected": reach.taken,
        "may_have_first_text": reach.in_doubt,
        "has_first_text": first["accepted"],
    }
    emit(reports.described(correction) | data_of, as_json=as_json, table=told)
    findings.unsaid(found.edition_id, checked, said)


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    return Path(file).read_bytes()


def _may_be_cancelled(send: "Send") -> bool:
    from mailer.sends.controlling import CANCELLABLE  # noqa: PLC0415 - models want Django ready

    return send.status in CANCELLABLE


def _say_where_all_are(described: dict[str, Any]) -> None:
    """Say where the letters of a frozen send are; of what there is none, nothing is said."""
    if described["accepted"]:
        say(f"{counted(described['accepted'], 'letter has', 'letters have')} left and were accepted.")
    if described["pending"]:
        say(f"{counted(described['pending'], 'reader waits', 'readers wait')}.")
    if described["in_flight"]:
        flying = counted(described["in_flight"], "letter is", "letters are")
        say(f"{flying} in flight: the request had left, and its answer is noted when it comes.")
    if described["unknown"]:
        doubted = counted(described["unknown"], "reader is", "readers are")
        say(f"{doubted} in doubt and may have it.")
        say(f"`mailer sends resolve {described['id']} --status` says what is known of them.")
    if described["not_confirmed"]:
        left = counted(described["not_confirmed"], "reader", "readers")
        say(f"{left} may have it or not, and will not be written to again.")


def _when(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _words(status: str) -> str:
    return status.replace("_", " ")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
