"""What a notice says: to the owner of a list, of a send that was paused, missed, unknown, done, or harms."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailer.rendering.marks import defused
from mailer.thresholds import BOUNCES, COMPLAINTS, COMPLAINTS_HARMFUL


class News(StrEnum):
    """What the owner of a list is told of a send."""

    # a person, or the transport's refusal, stopped it
    PAUSED = "paused"
    # its hour passed while nobody was there to send it
    MISSED = "missed"
    # nobody can tell whether the transport took some readers' copies
    UNKNOWN = "unknown"
    DONE = "done"
    # over, and of some readers it was never learnt
    DONE_WITH_GAPS = "done_with_gaps"
    CANCELLED = "cancelled"
    # more readers marked it as spam than mail providers bear
    COMPLAINTS = "complaints"
    # more addresses were refused for good than a list has that was kept well
    BOUNCES = "bounces"


@dataclass(frozen=True)
class Facts:
    """What a notice is written from: numbers and words, never a reader's address."""

    news: News
    list_name: str
    list_slug: str
    send: int
    edition: int
    title: str
    due: str  # as the editor said it: 2026-12-01 09:00 Africa/Nairobi
    candidates: int | None = None  # None: the audience is not frozen yet
    outcomes: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    possibly_twice: int = 0
    words: str = ""  # why, as the transport or the person said it
    undecided_until: str = ""  # when what is unknown is given up
    when_unknown: str = "hold"  # hold | resend | leave_out
    sandboxed: bool = False
    # What came of the copies that were accepted; they arrived unless they came back.
    complained: int = 0
    bounced: int = 0
    arrived: int = 0
    accepted: int = 0
    report: str = ""  # the address of its report at the desk


@dataclass(frozen=True)
class Row:
    """One line of the ledger; `why` says what its figure is made of."""

    label: str
    readers: int
    why: str = ""


@dataclass(frozen=True)
class Step:
    """What may be done next, and the command that does it, or the address where it is done."""

    what: str
    command: str


@dataclass(frozen=True)
class Notice:
    """A notice in words; `rows` add up to `candidates`, and there are none before the freeze."""

    subject: str
    heading: str
    about: str
    said: tuple[str, ...]
    quoted: str
    rows: tuple[Row, ...]
    candidates: int
    steps: tuple[Step, ...]
    because: Step


def write(facts: Facts) -> Notice:
    """Return the notice that tells of `facts`."""
    said = _SAYS[facts.news](facts)
    paragraphs = [*said.paragraphs]
    if facts.possibly_twice:
        paragraphs.append(
            f"{_readers(facts.possibly_twice)} may have it twice, by the decision to send again."
        )
    if facts.sandboxed:
        paragraphs.append("The sandbox is the transport: nothing has left this machine.")
    elsewhere = f"News of {_line(facts.list_name)} goes to this address. To have it sent elsewhere:"
    return Notice(
        subject=f"{_line(facts.list_name)}: {said.subject}",
        heading=said.heading,
        about=f"{_line(facts.list_name)} · send {facts.send} of edition {facts.edition}",
        said=tuple(paragraphs),
        quoted=_line(facts.words),
        rows=_rows(facts),
        candidates=facts.candidates or 0,
        steps=said.steps,
        because=Step(elsewhere, f"mailer lists set {facts.list_slug} --owner ADDRESS"),
    )


class _Said:
    """What one kind of news has of its own."""

    def __init__(self, subject: str, heading: str, *paragraphs: str, steps: tuple[Step, ...]) -> None:
        self.subject, self.heading, self.paragraphs, self.steps = subject, heading, paragraphs, steps


def _paused(facts: Facts) -> _Said:
    return _Said(
        "sending paused",
        "Sending is paused",
        f"{_title(facts)} has stopped on its way. Nothing more of it leaves until somebody lets it go on."
        f" {_so_far(facts)}",
        steps=(
            Step("When the reason is put right, let it go on:", f"mailer sends resume {facts.send}"),
            Step("Or end it; what has left stays counted:", f"mailer sends cancel {facts.send}"),
            Step(
                "Or give corrected text to those who have none:",
                f"mailer sends correct {facts.send} corrected.md",
            ),
            _show(facts),
        ),
    )


