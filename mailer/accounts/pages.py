"""The pages of one's own account that are not allauth's."""

from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from mailer.accounts.current import signed_in_user
from mailer.accounts.gate import ACCOUNT
from mailer.accounts.roles import PERMISSIONS, may
from mailer.accounts.second_factor import FACTORS

SESSIONS = f"{ACCOUNT}sessions/"


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show who one is here, what one may do, and how one signs in."""
    user = signed_in_user(request)
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    values = {
        "permissions": [(each.name, each.covers, may(user.role, each.name)) for each in PERMISSIONS],
        "factors": sum(kind in FACTORS for kind in kinds),
        "sessions": UserSession.objects.filter(user=user).count(),
        "has_password": user.has_usable_password(),
    }
    return render(request, "account/overview.html", values)


@login_not_required
@require_GET
def locked_out(request: HttpRequest) -> HttpResponse:
    """Say what helps whoever cannot sign in: no letter, but one of ours."""
    return render(request, "account/locked_out.html")


@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """End one of one's own sessions, this one too."""
    session = UserSession.objects.filter(user=request.user, pk=number).first()
    if session is None:
        raise Http404
    current = session.is_current()
    session.end()
    if current:
        logout(request)
    return HttpResponseRedirect(SESSIONS)
