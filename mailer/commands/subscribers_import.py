"""`mailer subscribers import`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.bars import progress
from mailer.commands.output import emit, print_facts, print_rows, warn
from mailer.commands.start import ready, whoami
from mailer.commands.subscribers import AsJson, Slug, now
from mailer.commands.usage import given, words

if TYPE_CHECKING:
    from subscribers.csvfiles.looking import Layout
    from subscribers.enrolling import Arrival
    from subscribers.importing import Imported
    from subscribers.models import List

_MOST_WORDS = 20  # tags that are named; more are counted


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(
        "import",
        epilog='Example: mailer subscribers import space-digest people.csv --consent "spring meeting"',
    )(import_)


def _agreed(text: str) -> str:
    """Return what is kept as evidence. Raises BadParameter where nothing is said."""
    if not text.strip():
        raise typer.BadParameter("say where and how these people agreed")
    return words(text)


def _delimiter(text: str) -> str:
    """Return what sets fields apart, which may be a blank or a tab. Raises BadParameter for nothing."""
    return text or given(text)


def import_(
    slug: Slug,
    file: Annotated[Path, typer.Argument(help="A table as CSV; what it is written in is found.")],
    consent: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Where and how they agreed; needed where the file does not say it for each.",
            parser=_agreed,
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="HEADER=TARGET",
            help="What a column is: email, name, first_name, last_name, locale, interests, interest:SLUG,"
            " tags, consent, consent_at, status, attribute:NAME, ignore; docs/import.md lists the others.",
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What the file is encoded in, as windows-1251.", parser=given),
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="comma, semicolon, tab, pipe, or a character.", parser=_delimiter),
    ] = None,
    skip_bad_rows: Annotated[
        bool,
        typer.Option("--skip-bad-rows", help="Import the others, and write the bad rows to FILE.bad.csv."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what is found and what would become of it; change nothing."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put the people of a file on a list; who left or is suppressed is never brought back."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready
    from subscribers.csvfiles.errors import ConsentMissingError  # noqa: PLC0415 - the same
    from subscribers.csvfiles.looking import Wishes  # noqa: PLC0415 - the same
    from subscribers.importing import import_csv  # noqa: PLC0415 - the same

    newsletter = lists.find(slug)
    try:
        with progress() as told:
            imported = import_csv(
                newsletter,
                file,
                by=whoami(),
                at=now(),
                consent=consent or "",
                wishes=Wishes(encoding or "", delimiter or "", tuple(columns or ())),
                skip_bad_rows=skip_bad_rows,
                dry_run=dry_run,
                shown=None if dry_run else _say,
                progress=told,
            )
    except ConsentMissingError as error:
        raise typer.BadParameter(str(error), param_hint="--consent") from None
    if dry_run:
        emit(
            _as_json(imported) | _sample_as_json(newsletter, imported),
            as_json=as_json,
            table=lambda: _print_dry_run(newsletter, imported),
        )
        _warn_of_a_real_run(imported, consent or "", skip_bad_rows=skip_bad_rows)
    else:
        emit(_as_json(imported), as_json=as_json, table=lambda: _print_counts(imported))
        if imported.bad_file:
            warn(f"The bad rows and their reasons are in {imported.bad_file}")
    _warn_of_tags(newsletter, imported)


def _say(layout: "Layout") -> None:
    """Say what was found before anything is written."""
    warn(f"{layout.file.name}: {_written(layout)}; found {_columns(layout)}")
    if layout.ignored:
        warn(f"These columns were not used: {', '.join(layout.ignored)}")


def _written(layout: "Layout") -> str:
    by = f"an export of {layout.peer.name}, " if layout.peer else ""
    return f"{by}{layout.encoding.shown}, set apart by {layout.shape.shown}"


def _columns(layout: "Layout") -> str:
    return ", ".join(
        column.target if column.header == column.target else f"{column.target} (“{column.header}”)"
        for column in layout.used
    )


def _as_json(imported: "Imported") -> dict[str, Any]:
    people = imported.people
    return {
        "new": people.new,
        "updated": people.updated,
        "unchanged": people.unchanged,
        "left_alone": people.left_alone,
        "unsubscribed": people.unsubscribed,
        "suppressed": people.suppressed,
        "not_subscribed": people.outsiders,
        "ended": people.ended,
        "duplicates": people.duplicates,
        "bad": imported.bad,
        "bad_file": str(imported.bad_file) if imported.bad_file else None,
        "unknown_tags": list(imported.unknown_tags),
        "found": imported.layout.described(),
    }


def _sample_as_json(newsletter: "List", imported: "Imported") -> dict[str, Any]:
    return {
        "dry_run": True,
        "sample": [_masked(newsletter, arrival) for arrival in imported.samples],
        "faults": [
            {"line": fault.line, "column": fault.column, "reason": fault.reason} for fault in imported.faults
        ],
    }


def _masked(newsletter: "List", arrival: "Arrival") -> dict[str, Any]:
    """Return a row so that one sees whether it was read well, and not who it is."""
    from subscribers.addresses import masked  # noqa: PLC0415 - models want Django ready
    from subscribers.interests import Interests  # noqa: PLC0415 - the same

    return {
        "line": arrival.line,
        "email": masked(arrival.address),
        "name": " ".join(f"{word[0]}•••" for word in arrival.name.split()),
        "locale": arrival.locale,
        "interests": "everything"
        if arrival.everything
        else ", ".join(Interests.of(newsletter).slugs(arrival.interests))
        if arrival.interests
        else "",
        "status": str(arrival.standing),
        "consent": arrival.how or "",
        "consent_at": arrival.agreed_at,
    }


def _print_dry_run(newsletter: "List", imported: "Imported") -> None:
    layout = imported.layout
    print_facts(
        {
            "file": str(layout.file),
            "written by": layout.peer.name if layout.peer else "",
            "encoding": layout.encoding.shown + ("" if layout.encoding.certain else " (not certain)"),
            "set apart by": layout.shape.shown,
        }
    )
    print_rows(
        ["column", "is"],
        [
            (column.header, column.target if column.used else "not used")
            for column in layout.columns
            if column.header
        ],
        empty="",
    )
    samples = [_masked(newsletter, arrival) for arrival in imported.samples]
    if samples:
        print_rows(list(samples[0]), [list(sample.values()) for sample in samples], empty="")
    _print_counts(imported)
    for fault in imported.faults:
        warn(f"{layout.file}:{fault.line}: {fault}")
    if imported.bad > len(imported.faults):
        warn(f"… and {imported.bad - len(imported.faults):,} more")


def _print_counts(imported: "Imported") -> None:
    people = imported.people
    print_rows(
        ["people", "how many"],
        [
            ("new on the list", people.new),
            ("updated", people.updated),
            ("unchanged", people.unchanged),
            ("left alone: had unsubscribed", people.unsubscribed),
            ("left alone: suppressed", people.suppressed),
            ("left alone: never subscribed, by the file's own word", people.outsiders),
            ("recorded as left, bounced or complained, by the file's own word", people.ended),
            ("rows for an address that another row is for, which counts", people.duplicates),
            ("bad rows", imported.bad),
        ],
        empty="",
    )


def _warn_of_a_real_run(imported: "Imported", consent: str, *, skip_bad_rows: bool) -> None:
    from subscribers.importing import UncertainEncodingError  # noqa: PLC0415 - models want Django ready

    warn("This was a dry run: nothing was changed")
    if not imported.layout.encoding.certain:
        warn(str(UncertainEncodingError(imported.layout)))
    if not consent.strip() and not imported.layout.tells_consent:
        warn("A real run needs --consent: nothing in the file says where and how these people agreed")
    if imported.bad and not skip_bad_rows:
        warn("A real run would import nothing: mend the bad rows, or put them aside with --skip-bad-rows")


def _warn_of_tags(newsletter: "List", imported: "Imported") -> None:
    if words := imported.unknown_tags:
        more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
        warn(
            f"Passed over, since they are no interests of {newsletter.slug}:"
            f" {', '.join(words[:_MOST_WORDS])}{more}"
        )