def _missed(facts: Facts) -> _Said:
    return _Said(
        "not sent, its hour has passed",
        "A send was missed",
        f"{_title(facts)} was due at {_line(facts.due)}, and no worker was there to send it."
        " So much later nobody may want it any more, so it was not sent. Nothing of it has left.",
        steps=(
            Step("If it is still worth reading, let it leave now:", f"mailer sends resume {facts.send}"),
            Step("If it is not, end it:", f"mailer sends cancel {facts.send}"),
        ),
    )


def _unknown(facts: Facts) -> _Said:
    held = _readers(facts.outcomes.get("unknown", 0))
    until = f"by {_line(facts.undecided_until)}" if facts.undecided_until else "in time"
    rule = _RULES.get(facts.when_unknown, _RULES["hold"])
    what = "See what is known of each request, and what may be done about it:"
    return _Said(
        f"{held} in doubt",
        f"{held} may or may not have it",
        f"The transport was asked to take the copies of {held} of {_title(facts)}, and gave no answer that"
        " can be relied on. They are held: to send again now might reach them twice.",
        "An event that names such a request proves that it was taken, so waiting often settles it."
        f" If nobody decides {until}, {rule}.",
        steps=(Step(what, f"mailer sends resolve {facts.send} --status"),),
    )


_RULES = {
    "hold": "they are called not confirmed and get nothing more",
    "resend": "the list's rule is to send to them again",
    "leave_out": "the list's rule is to leave them out",
}


def _done(facts: Facts) -> _Said:
    return _Said(
        f"done, {_share(facts)}",
        "Every reader is accounted for",
        f"{_title(facts)} is done: the transport accepted {_copies(facts)}. Accepted is not yet delivered:"
        " what became of each copy comes back in the hours after.",
        steps=(_show(facts), _ledger(facts)),
    )


def _done_with_gaps(facts: Facts) -> _Said:
    gaps = _readers(facts.outcomes.get("not_confirmed", 0))
    return _Said(
        f"done with gaps, {_share(facts)}",
        f"Done, with {gaps} not confirmed",
        f"{_title(facts)} is over: the transport accepted {_copies(facts)}. Of {gaps} it was never learnt"
        " whether their copy was taken, and nothing more is sent to them.",
        "Should evidence come in late, the ledger takes it in.",
        steps=(_ledger(facts), _show(facts)),
    )


def _cancelled(facts: Facts) -> _Said:
    is_frozen = facts.candidates is not None
    return _Said(
        f"sending cancelled, {_share(facts)}" if is_frozen else "sending cancelled",
        "Sending is cancelled",
        f"No further copy of {_title(facts)} leaves. {_so_far(facts)}",
        steps=(_show(facts), _ledger(facts)) if is_frozen else (_show(facts),),
    )


def _complaints(facts: Facts) -> _Said:
    complained = _readers(facts.complained)
    return _Said(
        f"{complained} marked it as spam",
        "More complaints than mail providers bear",
        f"{complained} of the {facts.arrived:,} who got {_title(facts)} marked it as spam:"
        f" {_percent(facts.complained, facts.arrived, 2)}. Gmail asks every sender to stay below"
        f" {_shown(COMPLAINTS, 1)}; from {_shown(COMPLAINTS_HARMFUL, 1)} on, letters of the same sender may"
        " go to the spam folder everywhere, at Yahoo too.",
        "Those readers get nothing more from any list here, and one edition does little harm. If the next one"
        " goes the same way, find the reason: people who never asked for it or forgot that they did, a"
        " subject that promised something else, more letters than they expected.",
        steps=(
            *_report(facts, "See when they came, and at which mail providers:"),
            *_hold(facts),
            Step(
                "See who joined by an import lately, and who imported them:",
                f"mailer changes ls --list {facts.list_slug}",
            ),
        ),
    )


