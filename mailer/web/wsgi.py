"""The web application, for gunicorn: `gunicorn mailer.web.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from mailer import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailer.settings")
application = get_wsgi_application()
logs.configure("web")
