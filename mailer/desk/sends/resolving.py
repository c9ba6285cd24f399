"""What is unknown, decided by a person: the evidence is shown first, and the decision asked once more."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from mailer import doubts, sends
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, page
from mailer.desk.sends import acting, words
from mailer.desk.sends.doubting import evidence
from mailer.desk.sends.showing import PLACE, found, transport

AGAIN, OUT = "send-again", "leave-out"
DECISIONS = {AGAIN: sends.resend, OUT: sends.leave_out}


@needs("send")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: DeskRequest, number: int, decision: str) -> HttpResponse:
    """Ask whether the readers in doubt are sent it again, or left out; then do it.

    What was shown is what is decided: if others are in doubt by then, it is asked anew.
    """
    if decision not in DECISIONS:
        raise Http404
    send = found(number)
    known = doubts.doubts(send, wait=settings.CONFIGURATION.timings.unknown_wait)
    ripe = [doubt for doubt in known if doubt.decidable(acting.now())]
    about = ",".join(str(doubt.batch) for doubt in ripe)
    refused = ""
    if request.method == "POST":
        if request.POST.get("about", "") == about:
            try:
                done = DECISIONS[decision](number, by=acting.by(request), now=acting.now())
            except sends.SendError as error:
                return back(request, acting.there(send), acting.plain(error), failed=True)
            return back(request, acting.there(send), _said(decision, done))
        refused = "It is not as it was when this was asked: look again at who is in doubt now."
    return page(
        request,
        "send_decide.html",
        status=409 if refused else 200,
        place=PLACE,
        send=send,
        again=decision == AGAIN,
        ripe=ripe,
        readers=sum(doubt.readers for doubt in ripe),
        waiting=sum(doubt.readers for doubt in known) - sum(doubt.readers for doubt in ripe),
        about=about,
        refused=refused,
        evidence=lambda doubt: evidence(doubt, send, transport()),
        counted=words.readers,
    )


def _said(decision: str, done: sends.Resolved) -> str:
    who = words.readers(done.readers)
    early = f" {words.readers(done.too_early)} cannot be decided about yet." if done.too_early else ""
    if decision == AGAIN:
        return f"It is sent again to {who}, who may get it twice.{early}"
    return f"{who.capitalize()} left out: not confirmed, unless evidence comes.{early}"


@needs("send")
@require_POST
def look_up(request: DeskRequest, number: int) -> HttpResponse:
    """Ask the transport's own log about what is in doubt; what it knows is proof."""
    send = found(number)
    try:
        told = sends.look_up(number, now=acting.now())
    except sends.SendError as error:
        return back(request, acting.there(send), acting.plain(error), failed=True)
    if not told.asked:
        return back(request, acting.there(send), "The transport that took them has no log that can be asked.")
    said = f"Its log proves {told.proved:,} of {told.asked:,} batches accepted."
    if told.incomplete:
        said += f" It did not say all: {told.incomplete}."
    return back(request, acting.there(send), said)
