"""What one of ours does about a person: each a form of their page, each the command line's own function."""

import datetime as dt
from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, page
from mailer.desk.people.searching import PLACE
from mailer.desk.people.showing import person_or_404, person_page
from subscribers import amending, erasing, leaving, lifting, lists, names, suppressions
from subscribers.addresses import AddressError, parse
from subscribers.amending import Wish
from subscribers.errors import SubscribersError
from subscribers.models import List, Subscriber
from subscribers.vocabulary import Suppressed

BY_HAND = "by hand, at the desk"
_LONGEST = 1_000  # characters of what is kept as evidence
_FIELDS = ("list", "reason", "only", "name", "locale", "address", "text_only", "tracked")


def suppress(request: DeskRequest, person: Subscriber) -> str:
    """Never write to them again, on one list or at all."""
    newsletter = _list_of(request)
    new = suppressions.by_hand(
        person.address_key, _reason(request), _now(), by=request.user.by, newsletter=newsletter
    )
    where = newsletter.slug if newsletter else "every list"
    return f"Suppressed on {where}." if new else f"It was suppressed on {where} already."


def lift(request: DeskRequest, person: Subscriber) -> str:
    """Let their address be written to again, as far as one reason goes."""
    lifted = lifting.lift(
        person.address_key,
        _reason(request),
        by=request.user.by,
        at=_now(),
        newsletter=_list_of(request),
        only=_suppressed(request.POST.get("only", "")),
    )
    if not lifted.lifted:
        return "There was nothing to lift any more; nothing was changed."
    still = ", ".join(f"{bar.reason} ({bar.list or 'every list'})" for bar in lifted.standing)
    return f"Lifted. Still suppressed: {still}." if still else "Lifted."


def unsubscribe(request: DeskRequest, person: Subscriber) -> str:
    """Take them off a list, or off all of them and any to come."""
    newsletter = _list_of(request)
    left = leaving.leave(person.address_key, newsletter, _how(request), _now(), by=request.user.by)
    where = newsletter.slug if newsletter else "every list"
    return f"Off {where}; only they themselves can come back." if left else f"They were off {where} already."


def amend(request: DeskRequest, person: Subscriber) -> str:
    """Set what is known of them."""
    form = request.POST
    address = form.get("address", "").strip()
    wish = Wish(
        name=form.get("name", ""),
        locale=form.get("locale", ""),
        address=address if address and address != person.address else None,
        text_only="text_only" in form,
        tracked="tracked" in form,
    )
    return _amended(request, person, wish)


def choose(request: DeskRequest, person: Subscriber) -> str:
    """Set what they get of one list."""
    form = request.POST
    chosen = tuple(form.getlist("interest"))
    if form.get("whole") != "yes" and not chosen:
        raise amending.AmendError("Choose at least one interest, or everything; to get nothing is to leave")
    interests = () if form.get("whole") == "yes" else chosen
    return _amended(request, person, Wish(newsletter=lists.find(form.get("list", "")), interests=interests))


def _amended(request: DeskRequest, person: Subscriber, wish: Wish) -> str:
    amended = amending.amend(person.address, wish, how=_how(request), by=request.user.by, at=_now())
    if not amended.changed:
        return "It was so already; nothing was changed."
    what = ", ".join(f"{one.where} {one.what}".strip().replace("_", " ") for one in amended.changed)
    return " ".join((f"Changed: {what}.", *amended.notes))


ACTIONS: dict[str, Callable[[DeskRequest, Subscriber], str]] = {
    "suppress": suppress,
    "lift": lift,
    "unsubscribe": unsubscribe,
    "set": amend,
    "choose": choose,
}


@needs("suppress")
@require_POST
def act(request: DeskRequest, number: int, action: str) -> HttpResponse:
    """Do what a form of their page asks, and come back to it; 422 with what was typed where it cannot be."""
    person = person_or_404(number)
    try:
        said = ACTIONS[action](request, person)
    except SubscribersError as error:
        return person_page(request, person, refused=str(error), form=action, typed=_typed(request))
    return back(request, f"/desk/subscribers/{number}", said)


@needs("suppress")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: DeskRequest, number: int) -> HttpResponse:
    """Ask for their address, typed; then remove them everywhere, and say what was done and what remains."""
    person = person_or_404(number)
    if request.method != "POST":
        return _ask(request, person)
    if not _is_theirs(request.POST.get("address", ""), person):
        return _ask(request, person, "That is not this person's address; nothing was removed.")
    try:
        erased = erasing.erase(person.address, by=request.user.by, at=_now())
    except SubscribersError as error:
        return _ask(request, person, str(error))
    return page(request, "people-erased.html", place=PLACE, erased=erased, number=number)


def _ask(request: DeskRequest, person: Subscriber, refused: str = "") -> HttpResponse:
    return page(
        request,
        "people-erase.html",
        status=422 if refused else 200,
        place=PLACE,
        person=person,
        refused=refused,
    )


def _is_theirs(typed: str, person: Subscriber) -> bool:
    try:
        return parse(typed).canonical == person.canonical
    except AddressError:
        return False


def _typed(request: DeskRequest) -> dict[str, str]:
    """Return what a form held, so that it is shown again; '' for what it has not."""
    return {name: request.POST.get(name, "") for name in _FIELDS}


def _list_of(request: DeskRequest) -> List | None:
    """Return the list that a form names; none is every list."""
    slug = request.POST.get("list", "")
    return lists.find(slug) if slug else None


def _suppressed(text: str) -> Suppressed:
    try:
        return Suppressed(text)
    except ValueError:
        raise lifting.LiftError("Say which reason to lift") from None


def _reason(request: DeskRequest) -> str:
    """Return the words that are kept as evidence. Raises NameTextError."""
    return names.parse(request.POST.get("reason", ""), _LONGEST)


def _how(request: DeskRequest) -> str:
    reason = _reason(request)
    return f"{BY_HAND}: {reason}" if reason else BY_HAND


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
