"""Stop the press, second part: the text to be corrected, who will get it, and the word to send it."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mailer import differences, editions, reports, sends
from mailer.desk.access import DeskRequest, forbidden, needs
from mailer.desk.pages import back, page
from mailer.desk.sends import acting, approvers, words
from mailer.desk.sends.showing import PLACE, can, found
from mailer.editions import BlockedError, EditionError
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Send
from mailer.preflight import Finding, Severity
from mailer.sends.correcting import Tried
from mailer.vocabulary import SendKind, SendStatus

SEE, SEND = "see", "send"  # what the form asks for: first it is shown what differs, then it leaves


@needs("halt")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: DeskRequest, number: int) -> HttpResponse:
    """Show the text, then what differs and who will get it; then send it to whom the first has not left for.

    To see is for all who may stop the press, to send for those who may send.
    """
    send = found(number)
    if request.method != "POST":
        if not can(send)["correct"]:
            return back(request, acting.there(send), _why_not(send))
        return _page(request, send, text=editions.newest(send.edition).text)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    wanted = request.POST.get("do", SEE)
    if wanted == SEND and not _may_send(request):
        return forbidden(request, "send")
    word = " ".join(request.POST.get("word", "").split())
    try:
        tried = sends.tried(number, text.encode(), by=acting.by(request), now=acting.now())
        if wanted == SEND and (word or not tried.checked.warnings):
            return _sent(request, send, text, word)
    except (ManuscriptError, BlockedError, EditionError, sends.SendError) as error:
        return _page(request, found(number), text=text, refused=error)
    return _page(request, send, text=tried.text, tried=tried, wordless=wanted == SEND)


def _why_not(send: Send) -> str:
    """Return why nobody can be given corrected text, and what is done instead."""
    if send.kind == SendKind.TEST:
        return "It is a test: test the new text instead."
    if send.frozen_at is None:
        undo = "" if send.status == SendStatus.CANCELLED else "undo it, and "
        return f"Nothing of it has left: {undo}schedule the corrected text instead."
    if send.status in {SendStatus.DONE, SendStatus.DONE_WITH_GAPS, SendStatus.CANCELLED}:
        return f"{words.so(send)}: nobody is left to correct."
    return "Every letter of it has left, or may have: nobody is left to correct."


def _may_send(request: DeskRequest) -> bool:
    return acting.may(request, "send")


def _sent(request: DeskRequest, send: Send, text: str, word: str) -> HttpResponse:
    correction = sends.correct(send.pk, text.encode(), by=acting.by(request), now=acting.now(), word=word)
    reach = reports.corrected(correction)
    said = f"The first text is stopped. Corrected text goes to {words.readers(reach.taken)}."
    if reach.in_doubt:
        said += f" {words.readers(reach.in_doubt).capitalize()} may have the first, and are left in peace."
    return back(request, acting.there(correction), said)


def _page(
    request: DeskRequest,
    send: Send,
    *,
    text: str,
    tried: Tried | None = None,
    refused: Exception | None = None,
    wordless: bool = False,
) -> HttpResponse:
    outcomes = reports.ledger(send).outcomes
    why_not = "" if can(send)["correct"] else _why_not(send)
    owner = send.edition.list
    return page(
        request,
        "send_correct.html",
        status=422 if refused or wordless else 200,
        wordless=wordless,
        place=PLACE,
        send=send,
        text=text,
        tried=tried,
        rows=list(differences.rows(tried.first, tried.text)) if tried else [],
        gap=differences.Gap,
        findings=_findings(refused) or (tried.checked.findings if tried else ()),
        # Where it cannot be at all, that is said instead; what was typed stays in the field.
        refused=acting.plain(refused) if refused and not why_not and not _findings(refused) else "",
        why_not=why_not,
        waiting=outcomes["pending"] + outcomes["cancelled"],
        doubted=outcomes["in_flight"] + outcomes["unknown"],
        accepted=outcomes["accepted"],
        held=send.status == SendStatus.PAUSED,
        over=send.status == SendStatus.CANCELLED,
        others=approvers.besides(acting.by(request)) if tried and tried.second_word else [],
        may_send=_may_send(request),
        owner=owner,
        readers=words.readers,
    )


def _findings(error: Exception | None) -> tuple[Finding, ...]:
    """Return what is wrong with a text, line by line, where an error says so."""
    if isinstance(error, BlockedError):
        return error.checked.findings
    if isinstance(error, ManuscriptError):
        return tuple(
            Finding(Severity.ERROR, fault.line, fault.column, "reading", fault.message)
            for fault in error.faults
        )
    return ()