def _bounces(facts: Facts) -> _Said:
    bounced = f"{facts.bounced:,} {'address' if facts.bounced == 1 else 'addresses'}"
    return _Said(
        f"{bounced} refused for good",
        "More dead addresses than a list should have",
        f"Of the {facts.accepted:,} copies of {_title(facts)} that were accepted, those to {bounced} were"
        " refused for good by the readers' mail servers:"
        f" {_percent(facts.bounced, facts.accepted, 1)}. Above {_shown(BOUNCES, 0)}, mail providers may take"
        " a list for an old or a bought one, and trust its sender less.",
        "Nothing more is sent to these addresses. So many at once mostly come from an import, a form that"
        " machines fill in, or one provider that refuses everything.",
        steps=(
            *_report(facts, "See for what reasons, and at which mail providers:"),
            *_hold(facts),
            Step(
                "If it was an import, see which, and ask where its addresses came from:",
                f"mailer changes ls --list {facts.list_slug}",
            ),
        ),
    )


_SAYS: dict[News, Callable[[Facts], _Said]] = {
    News.PAUSED: _paused,
    News.MISSED: _missed,
    News.UNKNOWN: _unknown,
    News.DONE: _done,
    News.DONE_WITH_GAPS: _done_with_gaps,
    News.CANCELLED: _cancelled,
    News.COMPLAINTS: _complaints,
    News.BOUNCES: _bounces,
}


def _report(facts: Facts, what: str) -> tuple[Step, ...]:
    return (Step(what, facts.report),) if facts.report else ()


def _hold(facts: Facts) -> tuple[Step, ...]:
    """Offer a pause while there is somebody left to spare."""
    pending = facts.outcomes.get("pending", 0)
    if not pending:
        return ()
    return (
        Step(
            f"{_readers(pending)} still wait for it. To hold it meanwhile:",
            f"mailer sends pause {facts.send}",
        ),
    )


def _percent(part: int, whole: int, decimals: int) -> str:
    return _shown(part / whole if whole else 0.0, decimals)


def _shown(share: float, decimals: int) -> str:
    # With a space that no line breaks at.
    return f"{share * 100:.{decimals}f}\u00a0%"


def _show(facts: Facts) -> Step:
    return Step("See how it stands:", f"mailer sends show {facts.send}")


def _ledger(facts: Facts) -> Step:
    return Step("Get one line for each reader:", f"mailer sends ledger {facts.send} --csv > ledger.csv")


def _rows(facts: Facts) -> tuple[Row, ...]:
    """Return the outcomes that have readers, in the ledger's order, and why some were excluded."""
    if facts.candidates is None:
        return ()
    reasons = " · ".join(f"{count:,} {_spoken(reason)}" for reason, count in facts.reasons.items())
    return tuple(
        Row(_spoken(outcome), readers, reasons if outcome == "excluded" else "")
        for outcome, readers in facts.outcomes.items()
        if readers or outcome == "accepted"
    )


def _so_far(facts: Facts) -> str:
    if facts.candidates is None:
        return "Nothing of it has left."
    return f"The transport has accepted {_copies(facts)}."


def _copies(facts: Facts) -> str:
    accepted, candidates = facts.outcomes.get("accepted", 0), facts.candidates or 0
    return f"{accepted:,} of {candidates:,} {'copy' if candidates == 1 else 'copies'}"


def _share(facts: Facts) -> str:
    return f"{facts.outcomes.get('accepted', 0):,} of {facts.candidates or 0:,} accepted"


def _readers(count: int) -> str:
    return f"{count:,} {'reader' if count == 1 else 'readers'}"


def _spoken(word: str) -> str:
    return word.replace("_", " ")


def _title(facts: Facts) -> str:
    return f"“{_line(facts.title)}”"


def _line(text: str) -> str:
    """Return words from outside on one line, without what XML cannot carry and without marks."""
    kept = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _is_text(sign))
    return defused(" ".join(kept.split()))


def _is_text(sign: str) -> bool:
    # Controls, halves of surrogate pairs, and what is no character at all.
    return unicodedata.category(sign) not in {"Cc", "Cs", "Cn"}
