"""Tell Django about this app."""

from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    """Lists, interests, people, consent and suppression."""

    name = "subscribers"
    default_auto_field = "django.db.models.BigAutoField"
