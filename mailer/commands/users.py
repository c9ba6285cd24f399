"""`mailer users …`: who signs in to the desk, in which role, and how they get in again."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.accounts.roles import Role
from mailer.commands.asking import ask
from mailer.commands.failures import FailedError
from mailer.commands.output import emit, print_csv, print_rows, say
from mailer.commands.start import ready, whoami
from mailer.commands.usage import given

if TYPE_CHECKING:
    from mailer.accounts.models import User

app = typer.Typer(help="Who signs in to the desk, and what they may do there.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that they sign in with.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]

_HEADINGS = ("email", "name", "role", "active", "second_factor", "sessions", "last_signed_in")
_LONGEST_PASSWORD = 1_000  # characters; nobody types more, and to hash them takes time


@app.command(epilog='Example: mailer users add ada@example.org --name "Ada Obi" --role admin')
def add(
    email: Email,
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="How the audit log and approvals name them.")],
    role: Annotated[Role, typer.Option(help="What they may do; docs/desk.md has the table.")],
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take the password from here, instead of an invitation."),
    ] = None,
    prompt: Annotated[
        bool, typer.Option("--ask", help="Ask for the password here, instead of an invitation.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a user; without a password they choose one by the invitation that is printed."""
    if password_file is not None and prompt:
        raise typer.BadParameter("say either --password-file FILE or --ask")
    password = _read(password_file) if password_file is not None else _asked() if prompt else ""
    ready()
    from django.db import transaction  # noqa: PLC0415 - models want Django ready

    from mailer.accounts import inviting, making  # noqa: PLC0415 - the same

    by, at = whoami(), _now()
    with transaction.atomic():
        user = making.add(email, name=name, role=role, password=password, by=by, at=at)
        # Who has a password is there for longer, and is not invited anew by this.
        link = "" if user.has_usable_password() else inviting.invitation(user, by=by, at=at)
    _tell(user, f"{user.name} is a user: {user.role}.", link=link, as_json=as_json)


@app.command(epilog="Example: mailer users ls --csv > users.csv")
def ls(
    *,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it for spreadsheets.")] = False,
) -> None:
    """Show users, how they sign in and when they last did."""
    ready()
    from mailer.accounts import making  # noqa: PLC0415 - models want Django ready

    rows = making.listing()
    cells = [[row[heading] for heading in _HEADINGS] for row in rows]
    if as_csv and not as_json:
        print_csv(_HEADINGS, cells)
        return
    empty = "There is no user yet: add one with `mailer users add`."
    headings = [heading.replace("_", " ") for heading in _HEADINGS]
    emit(rows, as_json=as_json, table=lambda: print_rows(headings, cells, empty=empty))


@app.command("set", epilog="Example: mailer users set ada@example.org --role sender")
def set_(
    email: Email,
    *,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="How the audit log names them from now on.", parser=given),
    ] = None,
    role: Annotated[Role | None, typer.Option(help="What they may do, from their next page on.")] = None,
    active: Annotated[
        bool | None,
        typer.Option("--active/--inactive", help="Inactive: signed out everywhere, and not let in again."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a name or a role, or who may sign in. Nobody is deleted: the audit log names them."""
    if name is None and role is None and active is None:
        raise typer.BadParameter("say what to change: --name, --role, --active or --inactive")
    ready()
    from mailer.accounts import making  # noqa: PLC0415 - models want Django ready

    user = making.find(email)
    wanted = making.Wanted(name=name, role=role, active=active)
    changed = making.change(user, wanted, by=whoami(), at=_now())
    standing = "active" if user.is_active else "inactive: signed out everywhere"
    outcome = f"{user.name} is {user.role}, {standing}." if changed else f"{user.name} was just so already."
    _tell(user, outcome, as_json=as_json)


@app.command(epilog="Example: mailer users reset ada@example.org --yes")
def reset(
    email: Email,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give a user a new start: no password, second factor or session, and a new invitation."""
    ready()
    from django.db import transaction  # noqa: PLC0415 - models want Django ready

    from mailer.accounts import inviting, making  # noqa: PLC0415 - the same

    user = making.find(email)
    ask(f"Take password, second factor and sessions from {user.name}, and invite them anew?", yes=yes)
    by, at = whoami(), _now()
    with transaction.atomic():
        making.reset(user, by=by, at=at)
        link = inviting.invitation(user, by=by, at=at)
    _tell(user, f"{user.name} is signed out everywhere.", link=link, as_json=as_json)


@app.command(epilog="Example: mailer users unlock ada@example.org")
def unlock(email: Email, *, as_json: AsJson = False) -> None:
    """Let a user try at once whom too many wrong passwords, anybody's, keep from signing in."""
    ready()
    from mailer.accounts import making  # noqa: PLC0415 - models want Django ready

    user = making.find(email)
    making.unlock(user, by=whoami(), at=_now())
    _tell(user, f"{user.name} may try again at once.", as_json=as_json)


def _tell(user: "User", outcome: str, *, as_json: bool, link: str = "") -> None:
    """Print who it is, and the invitation where there is one: the only place where it is ever seen."""
    from mailer.accounts import making  # noqa: PLC0415 - models want Django ready

    shown: dict[str, Any] = making.show(user)
    if link:
        shown["invitation"] = link

    def table() -> None:
        say(outcome)
        if link:
            say("Give them this link, by a way that nobody else reads; it works once, for three days:")
            say(f"  {link}")

    emit(shown, as_json=as_json, table=table)


def _read(file: Path) -> str:
    try:
        password = file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise FailedError(
            f"{file}: this is no text in UTF-8; write the password into it, and nothing else"
        ) from None
    if not 0 < len(password) <= _LONGEST_PASSWORD or "\n" in password:
        raise FailedError(f"{file}: write the password into it, in one line, and nothing else")
    return password


def _asked() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
