"""A newsletter pasted as plain text becomes a `Document` and a list of what an editor should look at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailer.manuscript.accounting import missing
from mailer.manuscript.characters import is_stray_control, with_plain_line_ends
from mailer.manuscript.composing import speaks_markdown
from mailer.manuscript.document import Document
from mailer.manuscript.drafting import UNNAMED_SECTION, Drafter
from mailer.manuscript.faults import Fault, ManuscriptError, Remark, quoted
from mailer.manuscript.gazetteer import Gazetteer
from mailer.manuscript.lines import Line, lines_of
from mailer.manuscript.masthead import read_masthead
from mailer.manuscript.outline import outline
from mailer.manuscript.strays import find_strays

# Long enough for any line that is left out to stand in its warning whole.
_LONGEST_QUOTE = 1_000


@dataclass(frozen=True)
class Pasted:
    """What a pasted text says, and what to look at: left out, guessed, proposed."""

    document: Document
    warnings: tuple[Remark, ...]


def understand(
    text: str,
    *,
    list_slug: str,
    interests: Mapping[str, str],
    gazetteer: Gazetteer,
    unnamed: str = UNNAMED_SECTION,
) -> Pasted:
    """Find title, date, sections, points and stories in `text`, and propose `interests` (name by slug).

    `unnamed` heads what nothing headed. Every line is in the document or named in a warning. Raises
    ManuscriptError, with the line, where there is no title or nothing beneath it, or where two headings could
    not be told apart.
    """
    text = with_plain_line_ends(text)
    lines = lines_of(text)
    strays = find_strays(lines)
    kept = [line for index, line in enumerate(lines) if index not in strays]
    masthead = read_masthead(kept)
    parts, doubts = outline(masthead.rest)
    drafter = Drafter(interests, gazetteer, speaks_markdown=speaks_markdown(text), unnamed=unnamed)
    document = Document(
        list=list_slug,
        title=masthead.title,
        sections=tuple(drafter.section(part) for part in parts),
        subtitle=masthead.subtitle,
        date=masthead.date,
    )
    if not document.sections:
        last = lines[-1].number
        raise ManuscriptError([Fault(last, 1, "the edition says nothing beneath its title: write it there")])
    _check_headings(document)
    named = {remark.line for remark in masthead.remarks}
    remarks = [
        *_invisible(text),
        *(_left_out(lines[index], reason) for index, reason in strays.items()),
        *masthead.remarks,
        *doubts,
        *drafter.remarks,
        *(
            _left_out(line, "found no place in the edition")
            for line in missing(kept, document)
            if line.number not in named
        ),
    ]
    return Pasted(document, tuple(sorted(remarks)))


def _left_out(line: Line, reason: str) -> Remark:
    return Remark(line.number, f"{quoted(line.raw, _LONGEST_QUOTE)} {reason}, and was left out")


def _invisible(text: str) -> Iterator[Remark]:
    for number, line in enumerate(text.split("\n"), 1):
        count = sum(map(is_stray_control, line))
        if count:
            yield Remark(number, f"invisible control characters were left out: {count}")


def _check_headings(document: Document) -> None:
    """Refuse two headings that canonical Markdown could not tell apart."""
    faults = list(_repeated([(section.title, section.line) for section in document.sections]))
    for section in document.sections:
        groups = [(group.title, group.line) for group in section.groups]
        stories = [(story.title, story.line) for story in section.stories]
        faults += _repeated([*groups, *stories])
    if faults:
        raise ManuscriptError(faults)


def _repeated(headings: Iterable[tuple[str, int]]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for title, line in headings:
        if title.casefold() in first:
            message = (
                f"{quoted(title)} is a heading on line {first[title.casefold()]} already: tell them apart"
            )
            yield Fault(line, 1, message)
        first.setdefault(title.casefold(), line)
