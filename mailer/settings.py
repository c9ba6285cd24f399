"""Django's settings, from the environment alone."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from mailer.embedded import broker
from mailer.environment import read
from mailer.keys import kept_secret
from mailer.web.arriving import REPORT

CONFIGURATION = read(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = CONFIGURATION.data_dir

SECRET_KEY = CONFIGURATION.secret_key or kept_secret(DATA_DIR / "secret-key")
SECRET_KEY_FALLBACKS = list(CONFIGURATION.old_secret_keys)
HASH_KEY = CONFIGURATION.hash_key or kept_secret(DATA_DIR / "hash-key")

BROKER_URL = CONFIGURATION.redis_url or broker.url(DATA_DIR)

DEBUG = False
ALLOWED_HOSTS = [
    *(urlsplit(CONFIGURATION.base_url).hostname or "", *CONFIGURATION.old_hosts),
    *("127.0.0.1", "localhost", "[::1]"),
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "mailer.accounts.apps.WithoutPermissions",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    # It has no table, and every command would pay for it at its start.
    *(["allauth.socialaccount.providers.openid_connect"] if CONFIGURATION.desk.oidc else []),
    "subscribers",
    "mailer",
    "mailer.accounts.apps.AccountsConfig",
]
MIDDLEWARE = [
    "mailer.web.headers.SecurityHeaders",
    "mailer.web.languages.Languages",  # around all that may answer with a page of its own
    "mailer.web.metrics.UnderAnyName",  # before anything asks under which name we were called
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mailer.accounts.gate.Sessions",
    "mailer.web.own_pages.OnlyWhereAsked",
    "mailer.accounts.gate.Users",
    "mailer.accounts.gate.Messages",
    # Whom it refuses at the desk is told so beneath the masthead; nothing above it reads a body.
    "mailer.web.own_pages.OwnPages",
    "allauth.account.middleware.AccountMiddleware",
    "mailer.accounts.gate.Gate",
    "mailer.desk.failing.Buttons",
]
ROOT_URLCONF = "mailer.web.urls"
WSGI_APPLICATION = "mailer.web.wsgi.application"
# One-click addresses are exact: no redirect may ever stand between a reader and leaving (RFC 8058 3.1).
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        # allauth names its pages by itself; ours stand in their place.
        "DIRS": [BASE_DIR / "templates", BASE_DIR / "templates" / "desk" / "allauth"],
        "OPTIONS": {
            "environment": "mailer.web.pages.environment",
            "context_processors": ["mailer.desk.account_pages.around"],
        },
    },
]

_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "mailer.sqlite3",
    "OPTIONS": {
        # Writers queue at BEGIN instead of failing half-way; FULL, since a commit forgotten by a
        # power cut could be the point of no return of a request that has left. What is deleted is
        # overwritten at once, as some builds of SQLite do anyway: who is erased is in the file no more.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
            " PRAGMA secure_delete=ON"
        ),
    },
}
DATABASES = {
    "default": (
        _SQLITE
        if CONFIGURATION.database_url.partition("://")[0] in {"", "sqlite"}
        else dj_database_url.parse(CONFIGURATION.database_url, conn_max_age=600, conn_health_checks=True)
    ),
}
if CONFIGURATION.database_url.startswith("sqlite://"):
    DATABASES["default"]["NAME"] = dj_database_url.parse(CONFIGURATION.database_url)["NAME"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True
# What readers are spoken to in, each by its own name.
LANGUAGES = [
    ("en", "English"),
    ("zh-hans", "中文"),
    ("ru", "Русский"),
    ("fr", "Français"),
    ("ar", "العربية"),
    ("hi", "हिन्दी"),
]
LOCALE_PATHS = [BASE_DIR / "mailer" / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "templates" / "public" / "static", BASE_DIR / "templates" / "desk" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Webhook bodies are the largest thing anyone may post (mailer.web.arriving has what each page takes).
DATA_UPLOAD_MAX_MEMORY_SIZE = REPORT
# 63 interests, and as many lists again; no form of ours takes a file.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 150
DATA_UPLOAD_MAX_NUMBER_FILES = 0

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = None  # mailer.web.headers says which, page by page
_HTTPS = CONFIGURATION.base_url.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None

# The desk's cookies: public pages set none, and on http they do not get these either. On https a neighbour on
# another host of the domain could plant one that is not bound to this host (RFC 6265bis 4.1.3.2).
_DESK_PATH, _COOKIE = ("/", "__Host-desk") if _HTTPS else ("/desk/", "desk")
CSRF_COOKIE_NAME = f"{_COOKIE}-form"
CSRF_COOKIE_PATH = _DESK_PATH
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
# Not Strict: whoever follows a link to the desk would get another, and the forms of their open pages be void.
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mailer.desk.account_pages.not_from_here"
SESSION_ENGINE = "mailer.accounts.sessions"
SESSION_COOKIE_NAME = _COOKIE
SESSION_COOKIE_PATH = _DESK_PATH
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
# Lax: a link in a letter leads to the page itself, and the way back from OpenID Connect too. Nothing is
# changed by following a link.
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 3600  # seconds idle; mailer.accounts.gate ends it after twelve hours in any case
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Attempts are counted where all processes see them and no broker's loss forgets them. They are few: what the
# database costs more than Redis does not show, and without Redis one can still sign in to see what is wrong.
CACHES = {
    "default": {
        # Nobody can make room for attempts of theirs by many others: what is over goes once a day.
        "BACKEND": "mailer.accounts.counters.Counters",
    }
}

AUTH_USER_MODEL = "accounts.User"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "mailer.accounts.inviting.Invitations"  # noqa: S105 - a class
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 86_400  # seconds that an invitation is good for
LOGIN_URL = "/desk/account/login/"
LOGIN_REDIRECT_URL = "/desk/"

ACCOUNT_ADAPTER = "mailer.accounts.adapters.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are given by one of ours
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # by an invitation; a second factor is asked for all the same
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds
# By account and by network. Five attempts, then five minutes; a person guesses no code and no password so.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,60/h/ip,5/5m/key,20/h/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password_from_key": "20/m/ip",
}
MFA_ADAPTER = "mailer.accounts.adapters.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: clocks of telephones
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers take http for safe on this machine alone, and call the page's origin so.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
USERSESSIONS_TRACK_ACTIVITY = False  # mailer.accounts.gate does, once a minute

_OIDC = CONFIGURATION.desk.oidc
SOCIALACCOUNT_ADAPTER = "mailer.accounts.oidc.KnownPeople"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "mailer.accounts.oidc.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": _OIDC.name,
                "client_id": _OIDC.client_id,
                "secret": _OIDC.client_secret,
                "settings": {"server_url": _OIDC.url},
            }
        ]
        if _OIDC
        else [],
    }
}

# mailer.logs sets logging up; Django must not write request lines, whose paths hold tokens.
LOGGING_CONFIG = None
