"""The command line: words in, one call, words out.

Status 0: done. 1: refused or failed, with a clear line on stderr. 2: wrong usage. 130: Ctrl-C.
"""

import sys
from collections.abc import Sequence

import typer

from mailer.commands import demo, editions, lists, running, sends, subscribers
from mailer.commands.failures import lines_for

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
app.add_typer(lists.app, name="lists")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(editions.app, name="editions")
app.add_typer(sends.app, name="sends")


def run(words: Sequence[str]) -> int:
    """Run one command line without the program's name; return its status."""
    try:
        typer.main.get_command(app).main(list(words), prog_name="mailer")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Exception as error:
        lines = lines_for(error)
        if lines is None:
            raise
        for line in lines:
            sys.stderr.write(f"mailer: {line}\n")
        return 1
    return 0
