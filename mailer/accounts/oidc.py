"""Signing in by OpenID Connect, for users that are known here already.

django-allauth speaks the protocol. Stricter here than there: the token is always there, signed by a key of
the provider's, meant for us and for this very attempt (OpenID Connect Core 3.1.3.7), and the address is one
that the provider has verified.
"""

import secrets
from typing import Any

import jwt
import structlog
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

log = structlog.get_logger()

# The one provider that may be set, in addresses.
PROVIDER = "oidc"
# Asymmetric ones alone: a secret that both know signs nothing here.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_NOT_KNOWN, _FAILED = "account/not_known.html", "account/failed.html"


class Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """What is asked of the provider, and whether its answer may be believed."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **values: Any) -> SocialLogin:  # noqa: ANN401 - allauth's own signature
        """Return who it is. Raises OAuth2Error where the token, or what it says, is not sound."""
        try:
            claims = self._claims(app, str(values["response"].get("id_token") or ""))
            # Section 5.4: where there is an access token, the address may stand there alone.
            told = {} if "email" in claims else self._fetch_user_info(token.token)
        except (KeyError, TypeError, ValueError, jwt.PyJWTError) as error:
            raise OAuth2Error("the provider's token cannot be read") from error
        if told and told.get("sub") != claims["sub"]:  # section 5.3.2
            raise OAuth2Error("the provider told of somebody else")
        return self.get_provider().sociallogin_from_response(request, {"id_token": {**told, **claims}})

    def _claims(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        config, server = self.openid_config, app.settings["server_url"]
        if str(config["issuer"]).rstrip("/") != server.rstrip("/"):  # OpenID Connect Discovery 4.3
            raise OAuth2Error("the provider calls itself by another name")
        if jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
            raise OAuth2Error("the token is not signed as it should be")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=config["jwks_uri"],
            issuer=config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the token was made for somebody else")
        return {"sub": str(claims["sub"]), **claims}


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types
    """The organisation's own sign-in; each attempt has a nonce that its token must carry."""

    oauth2_adapter_class = Exchange

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        **values: Any,  # noqa: ANN401 - allauth's own signature
    ) -> HttpResponse:
        """Return the way to the provider."""
        nonce = secrets.token_urlsafe(24)
        asked = {**self.get_auth_params(), "nonce": nonce}
        way: HttpResponse = super().redirect(
            request, process, next_url, auth_params=asked, nonce=nonce, **values
        )
        return way


class KnownPeople(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Lets in whom we know by an address that the provider has verified, and nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 - allauth's own signature
        """Let nobody in who was not added by one of ours."""
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:  # noqa: ARG002 - the same
        """Know people by their address: the provider is the organisation's own."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse a token of another attempt, and whoever is no user of ours that is active."""
        nonce = sociallogin.state.get("nonce")
        claims = sociallogin.account.extra_data.get("id_token", {})
        if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise _refused(request, "nonce", _FAILED, 401)
        if not sociallogin.is_existing or not sociallogin.user.is_active:
            raise _refused(request, "nobody we know", _NOT_KNOWN, 403)

    def on_authentication_error(self, request: HttpRequest, provider: object, **what: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """Say in the log why, in words of ours, since its own may name somebody. Raises the answer."""
        error = what.get("exception")
        said = str(error) if isinstance(error, OAuth2Error) and error.__cause__ is None else ""
        log.warning("sign-in refused", why=type(error).__name__ if error else "state", said=said[:80])
        raise ImmediateHttpResponse(render(request, _FAILED, status=401))


def _refused(request: HttpRequest, why: str, template: str, status: int) -> ImmediateHttpResponse:
    log.warning("sign-in refused", why=why)
    return ImmediateHttpResponse(render(request, template, status=status))


@login_not_required
@require_POST
@rate_limit(action="login")  # type: ignore[untyped-decorator]  # allauth ships no types
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go to the provider: by a page, as a form of ours may lead nowhere else (CSP form-action)."""
    try:
        provider = get_adapter().get_provider(request, provider_id)
        response: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, get_next_redirect_url(request))
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, KeyError, ValueError) as error:
        log.warning("sign-in refused", why="provider", error=type(error).__name__)
        return render(request, _FAILED, status=502)
    return render(request, "account/going.html", {"there": response.headers["Location"]})


@login_not_required
@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back from the provider."""
    try:
        view = OAuth2CallbackView.adapter_view(Exchange(request, provider_id))
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (KeyError, ValueError) as error:  # the provider's answers are no JSON, or lack what they must have
        log.warning("sign-in refused", why="provider", error=type(error).__name__)
        return render(request, _FAILED, status=502)
    return answer
