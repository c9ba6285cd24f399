"""The command line: words in, one call, words out.

Status 0: done. 1: refused or failed, with a clear line on stderr. 2: wrong usage. 130: Ctrl-C.
"""

import os
import sys
from collections.abc import Iterable, Sequence

import typer
from typer.exceptions import TyperException

from mailer.commands import (
    bounces,
    changes,
    completion,
    demo,
    editions,
    editions_check,
    editions_pictures,
    explain,
    health,
    interests,
    interests_retire,
    lists,
    lists_change,
    lists_form,
    lists_growth,
    lists_report,
    lists_testers,
    pictures,
    retention,
    running,
    seed,
    segments,
    sends,
    sends_control,
    sends_move,
    sends_report,
    sends_resolve,
    stats,
    subscribers,
    subscribers_erase,
    subscribers_export,
    subscribers_find,
    subscribers_import,
    subscribers_leave,
    subscribers_set,
    suppressions,
    themes,
    usage,
    users,
)
from mailer.commands.failures import lines_for
from mailer.commands.output import prepare, shown, written_out

app = typer.Typer(
    name="mailer",
    help="Send one edition, give every reader their own letter, and account for every copy.",
    no_args_is_help=True,
    add_completion=False,
    # Plain help reads the same on a terminal, on a pipe and aloud.
    rich_markup_mode=None,
    # A traceback with its locals would show addresses.
    pretty_exceptions_enable=False,
)
demo.register(app)
running.register(app)
lists_change.register(lists.app)
lists_form.register(lists.app)
lists_growth.register(lists.app)
lists_report.register(lists.app)
lists_testers.register(lists.app)
app.add_typer(lists.app, name="lists")
interests_retire.register(interests.app)
app.add_typer(interests.app, name="interests")
subscribers_export.register(subscribers.app)
subscribers_find.register(subscribers.app)
subscribers_import.register(subscribers.app)
subscribers_leave.register(subscribers.app)
subscribers_set.register(subscribers.app)
subscribers_erase.register(subscribers.app)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(segments.app, name="segments")
app.add_typer(suppressions.app, name="suppressions")
app.add_typer(changes.app, name="changes")
app.add_typer(users.app, name="users")
editions_check.register(editions.app)
editions_pictures.register(editions.app)
app.add_typer(editions.app, name="editions")
app.add_typer(pictures.app, name="pictures")
app.add_typer(themes.app, name="themes")
sends_control.register(sends.app)
sends_move.register(sends.app)
sends_report.register(sends.app)
sends_resolve.register(sends.app)
app.add_typer(sends.app, name="sends")
stats.register(app)
explain.register(app)
bounces.register(app)
health.register(app)
retention.register(app)
completion.register(app)
seed.register(app)


def run(words: Sequence[str]) -> int:
    """Run one command line without the program's name; return its status."""
    # A file opened later, the database for one, would take the number of what is closed, and its output.
    if sys.stdout is None or sys.stderr is None:
        return _tell(["The output is closed; send it somewhere, to /dev/null for example"], 1)
    prepare()
    completion.prepare()
    try:
        with written_out():
            return _status_of(words)
    except BrokenPipeError:  # whoever read has enough: `| head -1`
        return 1
    except Exception as error:
        lines = lines_for(error)
        if lines is None:
            raise
        return _tell(lines, 1)


def _status_of(words: Sequence[str]) -> int:
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            return _tell(
                [f"This is not UTF-8: {os.fsencode(word)!r}; if it should be, set LC_ALL=C.UTF-8"], 2
            )
        if "\0" in word:
            return _tell([f"A NUL can be in no name and no text: {word!r}"], 2)
    try:
        ended = typer.main.get_command(app).main(list(words), prog_name="mailer", standalone_mode=False)
    except TyperException as wrong:
        return usage.tell(wrong)
    except typer.Abort:
        return _tell(["Nothing was changed"], 1)
    except SystemExit as left:
        ended = left.code
    return ended if isinstance(ended, int) else int(ended is not None)


def _tell(lines: Iterable[str], status: int) -> int:
    if sys.stderr is not None:
        for line in lines:
            sys.stderr.write(f"mailer: {shown(line)}\n")
    return status
