"""Tell Django about this app."""

from django.apps import AppConfig


class MailerConfig(AppConfig):
    """Editions, variants, sends, batches, deliveries and events."""

    name = "mailer"
    default_auto_field = "django.db.models.BigAutoField"
