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

INSTALLED_APPS = ["django.contrib.contenttypes", "subscribers", "mailer"]
MIDDLEWARE = [
    "mailer.web.headers.SecurityHeaders",
    "mailer.web.languages.Languages",  # around all that may answer with a page of its own
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mailer.web.own_pages.OwnPages",
    "mailer.web.own_pages.OnlyWhereAsked",
]
ROOT_URLCONF = "mailer.web.urls"
WSGI_APPLICATION = "mailer.web.wsgi.application"
# One-click addresses are exact: no redirect may ever stand between a reader and leaving (RFC 8058 3.1).
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "mailer.web.pages.environment"},
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
STATICFILES_DIRS = [BASE_DIR / "templates" / "public" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Webhook bodies are the largest thing anyone may post (mailer.web.arriving has what each page takes).
DATA_UPLOAD_MAX_MEMORY_SIZE = REPORT
# 63 interests, and as many lists again; no form of ours takes a file.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 150
DATA_UPLOAD_MAX_NUMBER_FILES = 0

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
_HTTPS = CONFIGURATION.base_url.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"

# mailer.logs sets logging up; Django must not write request lines, whose paths hold tokens.
LOGGING_CONFIG = None
