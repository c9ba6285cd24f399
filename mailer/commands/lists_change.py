"""`mailer lists set | rm`: change what a list says and how it decides, or remove it."""

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.commands.anew import approvals_told
from mailer.commands.asking import ask
from mailer.commands.lists import (
    AsJson,
    Description,
    Language,
    Owner,
    Public,
    ReplyTo,
    Slug,
    Tracked,
    Unchosen,
    WithoutStory,
    Zone,
    counted,
    now,
)
from mailer.commands.output import emit, say
from mailer.commands.start import ready, whoami
from subscribers.vocabulary import NoStory, UnchosenStories, WhenUnknown

if TYPE_CHECKING:
    from subscribers.lists import Removal

_DAYS = "A number, or never."


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("set", epilog='Example: mailer lists set space-digest --reply-to "" --no-tracked')(set_)
    app.command(epilog="Example: mailer lists rm space-digest --dry-run")(rm)


def set_(
    slug: Slug,
    *,
    name: Annotated[str | None, typer.Option(help="Its name as readers see it.")] = None,
    sender: Annotated[
        str | None, typer.Option("--from", help='Whom letters come from: "Name <address>".')
    ] = None,
    reply_to: Annotated[str | None, ReplyTo] = None,
    postal_address: Annotated[str | None, typer.Option(help="Stands at the foot of every letter.")] = None,
    description: Annotated[str | None, Description] = None,
    language: Annotated[str | None, Language] = None,
    zone: Annotated[str | None, Zone] = None,
    owner: Annotated[str | None, Owner] = None,
    unchosen_stories: Annotated[UnchosenStories | None, Unchosen] = None,
    no_story: Annotated[NoStory | None, WithoutStory] = None,
    when_unknown: Annotated[
        WhenUnknown | None,
        typer.Option(help="What becomes of readers in doubt when nobody decides within the wait."),
    ] = None,
    second_approval: Annotated[
        bool | None,
        typer.Option(
            "--second-approval/--no-second-approval", help="Whether another person than the author approves."
        ),
    ] = None,
    tracked: Annotated[bool | None, Tracked] = None,
    public: Annotated[bool | None, Public] = None,
    keep_pending_days: Annotated[
        str | None,
        typer.Option(metavar="DAYS", help=f"After which who never confirmed is removed. {_DAYS}"),
    ] = None,
    keep_inactive_days: Annotated[
        str | None,
        typer.Option(metavar="DAYS", help=f"After which who never opens anything is taken off. {_DAYS}"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change what a list says and how it decides; an empty text, "", empties what may be empty."""
    given = {
        "name": name,
        "reply_to": reply_to,
        "postal_address": postal_address,
        "description": description,
        "language": language,
        "zone": zone,
        "owner": owner,
        "unchosen_stories": unchosen_stories,
        "no_story": no_story,
        "when_unknown": when_unknown,
        "second_approval": second_approval,
        "tracked": tracked,
        "public": public,
    }
    days = {"keep_pending_days": keep_pending_days, "keep_inactive_days": keep_inactive_days}
    if all(value is None for value in (*given.values(), *days.values(), sender)):
        raise typer.BadParameter("say what to change; `mailer lists set --help` names what there is")
    ready()
    from subscribers import changing, list_fields, lists, wording  # noqa: PLC0415 - models want Django ready

    fields: dict[str, object] = {field: value for field, value in given.items() if value is not None}
    fields |= {field: list_fields.parse_days(text) for field, text in days.items() if text is not None}
    if sender is not None:
        fields["sender"] = list_fields.parse_sender(sender)
    found = lists.find(slug)
    with approvals_told(found):
        differences = changing.change(found, by=whoami(), at=now(), **fields)
    before = {difference.field: difference.before for difference in differences}
    after = {difference.field: difference.after for difference in differences}

    def told() -> None:
        for line in wording.differences(before, after):
            say(line)
        if not differences:
            say(f"{slug} was so already; nothing was changed.")

    changed = {field: {"before": before[field], "after": after[field]} for field in after}
    emit(lists.show(found) | {"changed": changed}, as_json=as_json, table=told)


def rm(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a list of which no edition was ever made; people stay, and so do suppressions of all lists."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready

    found = lists.find(slug)
    gone = lists.removal(found)
    if not dry_run:
        ask(f"Remove {slug} for good, {_with_it(gone)}?", yes=yes)
        gone = lists.remove(found, by=whoami(), at=now())

    def told() -> None:
        say(f"{slug} would go, {_with_it(gone)}." if dry_run else f"{slug} is gone, {_with_it(gone)}.")
        if gone.on_no_list:
            one = gone.on_no_list == 1
            stay = "would stay and be" if dry_run else "stays and is" if one else "stay and are"
            say(
                f"{counted(gone.on_no_list, 'subscriber')} {stay} on no list any more;"
                f" `mailer subscribers erase` removes a person."
            )

    data = {"list": slug, "removed": not dry_run, **dataclasses.asdict(gone)}
    emit(data, as_json=as_json, table=told)


def _with_it(gone: "Removal") -> str:
    """Return in words what goes with a list."""
    active = f" ({gone.active:,} active) and the evidence of consent to it" if gone.subscriptions else ""
    parts = [f"{counted(gone.subscriptions, 'subscription')}{active}"]
    if gone.suppressions:
        parts.append(f"{counted(gone.suppressions, 'suppression')} of this list alone")
    if gone.segments:
        parts.append(counted(gone.segments, "segment"))
    return f"with {', '.join(parts)}"
