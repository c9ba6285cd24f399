"""Users at the desk: who signs in, in which role, and how they get in again. A user is a number there."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar, cast

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from mailer.accounts import inviting, making
from mailer.accounts.errors import AccountError
from mailer.accounts.models import User
from mailer.accounts.roles import PERMISSIONS, Role
from mailer.accounts.second_factor import must_have_one
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, page
from subscribers.errors import SubscribersError

PLACE = "Users"

V = TypeVar("V", bound=Callable[..., HttpResponse])


def _shown_lately(view: V) -> V:
    """Ask whoever changes users to have shown lately who they are.

    Who sits down at an admin's desk makes nobody an admin.
    """
    return cast("V", reauthentication_required(view, allow_get=True))


@needs("manage")
@require_http_methods(["GET", "HEAD", "POST"])
@_shown_lately
def users(request: DeskRequest) -> HttpResponse:
    """Show who signs in; add one, and show their invitation, once."""
    if request.method != "POST":
        return _list(request)
    form, now = request.POST, _now()
    try:
        user = making.add(
            form.get("email", ""),
            name=form.get("name", ""),
            role=_role(form.get("role", "")),
            by=request.user.by,
            at=now,
        )
    except SubscribersError as error:
        return _list(request, str(error))
    if user.created_at != now:
        # Who is there is let in anew by nobody unseen: that is a reset, which is written down.
        return _list(request, f"{user.name} is a user already; a new invitation is on their page.")
    return _invited(request, user)


@needs("manage")
@require_safe
def one(request: DeskRequest, number: int) -> HttpResponse:
    """Show one user."""
    return _one(request, _find(number))


@needs("manage")
@require_http_methods(["GET", "HEAD", "POST"])
@_shown_lately
def change(request: DeskRequest, number: int) -> HttpResponse:
    """Give a user another name or role, or keep them out; nobody is deleted, since the log names them."""
    if request.method != "POST":  # they come here after having shown who they are
        return HttpResponseRedirect(f"/desk/users/{number}")
    user, form = _find(number), request.POST
    try:
        wanted = making.Wanted(
            name=form.get("name", ""), role=_role(form.get("role", "")), active=form.get("active") == "yes"
        )
        changed = making.change(user, wanted, by=request.user.by, at=_now())
    except SubscribersError as error:
        return _one(request, user, str(error))
    said = "Changed." if changed else "It was so already; nothing was changed."
    return back(request, f"/desk/users/{number}", said)


@needs("manage")
@require_http_methods(["GET", "HEAD", "POST"])
@_shown_lately
def reset(request: DeskRequest, number: int) -> HttpResponse:
    """Give a user a new start, and show their invitation, once."""
    if request.method != "POST":  # the same
        return HttpResponseRedirect(f"/desk/users/{number}")
    user = _find(number)
    if request.POST.get("sure") != "yes":
        return _one(request, user, "Tick that you are sure; nothing was changed.")
    making.reset(user, by=request.user.by, at=_now())
    return _invited(request, user)


def _list(request: DeskRequest, refused: str = "") -> HttpResponse:
    numbers = dict(User.objects.values_list("email", "pk"))
    return page(
        request,
        "users.html",
        status=422 if refused else 200,
        place=PLACE,
        users=[each | {"number": numbers[each["email"]]} for each in making.listing()],
        roles=list(Role),
        permissions=PERMISSIONS,
        typed=request.POST,
        refused=refused,
    )


def _one(request: DeskRequest, user: User, refused: str = "") -> HttpResponse:
    [shown] = [each for each in making.listing() if each["email"] == user.email]
    return page(
        request,
        "users-one.html",
        status=422 if refused else 200,
        place=PLACE,
        number=user.pk,
        shown=shown,
        must=must_have_one(user),
        themselves=user.pk == request.user.pk,
        roles=list(Role),
        refused=refused,
    )


def _invited(request: DeskRequest, invited: User) -> HttpResponse:
    return page(
        request,
        "users-invited.html",
        place=PLACE,
        invited=invited,
        link=inviting.invitation(invited, by=request.user.by, at=_now()),
    )


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise AccountError(f"Choose a role: {', '.join(Role)}") from None


def _find(number: int) -> User:
    user = User.objects.filter(pk=number).first()
    if user is None:
        raise Http404(f"There is no user {number}")
    return user


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
