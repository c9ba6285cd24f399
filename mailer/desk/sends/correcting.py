"""Stop the press, second part: the text to be corrected, who will get it, and the word to send it."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mailer import differences, drafts, editions, reports, sends
from mailer.desk import unsaved
from mailer.desk.access import DeskRequest, forbidden, needs
from mailer.desk.editions.conflicts import in_correction
from mailer.desk.editions.found import revision_of
from mailer.desk.pages import back, page
from mailer.desk.sends import acting, approvers, words
from mailer.desk.sends.showing import PLACE, can, found
from mailer.drafts import ConflictError, Together
from mailer.editions import BlockedError, EditionError
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Revision, Send
from mailer.preflight import Finding, Severity
from mailer.sends.correcting import Tried
from mailer.vocabulary import SendKind, SendStatus
from mailer.watching.standing import Standing, standing

SEE, SEND = "see", "send"  # what the form asks for: first it is shown what differs, then it leaves


@needs("halt")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: DeskRequest, number: int) -> HttpResponse:
    """Show the text, then what differs and who will get it; then send it to whom the first has not left for.

    To see is for all who may stop the press, to send for those who may send. What another saved since the
    page was opened is put together with it, and shown; it is not sent unseen.
    """
    send = found(number)
    if request.method != "POST":
        found_so = standing(send, now=acting.now())
        if not can(send, found_so)["correct"]:
            return back(request, acting.there(send), _why_not(send))
        newest = editions.newest(send.edition)
        return _page(request, send, newest, text=newest.text, found_so=found_so)
    if request.POST.get("do") == SEND and not _may_send(request):
        return forbidden(request, "send")
    if (correction := sends.going(send, drafts.typed(request.POST.get("text", "")))) is not None:
        return back(request, acting.there(correction), "The corrected text goes already: this is its send.")
    return _posted(request, send)


def _posted(request: DeskRequest, send: Send) -> HttpResponse:
    """Show what was typed with what was saved meanwhile, or send it where there is nothing else in it."""
    text = drafts.typed(request.POST.get("text", ""))
    base = revision_of(request.POST.get("base", "")) or send.revision.number
    wanted, word = request.POST.get("do", SEE), " ".join(request.POST.get("word", "").split())
    both: Together | None = None
    try:
        both = drafts.together(send.edition, text, based_on=base)
        tried = sends.tried(
            send.pk, both.text.encode(), by=acting.by(request), now=acting.now(), over=both.newest.number
        )
        unseen = both.text != text
        if wanted == SEND and not unseen and (word or not tried.checked.warnings):
            return _sent(request, send, both, word)
    except ConflictError as error:
        return in_correction(request, send, error, text)
    except sends.SavedMeanwhileError:  # a moment ago: once more, with that
        return _posted(request, send)
    except (ManuscriptError, BlockedError, EditionError, sends.SendError) as error:
        newest = _over(send, both, base)
        meanwhile = _meanwhile(request, both, text)
        shown = both.text if both else text
        return _page(
            request, found(send.pk), newest, text=shown, word=word, refused=error, meanwhile=meanwhile
        )
    return _page(
        request,
        send,
        both.newest,
        text=tried.text,
        word=word,
        tried=tried,
        meanwhile=_meanwhile(request, both, text),
        unsent=wanted == SEND and unseen,
        wordless=wanted == SEND and not word and bool(tried.checked.warnings),
    )


def _over(send: Send, both: Together | None, base: int) -> Revision:
    """Return the revision that what is shown again was made from: for want of another, what was sent.

    Where the press was stopped and a second person's word is wanted, it is a revision of its own by now.
    """
    if both is None:
        return send.edition.revisions.filter(number=base).first() or send.revision
    newest = editions.newest(send.edition)
    return newest if newest.text == both.text else both.newest


def _meanwhile(request: DeskRequest, both: Together | None, text: str) -> str:
    """Return who saved what now stands in the text, which whoever asks did not type; '' where nobody."""
    if both is None or both.text == text:
        return ""
    others = drafts.others_since(both.base, acting.by(request))
    return " and ".join(each or "somebody" for each in others) or "You"


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


def _sent(request: DeskRequest, send: Send, both: Together, word: str) -> HttpResponse:
    correction = sends.correct(
        *(send.pk, both.text.encode()),
        by=acting.by(request),
        now=acting.now(),
        word=word,
        over=both.newest.number,
    )
    reach = reports.corrected(correction)
    said = f"The first text is stopped. Corrected text goes to {words.readers(reach.taken)}."
    if reach.in_doubt:
        said += f" {words.readers(reach.in_doubt).capitalize()} may have the first, and are left in peace."
    return back(request, acting.there(correction), said)


def _page(
    request: DeskRequest,
    send: Send,
    newest: Revision,
    *,
    text: str,
    word: str = "",
    tried: Tried | None = None,
    refused: Exception | None = None,
    meanwhile: str = "",
    unsent: bool = False,
    wordless: bool = False,
    found_so: Standing | None = None,
) -> HttpResponse:
    """Return the page with a text over revision `newest`; `unsent`: it was to leave, and has more in it."""
    found_so = found_so or standing(send, now=acting.now())
    outcomes = found_so.sums.outcomes
    why_not = "" if can(send, found_so)["correct"] else _why_not(send)
    owner = send.edition.list
    return page(
        request,
        "send_correct.html",
        status=409 if unsent else 422 if refused or wordless else 200,
        base=newest.number,
        unsaved=unsaved.of(newest, acting.by(request)),
        meanwhile=meanwhile,
        word=word,
        wordless=wordless,
        place=PLACE,
        send=send,
        text=text,
        tried=tried,
        rows=list(differences.rows(tried.first, tried.text)) if tried else [],
        findings=_findings(refused) or (tried.checked.findings if tried else ()),
        # Where it cannot be at all, that is said instead; what was typed stays in the field.
        refused=acting.plain(refused) if refused and not why_not and not _findings(refused) else "",
        why_not=why_not,
        waiting=outcomes["pending"] + outcomes["cancelled"],
        doubted=outcomes["in_flight"] + outcomes["unknown"],
        accepted=outcomes["accepted"],
        held=send.status == SendStatus.PAUSED,
        over=send.status == SendStatus.CANCELLED,
        others=approvers.besides(tried.authors) if tried and tried.second_word else [],
        second_word=tried is not None and tried.second_word,
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
