"""The front door: bytes from a file or a form become an edition's text, in canonical Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.manuscript.addresses import lists_subscribers
from mailer.manuscript.characters import with_plain_line_ends
from mailer.manuscript.decoding import decode
from mailer.manuscript.document import Document
from mailer.manuscript.drafting import UNNAMED_SECTION
from mailer.manuscript.faults import Fault, ManuscriptError, Remark, invisible, quoted
from mailer.manuscript.frontmatter import opens_front_matter
from mailer.manuscript.gazetteer import Gazetteer
from mailer.manuscript.pasted import understand
from mailer.manuscript.reading import read
from mailer.manuscript.repair import repair, unmended
from mailer.manuscript.writing import write

_ZERO = "\0"


@dataclass(frozen=True)
class Arrival:
    """An edition that arrived: its text, what the text says, and what an editor should look at.

    `source` is what was sent, where `text` is not the same; `document` has the line numbers of `text`,
    `warnings` those of the source.
    """

    text: str
    document: Document
    warnings: tuple[str, ...]
    source: str = ""


def arrive(
    data: bytes,
    *,
    list_slug: str,
    interests: Mapping[str, str],
    former: Mapping[str, str] | None = None,
    extra_gazetteer: Mapping[str, Sequence[str]] | None = None,
    unnamed: str = UNNAMED_SECTION,
) -> Arrival:
    """Read an edition for the list, in canonical Markdown or as pasted text; `interests` is name by slug.

    `former` are slugs that interests had before, with those they have; `unnamed` heads what nothing headed in
    pasted text. Canonical text is kept as it was
    written, byte for byte. Raises ManuscriptError with every fault, and NotText, which is one, for bytes that
    are no text.
    """
    source, note = decode(data)
    mended, repairs = repair(with_plain_line_ends(source))
    remarks = [Remark(1, note)] if note else []
    remarks += [
        Remark(repaired.line, f"broken encoding was mended: {quoted(repaired.was)} is {quoted(repaired.now)}")
        for repaired in repairs
    ]
    remarks += [
        Remark(number, "broken characters could not be mended: write them anew")
        for number in unmended(mended)
    ]
    if opens_front_matter(mended):
        text = mended
    else:
        _check_pasted(mended)
        pasted = understand(
            mended,
            list_slug=list_slug,
            interests=interests,
            gazetteer=Gazetteer.load(extra_gazetteer),
            unnamed=unnamed,
        )
        text = write(pasted.document)
        remarks += pasted.warnings
    document = read(text, list(interests), list_slug=list_slug, former=former)
    return Arrival(
        text=text,
        document=document,
        warnings=tuple(map(str, sorted(remarks))),
        source="" if source == text else source,
    )


def _check_pasted(text: str) -> None:
    """Refuse what an editor did not mean to paste, and the zeros that the database cannot keep."""
    if lists_subscribers(text):
        refusal = "this looks like a list of subscribers: `mailer subscribers import` takes it, as a CSV file"
        raise ManuscriptError([Fault(1, 1, refusal)])
    zeros = [
        invisible(number, offset, _ZERO)
        for number, line in enumerate(text.split("\n"), 1)
        if (offset := line.find(_ZERO)) >= 0
    ]
    if zeros:
        raise ManuscriptError(zeros)
